//! A number for one response, which an injected element cannot know.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use cloakroom_core::Entropy;
use http::StatusCode;
use http::request::Parts;
use thiserror::Error;

/// The nonce of this response's policy, for `<script nonce="..">` and `<style nonce="..">`: 128 random bits in 22
/// characters, fresh for every response.
///
/// ```
/// use cloakroom::headers::Nonce;
///
/// async fn page(nonce: Nonce) -> String {
///     format!("<!doctype html><title>Page</title><script nonce=\"{nonce}\">console.log('ours')</script>")
/// }
/// ```
///
/// # Security
/// It belongs into the page and nowhere else: in a URL it would reach logs and other sites.
///
/// Source: Content Security Policy Level 3, 7.1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; Self::TEXT_LEN]);

impl Nonce {
    const LEN: usize = 16;
    const TEXT_LEN: usize = 22;

    /// The characters.
    #[expect(clippy::missing_panics_doc, reason = "they come from the alphabet, which is ASCII")]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("base64url is ASCII")
    }

    pub(super) fn from_octets(octets: [u8; Self::LEN]) -> Self {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bits = u128::from_be_bytes(octets);
        let mut text = [b'A'; Self::TEXT_LEN];
        for character in &mut text {
            *character = ALPHABET[usize::try_from(bits >> 122).expect("six bits")];
            bits <<= 6;
        }
        Self(text)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Nonce {
    type Rejection = NonceMissing;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NonceMissing> {
        parts.extensions.get().copied().ok_or(NonceMissing)
    }
}

/// A handler wants a nonce, and there is no [`SecurityHeaders`](super::SecurityHeaders) layer around it, or no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no nonce: the layer of the security headers is missing")]
pub struct NonceMissing;

impl IntoResponse for NonceMissing {
    fn into_response(self) -> Response {
        tracing::error!(target: "cloakroom", error = %self, "a page could not be made");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// Nonces, drawn many at a time: a call to the system for each would cost more than everything else that the layer does.
pub(super) struct Nonces<E> {
    entropy: E,
    drawn: Mutex<Drawn>,
}

struct Drawn {
    octets: [u8; Self::LEN],
    left: usize,
}

impl Drawn {
    const LEN: usize = 32 * Nonce::LEN;
}

impl<E: Entropy> Nonces<E> {
    pub(super) const fn new(entropy: E) -> Self {
        Self { entropy, drawn: Mutex::new(Drawn { octets: [0; Drawn::LEN], left: 0 }) }
    }

    /// One that was never given before; `None` when the system has no randomness.
    pub(super) fn next(&self) -> Option<Nonce> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.left == 0 {
            self.entropy.fill(&mut drawn.octets).ok()?;
            drawn.left = Drawn::LEN / Nonce::LEN;
        }
        drawn.left -= 1;
        let begin = drawn.left * Nonce::LEN;
        let octets = drawn.octets[begin..].first_chunk().expect("what is left is whole");
        Some(Nonce::from_octets(*octets))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::system::OsEntropy;

    #[test]
    fn hdr_05_a_thousand_nonces_differ_and_have_22_characters() {
        let nonces = Nonces::new(OsEntropy);
        let drawn: HashSet<String> = (0..1000).map(|_| nonces.next().unwrap().to_string()).collect();
        assert_eq!(drawn.len(), 1000);
        assert!(drawn.iter().all(|nonce| nonce.len() == 22));
    }

    #[test]
    fn every_bit_of_the_octets_is_in_the_text() {
        let texts: HashSet<String> =
            (0..128).map(|bit| Nonce::from_octets((1_u128 << bit).to_be_bytes()).to_string()).collect();
        assert_eq!(texts.len(), 128);
    }
}
