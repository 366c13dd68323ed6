//! Whom a provider vouches for, and what it tells of them.

use cloakroom::Timestamp;

use crate::accounts::{DisplayName, Email, Group, Groups, Identity, UserName};
use crate::config::{GroupsClaim, OidcProvider};
use crate::oidc::claims::time_of;
use crate::oidc::members::Members;
use crate::oidc::{Flaw, Refused};

/// Somebody whom a provider vouches for.
#[derive(Debug)]
pub(crate) struct Person {
    /// Who they are: the only thing that a user is known by.
    pub(crate) identity: Identity,
    /// Their session there.
    pub(crate) sid: Option<String>,
    /// When they last proved there who they are.
    pub(crate) proven_at: Option<Timestamp>,
    /// What a new user is called, if it can be told.
    pub(crate) name: UserName,
    /// How they want to be called.
    pub(crate) display_name: Option<DisplayName>,
    /// Their e-mail address, unless the provider says that nobody has tried it.
    pub(crate) email: Option<Email>,
    /// Their groups, where the provider decides on them.
    pub(crate) groups: Option<ToldGroups>,
}

/// The groups that a provider tells of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ToldGroups {
    /// Those that the user is in, by our names.
    pub(crate) present: Vec<Group>,
    /// Which of our groups the provider decides on; `None` for all.
    decides_on: Option<Vec<Group>>,
}

impl Person {
    /// Reads what the verified claims say, and what the provider says of the user beside them.
    pub(super) fn read(provider: &OidcProvider, claims: &Members, more: &Members) -> Result<Self, Refused> {
        let id_token = Refused::flaw("ID token");
        let claim = |name: &str| claims.get(name).or_else(|| more.get(name)).and_then(|value| value.as_str());
        let verified = claims.get("email_verified").or_else(|| more.get("email_verified"));
        let tried = !verified.is_some_and(|verified| verified == false || verified == "false");
        let subject = claims.required("sub").map_err(&id_token)?;
        let identity = Identity::new(provider.issuer.as_str(), subject);
        Ok(Self {
            name: user_name(claim(&provider.name_claim).unwrap_or_default()),
            display_name: claim("name").and_then(|text| text.parse().ok()),
            email: claim("email").filter(|_| tried).and_then(|text| text.parse().ok()),
            groups: provider.groups.as_ref().map(|claim| told(claim, claims, more)),
            sid: claims.identifier("sid").map_err(&id_token)?.map(str::to_owned),
            proven_at: claims.seconds("auth_time").map_err(&id_token)?.map(time_of),
            identity: identity.map_err(|_| Flaw::Wrong("sub")).map_err(&id_token)?,
        })
    }

    /// Whether something that is asked for can only be had by asking the provider again.
    pub(super) fn is_incomplete(provider: &OidcProvider, claims: &Members) -> bool {
        let groups = provider.groups.as_ref().map(|groups| groups.claim.as_str());
        let wanted = [provider.name_claim.as_str(), "name", "email"].into_iter().chain(groups);
        wanted.into_iter().any(|name| claims.get(name).is_none())
    }
}

impl ToldGroups {
    /// Groups of somebody who decides on all of them.
    pub(crate) const fn all(present: Vec<Group>) -> Self {
        Self { present, decides_on: None }
    }

    /// The groups of a user who was in these before. What the provider does not decide on stays; beyond the most that a user can
    /// have, the provider's come first.
    pub(crate) fn merged(&self, before: &Groups) -> Groups {
        let decided = |group: &&Group| self.decides_on.as_ref().is_none_or(|all| all.contains(group));
        let kept = before.iter().filter(|group| !decided(group));
        let mut all: Vec<Group> = Vec::new();
        for group in self.present.iter().chain(kept) {
            if !all.contains(group) && all.len() < Groups::COUNT_MAX {
                all.push(group.clone());
            }
        }
        Groups::new(all).unwrap_or_default()
    }
}

/// Checks that the provider speaks of the same user again.
///
/// Source: OIDC Core 5.3.2, 5.3.4.
pub(super) fn same_subject(claims: &Members, more: &Members) -> Result<(), Flaw> {
    if more.required("sub")? == claims.required("sub")? { Ok(()) } else { Err(Flaw::Subject) }
}

fn told(groups: &GroupsClaim, claims: &Members, more: &Members) -> ToldGroups {
    let name = groups.claim.as_str();
    let theirs = if claims.get(name).is_some() { claims.texts(name) } else { more.texts(name) };
    match &groups.map {
        None => ToldGroups {
            present: theirs.iter().filter_map(|name| name.parse().ok()).collect(),
            decides_on: None,
        },
        Some(map) => ToldGroups {
            present: theirs.iter().filter_map(|name| map.get(*name).cloned()).collect(),
            decides_on: Some(map.values().cloned().collect()),
        },
    }
}

/// A user name as near to the text as user names allow; what stands behind an `@` is left out.
pub(crate) fn user_name(text: &str) -> UserName {
    let local = text.split('@').next().unwrap_or_default();
    let legal: String = local
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "._+-".contains(letter) { letter } else { '-' })
        .skip_while(|letter| !letter.is_ascii_alphanumeric())
        .take(UserName::LEN_MAX - 8)
        .collect();
    let legal = legal.trim_end_matches('-');
    legal.parse().unwrap_or_else(|_| "user".parse().expect("four letters are a name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members {
        Members::read(json.as_bytes()).unwrap()
    }

    fn groups(names: &[&str]) -> Groups {
        Groups::new(names.iter().map(|name| name.parse().unwrap())).unwrap()
    }

    #[test]
    fn whatever_a_provider_calls_somebody_becomes_a_user_name() {
        for (text, name) in [
            ("Alice", "Alice"),
            ("alice@example.org", "alice"),
            ("Élise Dupont", "lise-Dupont"),
            ("-_.x", "x"),
            ("山田", "user"),
            ("", "user"),
            ("a\nb", "a-b"),
            (&"a".repeat(300), &"a".repeat(56)),
        ] {
            assert_eq!(user_name(text).as_typed(), name, "{text:?}");
        }
    }

    #[test]
    fn without_a_list_the_provider_decides_on_all_groups() {
        let claim = GroupsClaim { claim: "groups".into(), map: None };
        let told = told(&claim, &members(r#"{"groups":["dev","not a group","ops"]}"#), &Members::default());
        assert_eq!(told.merged(&groups(&["old"])).to_string(), "dev,ops");
    }

    #[test]
    fn with_a_list_the_provider_decides_on_those_in_it() {
        let map = [("/devs", "dev"), ("/ops", "ops")];
        let map = map.map(|(theirs, ours)| (theirs.to_owned(), ours.parse().unwrap())).into();
        let claim = GroupsClaim { claim: "g".into(), map: Some(map) };
        let told = told(&claim, &Members::default(), &members(r#"{"g":["/devs","root"]}"#));
        assert_eq!(told.merged(&groups(&["mine", "ops", "root2"])).to_string(), "dev,mine,root2");
        let none = super::told(&claim, &Members::default(), &Members::default());
        assert_eq!(none.merged(&groups(&["dev", "mine"])).to_string(), "mine");
    }

    #[test]
    fn more_groups_than_a_user_can_have_are_cut_and_no_error() {
        let claim = GroupsClaim { claim: "g".into(), map: None };
        let many: Vec<String> = (0..100).map(|number| format!("\"g{number}\"")).collect();
        let told = told(&claim, &members(&format!("{{\"g\":[{}]}}", many.join(","))), &Members::default());
        assert_eq!(told.merged(&Groups::default()).iter().len(), Groups::COUNT_MAX);
    }
}
