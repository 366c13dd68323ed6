//! Form tokens: proof that a form was made by our page for this session.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::SessionId;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::keys::MasterKey;
use crate::pages::FormToken;

/// The key of form tokens.
#[derive(Clone)]
pub(crate) struct FormKey(Hmac<Sha256>);

impl FormKey {
    /// The key that a master key yields for this purpose.
    pub(crate) fn new(master: &MasterKey) -> Self {
        Self(master.derive("form token, version 1"))
    }

    /// The token of the forms of one session: dead with it, and of no use in another.
    ///
    /// Source: ASVS 5.0 3.5.1; OWASP Cross-Site Request Forgery Prevention, "HMAC Based Token Pattern".
    pub(crate) fn token(&self, session: SessionId) -> FormToken {
        FormToken(URL_SAFE_NO_PAD.encode(self.mac(session).finalize().into_bytes()))
    }

    /// Whether a token belongs to a session; compared in constant time.
    pub(crate) fn accepts(&self, session: SessionId, token: &str) -> bool {
        URL_SAFE_NO_PAD.decode(token).is_ok_and(|token| self.mac(session).verify_slice(&token).is_ok())
    }

    fn mac(&self, session: SessionId) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(session.as_octets());
        mac
    }
}

impl fmt::Debug for FormKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_session_alone() {
        let directory = tempfile::tempdir().unwrap();
        let master = MasterKey::load_or_create(&directory.path().join("key"), [1; 32]).unwrap();
        let key = FormKey::new(&master);
        let (mine, yours) = (SessionId::from_octets([1; 16]), SessionId::from_octets([2; 16]));
        let token = key.token(mine).0;
        assert!(key.accepts(mine, &token));
        assert!(!key.accepts(yours, &token));
        for wrong in ["", "A", &token[1..], &token.to_uppercase(), &format!("{token}A")] {
            assert!(!key.accepts(mine, wrong), "{wrong}");
        }
    }
}
