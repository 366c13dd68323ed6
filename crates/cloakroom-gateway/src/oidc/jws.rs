//! A signed token: its parts, and whether a key of the provider signed it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::oidc::Flaw;
use crate::oidc::algorithm::Algorithm;
use crate::oidc::jwks::Keys;
use crate::oidc::members::Members;

/// The longest token; providers that list every group of a user come to some kilobytes.
const TOKEN_MAX: usize = 64 * 1024;

/// A token that nobody has verified yet.
pub(super) struct Unverified<'t> {
    algorithm: Option<Algorithm>,
    key: Option<String>,
    kind: Option<String>,
    /// What is signed.
    message: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// What a provider has signed.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) algorithm: Algorithm,
    /// The `typ` of the header.
    pub(super) kind: Option<String>,
    pub(super) claims: Members,
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    pub(super) fn parse(token: &'t str) -> Result<Self, Flaw> {
        let parts = || {
            let (message, signature) = token.rsplit_once('.').filter(|_| token.len() <= TOKEN_MAX)?;
            let (header, payload) = message.split_once('.').filter(|(_, payload)| !payload.contains('.'))?;
            let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
            Some((message, decode(header)?, decode(payload)?, decode(signature)?))
        };
        let (message, header, payload, signature) = parts().ok_or(Flaw::NotAToken)?;
        let header = Members::read(&header)?;
        if header.get("crit").is_some() {
            return Err(Flaw::Critical);
        }
        let text = |name| header.text(name).map(|text| text.map(str::to_owned));
        let algorithm = header.text("alg")?.and_then(Algorithm::of_name);
        Ok(Self { algorithm, key: text("kid")?, kind: text("typ")?, message, payload, signature })
    }

    /// Who claims to have made it: only good to find out whom to ask for keys.
    pub(super) fn claimed_issuer(&self) -> Option<String> {
        let claims = Members::read(&self.payload).ok()?;
        claims.text("iss").ok().flatten().map(str::to_owned)
    }

    /// What it says, when one of these keys signed it by one of these algorithms.
    ///
    /// Of what it says about its own verification, it chooses among the provider's keys, and nothing more.
    pub(super) fn verify(&self, keys: &Keys, allowed: &[Algorithm]) -> Result<Verified, Flaw> {
        let algorithm =
            self.algorithm.filter(|algorithm| allowed.contains(algorithm)).ok_or(Flaw::Algorithm)?;
        let key = keys.find(self.key.as_deref(), algorithm)?;
        if !key.verifies(algorithm, self.message.as_bytes(), &self.signature) {
            return Err(Flaw::Signature);
        }
        // Nothing of what a stranger wrote is believed before this line.
        Ok(Verified { algorithm, kind: self.kind.clone(), claims: Members::read(&self.payload)? })
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"))
    }

    fn flaw(token: &str) -> Flaw {
        let keys = Keys::read(br#"{"keys":[]}"#).unwrap();
        let verified = Unverified::parse(token).and_then(|token| token.verify(&keys, &Algorithm::ALL));
        verified.unwrap_err()
    }

    #[test]
    fn algorithms_that_are_not_allowed_are_refused_before_any_key_is_looked_for() {
        for name in ["none", "None", "HS256", "HS512", "RS1", "rs256", "ES384", ""] {
            assert_eq!(flaw(&token(&format!("{{\"alg\":\"{name}\"}}"))), Flaw::Algorithm, "{name}");
        }
        assert_eq!(flaw(&token("{}")), Flaw::Algorithm);
        assert_eq!(flaw(&token(r#"{"alg":"RS256"}"#)), Flaw::UnknownKey);
        assert_eq!(flaw(&token(r#"{"alg":"RS256","crit":["b64"]}"#)), Flaw::Critical);
    }

    #[test]
    fn what_is_not_in_three_parts_is_no_token() {
        let good = token("{}");
        for text in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d",
            &format!("{good}.x"),
            &format!("{good}="),
            &"a".repeat(TOKEN_MAX + 1),
        ] {
            assert!(Unverified::parse(text).is_err(), "{text:.40}");
        }
    }
}
