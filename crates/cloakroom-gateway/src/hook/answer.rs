//! What a hook says of somebody.

use crate::accounts::{Group, Identity};
use crate::oidc::{Flaw, Members, Person, ToldGroups, user_name};

/// Where somebody is known whom the hook vouches for; there is one hook, and its address may change.
pub(crate) const ISSUER: &str = "urn:cloakroom:hook";

/// Reads whom a hook vouches for. `typed` is what a new user is named after when it does not say.
///
/// # Errors
/// [`Flaw`], when it does not say who it is. Anything else that is not as it should be is left out.
pub(super) fn person(body: &[u8], typed: &str) -> Result<Person, Flaw> {
    let told = Members::read(body)?;
    let text = |name: &'static str| told.get(name).and_then(|value| value.as_str());
    let identity = Identity::new(ISSUER, told.required("subject")?).map_err(|_| Flaw::Wrong("subject"))?;
    let groups = told.get("groups").is_some().then(|| {
        ToldGroups::all(told.texts("groups").iter().filter_map(|name| name.parse::<Group>().ok()).collect())
    });
    Ok(Person {
        identity,
        sid: None,
        proven_at: None,
        name: user_name(text("name").unwrap_or(typed)),
        display_name: text("display_name").and_then(|text| text.parse().ok()),
        email: text("email").and_then(|text| text.parse().ok()),
        groups,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_known_by_the_subject_alone() {
        let read = |json: &str| person(json.as_bytes(), "Typed");
        let alice =
            read(r#"{"subject":"42","name":"alice","email":"a@example.org","groups":["staff","not ours!"]}"#)
                .unwrap();
        assert_eq!((alice.identity.issuer(), alice.identity.subject()), (ISSUER, "42"));
        assert_eq!(alice.name.canonical(), "alice");
        assert_eq!(alice.groups.unwrap().present, ["staff".parse().unwrap()]);
        let sparse = read(r#"{"subject":"43","email":7}"#).unwrap();
        assert_eq!(sparse.name.canonical(), "typed");
        assert!(sparse.email.is_none() && sparse.groups.is_none());
        for json in [
            "",
            "[]",
            "{}",
            r#"{"subject":""}"#,
            r#"{"subject":42}"#,
            r#"{"subject":"a","subject":"b"}"#,
            "<html>",
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
