//! The cookie of the session engines that have a store.

use crate::crypto::ascii;
use crate::{ForeignSessionId, Refusal, Verified};

/// The key of the session's row, out of a cookie of the engines `db`, `cached_db`, `cache` and `file`.
///
/// Nothing is signed here: the key is a random text of 32 characters, and whether there is a session of that key is for the old
/// store to say. So this proves nothing until the row is found; then [`SignedValue::stored_session`](super::SignedValue::stored_session)
/// reads its `session_data`.
///
/// # Errors
/// When the value is not of the shape that Django gives to its keys.
///
/// ```
/// use cloakroom_foreign::django::session_key;
///
/// assert_eq!(session_key(b"4b1tmr5sfb2hqfl90x8xgu2ebcuy7mzs")?.expose(), "4b1tmr5sfb2hqfl90x8xgu2ebcuy7mzs");
/// assert!(session_key(b"' or 1=1 --").is_err());
/// # Ok::<_, cloakroom_foreign::Refusal>(())
/// ```
pub fn session_key(cookie_value: &[u8]) -> Result<ForeignSessionId, Refusal> {
    const CHARACTERS: usize = 32;
    let is_digit_or_small = |octet: u8| octet.is_ascii_digit() || octet.is_ascii_lowercase();
    let text = ascii(cookie_value)?;
    if text.len() == CHARACTERS && text.bytes().all(is_digit_or_small) {
        Ok(ForeignSessionId::new(text.to_owned()))
    } else {
        Err(Refusal::Malformed)
    }
}

/// Reads the session cookie of the engines that have a store, for [`OldCookie`](crate::OldCookie).
///
/// # Security
/// What comes of it is verified by nothing but its shape: the key is the secret, as with any session token. The mapping finds the row
/// of this key, or says that there is nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoredSession;

impl StoredSession {
    /// The key of the row.
    ///
    /// # Errors
    /// As [`session_key`].
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
        let key = session_key(cookie_value)?;
        let authentic = key.expose().as_bytes().to_vec();
        Ok(Verified::new(key, 0, &[&authentic]))
    }
}
