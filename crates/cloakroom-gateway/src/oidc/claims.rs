//! Whether the claims of a verified token let it in here and now: ID tokens and logout tokens.

use std::time::Duration;

use cloakroom::{Timestamp, seconds};
use serde_json::Value;

use crate::accounts::Identity;
use crate::oidc::Flaw;
use crate::oidc::jws::Verified;
use crate::oidc::members::Members;

/// By how much clocks may differ.
const SKEW: Duration = seconds(60);

/// What the claims of an ID token are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) now: Timestamp,
}

/// What belongs to an ID token that answers a sign-in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered<'a> {
    pub(super) nonce: &'a str,
    pub(super) access_token: Option<&'a str>,
    /// When a new proof of who the user is was asked for, if it was.
    pub(super) proof_since: Option<Timestamp>,
}

/// Whom a logout token is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Logout {
    pub(crate) subject: Option<Identity>,
    pub(crate) sid: Option<String>,
    pub(crate) token_id: String,
    pub(crate) expires_at: Timestamp,
}

/// Judges an ID token.
///
/// Source: OIDC Core 3.1.3.7, 3.1.3.8.
pub(super) fn check_id_token(
    token: &Verified,
    expected: Expected<'_>,
    answered: Answered<'_>,
) -> Result<(), Flaw> {
    let claims = &token.claims;
    check_parties(claims, expected)?;
    check_times(claims, expected.now)?;
    claims.required("sub")?;
    if claims.text("nonce")? != Some(answered.nonce) {
        return Err(Flaw::Nonce);
    }
    if let (Some(hash), Some(access_token)) = (claims.text("at_hash")?, answered.access_token)
        && hash != token.algorithm.half_digest(access_token)
    {
        return Err(Flaw::AccessToken);
    }
    let proven_at = claims.seconds("auth_time")?.map(time_of);
    if proven_at.is_some_and(|at| at > expected.now.after(SKEW)) {
        return Err(Flaw::NotYet);
    }
    match answered.proof_since {
        Some(_) if proven_at.is_none() => Err(Flaw::Missing("auth_time")),
        Some(since) if proven_at.is_some_and(|at| at.after(SKEW) < since) => Err(Flaw::OldProof),
        _ => Ok(()),
    }
}

/// Judges a logout token and says whom it is about.
///
/// Source: OIDC Back-Channel Logout 1.0, 2.4, 2.6; RFC 8725 3.11.
pub(super) fn check_logout_token(token: &Verified, expected: Expected<'_>) -> Result<Logout, Flaw> {
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
    let claims = &token.claims;
    let kind = token.kind.as_deref();
    // Providers from before the final text write JWT, or nothing.
    let is_kind = |name: &str| ["logout+jwt", "application/logout+jwt", "jwt"].contains(&name);
    if kind.is_some_and(|kind| !is_kind(&kind.to_ascii_lowercase())) {
        return Err(Flaw::Wrong("typ"));
    }
    check_parties(claims, expected)?;
    let expires_at = check_times(claims, expected.now)?;
    if claims.get("nonce").is_some() {
        return Err(Flaw::Wrong("nonce"));
    }
    let event = claims.get("events").and_then(|events| events.get(EVENT)).map(Value::is_object);
    if event != Some(true) {
        return Err(Flaw::Missing("events"));
    }
    let identity = |subject| Identity::new(expected.issuer, subject).map_err(|_| Flaw::Wrong("sub"));
    let subject = claims.identifier("sub")?.map(identity).transpose()?;
    let sid = claims.identifier("sid")?.map(str::to_owned);
    if subject.is_none() && sid.is_none() {
        return Err(Flaw::Missing("sub"));
    }
    Ok(Logout { subject, sid, token_id: claims.required("jti")?.to_owned(), expires_at })
}

fn check_parties(claims: &Members, expected: Expected<'_>) -> Result<(), Flaw> {
    if claims.text("iss")? != Some(expected.issuer) {
        return Err(Flaw::Issuer);
    }
    let audiences = claims.texts("aud");
    if !audiences.contains(&expected.client_id) {
        return Err(Flaw::Audience);
    }
    match claims.text("azp")? {
        Some(party) if party != expected.client_id => Err(Flaw::Audience),
        // With others beside us, somebody has to say that it was made for us.
        None if audiences.len() > 1 => Err(Flaw::Audience),
        _ => Ok(()),
    }
}

/// Returns when the token ends.
fn check_times(claims: &Members, now: Timestamp) -> Result<Timestamp, Flaw> {
    let expires_at = time_of(claims.seconds("exp")?.ok_or(Flaw::Missing("exp"))?);
    let issued_at = time_of(claims.seconds("iat")?.ok_or(Flaw::Missing("iat"))?);
    if expires_at.after(SKEW) <= now {
        return Err(Flaw::Expired);
    }
    let begins_at = claims.seconds("nbf")?.map_or(issued_at, |at| time_of(at).max(issued_at));
    if begins_at > now.after(SKEW) { Err(Flaw::NotYet) } else { Ok(expires_at) }
}

/// The time that a token means by this number of seconds.
pub(super) const fn time_of(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oidc::algorithm::Algorithm;

    const NOW: u64 = 1_800_000_000;
    const EXPECTED: Expected<'_> =
        Expected { issuer: "https://a.example", client_id: "us", now: Timestamp::from_millis(NOW * 1000) };
    const ANSWERED: Answered<'_> = Answered { nonce: "n", access_token: Some("at"), proof_since: None };

    /// A good token but for these members.
    fn token(base: Value, changes: &Value) -> Verified {
        let mut claims = base;
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        Verified {
            algorithm: Algorithm::Es256,
            kind: changes.get("typ").and_then(Value::as_str).map(str::to_owned),
            claims: Members::read(claims.to_string().as_bytes()).unwrap(),
        }
    }

    fn id_token(changes: &Value) -> Result<(), Flaw> {
        let base = json!({"iss": "https://a.example", "aud": "us", "sub": "u", "nonce": "n", "exp": NOW + 300, "iat": NOW});
        check_id_token(&token(base, changes), EXPECTED, ANSWERED)
    }

    fn logout(changes: &Value) -> Result<Logout, Flaw> {
        let base = json!({
            "iss": "https://a.example", "aud": "us", "sub": "u", "sid": "s", "jti": "j", "exp": NOW + 60, "iat": NOW,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}
        });
        check_logout_token(&token(base, changes), EXPECTED)
    }

    #[test]
    fn a_good_id_token_is_good_within_a_minute_of_skew() {
        assert_eq!(id_token(&json!({})), Ok(()));
        assert_eq!(id_token(&json!({"exp": NOW - 59})), Ok(()));
        assert_eq!(id_token(&json!({"iat": NOW + 60})), Ok(()));
        assert_eq!(id_token(&json!({"aud": ["us", "them"], "azp": "us"})), Ok(()));
    }

    #[test]
    fn whatever_is_wrong_with_an_id_token_is_named() {
        for (changes, flaw) in [
            (json!({"iss": "https://a.example/"}), Flaw::Issuer),
            (json!({"iss": null}), Flaw::Issuer),
            (json!({"aud": "them"}), Flaw::Audience),
            (json!({"aud": []}), Flaw::Audience),
            (json!({"aud": ["us", "them"]}), Flaw::Audience),
            (json!({"azp": "them"}), Flaw::Audience),
            (json!({"exp": NOW - 60}), Flaw::Expired),
            (json!({"exp": null}), Flaw::Missing("exp")),
            (json!({"iat": NOW + 61}), Flaw::NotYet),
            (json!({"iat": null}), Flaw::Missing("iat")),
            (json!({"nbf": NOW + 61}), Flaw::NotYet),
            (json!({"nonce": "m"}), Flaw::Nonce),
            (json!({"nonce": null}), Flaw::Nonce),
            (json!({"sub": ""}), Flaw::Wrong("sub")),
            (json!({"sub": null}), Flaw::Missing("sub")),
            (json!({"at_hash": "x"}), Flaw::AccessToken),
            (json!({"auth_time": NOW + 61}), Flaw::NotYet),
        ] {
            assert_eq!(id_token(&changes), Err(flaw), "{changes}");
        }
    }

    #[test]
    fn the_access_token_is_the_one_that_the_id_token_came_with() {
        assert_eq!(id_token(&json!({"at_hash": Algorithm::Es256.half_digest("at")})), Ok(()));
        assert_eq!(id_token(&json!({"at_hash": Algorithm::EdDsa.half_digest("at")})), Err(Flaw::AccessToken));
    }

    #[test]
    fn a_new_proof_is_no_older_than_the_question() {
        let base = |auth_time: Value| json!({"iss": "https://a.example", "aud": "us", "sub": "u", "nonce": "n", "exp": NOW + 300, "iat": NOW, "auth_time": auth_time});
        let answered = Answered { proof_since: Some(EXPECTED.now), ..ANSWERED };
        let check = |auth_time| check_id_token(&token(base(auth_time), &json!({})), EXPECTED, answered);
        assert_eq!(check(json!(NOW - 60)), Ok(()));
        assert_eq!(check(json!(NOW - 61)), Err(Flaw::OldProof));
        assert_eq!(check(Value::Null), Err(Flaw::Missing("auth_time")));
    }

    #[test]
    fn a_logout_token_names_a_session_or_a_user() {
        let both = logout(&json!({"typ": "logout+jwt"})).unwrap();
        assert_eq!(
            (both.subject, both.sid.as_deref()),
            (Identity::new("https://a.example", "u").ok(), Some("s"))
        );
        assert_eq!(logout(&json!({"sub": null})).unwrap().subject, None);
        for (changes, flaw) in [
            (json!({"sub": null, "sid": null}), Flaw::Missing("sub")),
            (json!({"nonce": "n"}), Flaw::Wrong("nonce")),
            (json!({"events": null}), Flaw::Missing("events")),
            (json!({"events": {}}), Flaw::Missing("events")),
            (
                json!({"events": {"http://schemas.openid.net/event/backchannel-logout": 1}}),
                Flaw::Missing("events"),
            ),
            (json!({"jti": null}), Flaw::Missing("jti")),
            (json!({"aud": "them"}), Flaw::Audience),
            (json!({"exp": NOW - 60}), Flaw::Expired),
            (json!({"typ": "at+jwt"}), Flaw::Wrong("typ")),
        ] {
            assert_eq!(logout(&changes), Err(flaw), "{changes}");
        }
    }
}
