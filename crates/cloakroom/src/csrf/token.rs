//! The token: a secret of the session's, masked anew each time.

use std::fmt;

use axum_core::extract::FromRequestParts;
use cloakroom_core::Entropy;
use http::HeaderName;
use http::request::Parts;

use crate::error::{Error, Rejection};
use crate::session::Session;
use crate::slot::Slot;

/// The field of a form that a token is read from.
pub const FORM_FIELD: &str = "_csrf";

/// The header field that a token is read from.
pub const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

const LEN: usize = 16;

/// Not carried over a sign-in, so that a token from before it is dead.
const SECRET: Slot<[u8; LEN]> = Slot::new("_csrf");

/// A token of this request's session, for a form or a script of the page.
///
/// ```
/// use cloakroom::csrf::{CsrfToken, FORM_FIELD};
///
/// async fn form(token: CsrfToken) -> String {
///     format!("<form method=\"post\"><input type=\"hidden\" name=\"{FORM_FIELD}\" value=\"{token}\"></form>")
/// }
/// ```
/// The first token of a session writes its secret, and begins a visitor's session if there is none.
///
/// # Security
/// `Display` shows it; keep it out of URLs and logs.
pub struct CsrfToken([u8; 2 * LEN]);

impl CsrfToken {
    /// A token of this session.
    ///
    /// # Errors
    /// As [`Session::commit`], when the session has no secret yet.
    pub async fn of(session: &Session) -> Result<Self, Error> {
        let entropy = &session.0.engine.entropy;
        let secret = match secret_of(session)? {
            Some(secret) => secret,
            None => Self::begin(session).await?,
        };
        let mut token = [0; 2 * LEN];
        let (pad, masked) = token.split_at_mut(LEN);
        entropy.fill(pad)?;
        for ((masked, pad), secret) in masked.iter_mut().zip(pad).zip(secret) {
            *masked = *pad ^ secret;
        }
        Ok(Self(token))
    }

    /// Whether a text is a token of this session.
    ///
    /// Where a copy of the session answers, what it refuses is judged again on the session itself: another node may have made
    /// the session's first token a moment ago.
    ///
    /// # Errors
    /// [`Error::Store`] when the store failed.
    pub async fn is_of(session: &Session, presented: &str) -> Result<bool, Error> {
        Self::is_of_octets(session, presented.as_bytes()).await
    }

    pub(super) async fn is_of_octets(session: &Session, presented: &[u8]) -> Result<bool, Error> {
        let Some(token) = octets(presented) else { return Ok(false) };
        if is_good(session, &token)? {
            return Ok(true);
        }
        session.confirm().await?;
        is_good(session, &token)
    }

    /// Gives the session a secret, at once: two pages that are made at the same time agree on one.
    async fn begin(session: &Session) -> Result<[u8; LEN], Error> {
        let mut fresh = [0; LEN];
        session.0.engine.entropy.fill(&mut fresh)?;
        session.update(SECRET, move |secret| secret.or(Some(fresh)))?;
        session.commit().await?;
        secret_of(session)?.ok_or(Error::Gone)
    }
}

impl fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(..)")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        Ok(Self::of(&session).await?)
    }
}

/// The secret of this session, when it has one.
///
/// A sealed session has one from its begin: two of its pages could not agree on one that each of them wrote.
fn secret_of(session: &Session) -> Result<Option<[u8; LEN]>, Error> {
    match session.terms() {
        Some(terms) => Ok(Some(*terms.secret.expose())),
        None => Ok(session.get(SECRET)?),
    }
}

/// Whether these are the octets of a token of this session. Takes the same time for all of them.
fn is_good(session: &Session, token: &[u8; 2 * LEN]) -> Result<bool, Error> {
    let Some(secret) = secret_of(session)? else { return Ok(false) };
    let (pad, masked) = token.split_at(LEN);
    let difference = pad
        .iter()
        .zip(masked)
        .zip(secret)
        .fold(0, |sum, ((pad, masked), secret)| sum | (pad ^ masked ^ secret));
    Ok(std::hint::black_box(difference) == 0)
}

/// The octets of a token, as [`CsrfToken`] writes them.
fn octets(text: &[u8]) -> Option<[u8; 2 * LEN]> {
    let digit = |character: u8| match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    };
    let text: &[u8; 4 * LEN] = text.try_into().ok()?;
    let mut octets = [0; 2 * LEN];
    for (octet, pair) in octets.iter_mut().zip(text.chunks_exact(2)) {
        *octet = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_what_it_wrote_and_nothing_else() {
        let token = CsrfToken(std::array::from_fn(|index| u8::try_from(index * 7).unwrap()));
        let text = token.to_string();
        assert_eq!(octets(text.as_bytes()), Some(token.0));
        for wrong in ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &format!(" {}", &text[1..])]
        {
            assert_eq!(octets(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
