//! What a request says of the series that its browser is remembered by.

use cloakroom_core::cookie::{CookieName, find_all};
use cloakroom_core::{SecretDigest, SessionId, Token};
use http::HeaderMap;
use http::header::COOKIE;

/// The cookie of a series in a request, before any store is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// There is none.
    Absent,
    /// There is one and it is no token, or there are different ones, of which none is believed.
    Unclear,
    /// There is this token.
    One(SessionId, SecretDigest),
}

impl Claim {
    pub(crate) fn of(headers: &HeaderMap, name: &CookieName) -> Self {
        let lines = headers.get_all(COOKIE).into_iter();
        let mut values = lines.flat_map(|line| find_all(line.as_bytes(), name));
        let Some(first) = values.next() else { return Self::Absent };
        match Token::parse(first) {
            Some(token) if values.all(|value| value == first) => Self::One(token.id(), token.digest()),
            _ => Self::Unclear,
        }
    }
}
