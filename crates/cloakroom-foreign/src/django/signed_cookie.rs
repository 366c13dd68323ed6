//! `get_signed_cookie`.

use std::time::Duration;

use cloakroom_core::Timestamp;

use super::signer::Signer;
use crate::crypto::{InvalidKey, Secret};
use crate::limits::COOKIE_BYTES_MAX;
use crate::{Refusal, Verified};

/// Reads one cookie that `HttpResponse.set_signed_cookie` wrote.
pub struct SignedCookie {
    signer: Signer,
    cookie_name: String,
    salt: String,
    layout: SaltLayout,
    max_age: Option<Duration>,
}

enum SaltLayout {
    /// The salt's length stands before it, so that no other pair of salt and name makes the same text.
    Counted,
    /// Name and salt in a row.
    Concatenated,
}

impl SignedCookie {
    /// The cookie of this name, written without a salt of its own.
    ///
    /// # Errors
    /// When the key is empty, with which Django does not start.
    pub fn new(secret_key: &Secret, cookie_name: impl Into<String>) -> Result<Self, InvalidKey> {
        Ok(Self {
            signer: Signer::new(secret_key)?,
            cookie_name: cookie_name.into(),
            salt: String::new(),
            layout: SaltLayout::Counted,
            max_age: None,
        })
    }

    /// One more key of `SECRET_KEY_FALLBACKS`.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn fallback(mut self, secret_key: &Secret) -> Result<Self, InvalidKey> {
        self.signer.fallback(secret_key)?;
        Ok(self)
    }

    /// The `salt` that `set_signed_cookie` was called with.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<String>) -> Self {
        self.salt = salt.into();
        self
    }

    /// Cookies of a Django that has not had the fix for CVE-2026-6873.
    ///
    /// # Security
    /// There, name and salt stand in a row, so a cookie `the` with the salt `me` is good as a cookie `theme` without one. Only for
    /// an application that signs no two cookies of which that is true.
    #[must_use]
    pub fn insecure_concatenated_salt(mut self) -> Self {
        self.layout = SaltLayout::Concatenated;
        self
    }

    /// The `max_age` that `get_signed_cookie` was called with; without it, cookies are good for ever.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The text of a cookie's value.
    ///
    /// # Errors
    /// Where `get_signed_cookie` would raise.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<String>, Refusal> {
        let Self { cookie_name, salt, .. } = self;
        let signer_salt = match self.layout {
            SaltLayout::Counted => {
                format!("django.http.cookies.v2:{}:{salt}{cookie_name}", salt.chars().count())
            }
            SaltLayout::Concatenated => format!("{cookie_name}{salt}"),
        };
        let prefix = b"django.http.cookies";
        let signed = self.signer.unsign(cookie_value, COOKIE_BYTES_MAX, prefix, signer_salt.as_bytes())?;
        if let Some(max_age) = self.max_age {
            signed.check_age(max_age, now)?;
        }
        let mut verified =
            Verified::new(signed.text.to_owned(), signed.key_position, &[signed.whole.as_bytes()]);
        verified.issued_at = Some(signed.issued_at);
        verified.expires_at = self.max_age.map(|max_age| signed.issued_at.after(max_age));
        Ok(verified)
    }
}
