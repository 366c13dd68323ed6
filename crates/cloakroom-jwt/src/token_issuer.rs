//! Mints tokens.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::Timestamp;
use serde::Serialize;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::limits::{TOKEN_LIFETIME_MAX, seconds_of, time_of};
use crate::live_session::{LiveSession, Profile, methods_of};
use crate::names::{Audience, ClientId, Issuer, TokenId};
use crate::signing_key::SigningKey;
use crate::signing_keys::SigningKeys;

/// Mints tokens for the services behind, each from a live session, for one audience, and for minutes.
///
/// A token is not called back by signing out: it ends by itself, at most five minutes later and never later than its
/// session would. A service that must feel a sign-out at once asks for the session instead.
///
/// Source: RFC 9068 2; RFC 8725 3; ASVS 5.0 9.2.4.
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    issuer: Issuer,
    client: ClientId,
    lifetime: Duration,
}

/// The lifetime is not one that a token may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a token lives for 1 to {} seconds", TOKEN_LIFETIME_MAX.as_secs())]
pub struct InvalidTokenLifetime;

/// Why no token was minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MintError {
    /// The session has ended, or ends within this second.
    #[error("the session has ended")]
    SessionEnded,
    /// No key signs yet: all of the ring take over later.
    #[error("no key signs yet")]
    NoKey,
    /// The cryptographic library would not sign.
    #[error("the token could not be signed")]
    Signing,
}

/// A token as it is handed to a service behind, for an `Authorization: Bearer` field. Wiped on drop.
///
/// # Security
/// Whoever holds it is the user, for its audience and lifetime. No `Debug`, `Display`, `Clone` or `Serialize`.
#[must_use]
pub struct AccessToken {
    text: Zeroizing<String>,
    expires_at: Timestamp,
}

impl AccessToken {
    /// The token.
    ///
    /// # Security
    /// It is a secret: for the request to its audience only, never for a log.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// When it ends.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// The claims in the order in which they are written.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: &'a str,
    iat: u64,
    exp: u64,
    jti: TokenIdText,
    sid: SessionIdText,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    amr: Cow<'static, [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<&'a [&'a str]>,
}

impl Claims<'_> {
    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers under fixed names are JSON")
    }
}

struct TokenIdText(TokenId);

impl Serialize for TokenIdText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct SessionIdText(cloakroom_core::SessionId);

impl Serialize for SessionIdText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl TokenIssuer {
    /// An issuer of this name, for users that came through this client. Tokens live for five minutes.
    pub const fn new(issuer: Issuer, client: ClientId) -> Self {
        Self { issuer, client, lifetime: TOKEN_LIFETIME_MAX }
    }

    /// The same issuer with another lifetime of tokens, in whole seconds, rounded down.
    ///
    /// # Errors
    /// [`InvalidTokenLifetime`] outside of 1 second to [`TOKEN_LIFETIME_MAX`].
    pub fn with_lifetime(self, lifetime: Duration) -> Result<Self, InvalidTokenLifetime> {
        if lifetime.as_secs() == 0 || lifetime > TOKEN_LIFETIME_MAX {
            return Err(InvalidTokenLifetime);
        }
        Ok(Self { lifetime: Duration::from_secs(lifetime.as_secs()), ..self })
    }

    /// Mints a token of a live session for one audience.
    ///
    /// It ends after the lifetime or with the session, whichever comes first.
    ///
    /// # Errors
    /// [`MintError::SessionEnded`] when no whole second of the session is left; nothing was signed then.
    ///
    /// # Security
    /// The ID is fresh for each token. A signature of ES256 takes a random number of its own, from the generator of the
    /// cryptographic library.
    pub fn mint(
        &self,
        keys: &SigningKeys,
        session: &LiveSession<'_>,
        audience: &Audience,
        now: Timestamp,
        id: TokenId,
    ) -> Result<AccessToken, MintError> {
        self.mint_by(|| keys.signing(now), session, audience, now, id)
    }

    /// [`mint`](Self::mint) by a key that is in no ring, for an issuer that publishes its keys in another way.
    ///
    /// # Errors
    /// As [`mint`](Self::mint), but for [`MintError::NoKey`].
    ///
    /// # Security
    /// Verifiers must be able to find the key before they meet the token, and for as long as they accept it.
    pub fn mint_with(
        &self,
        key: &SigningKey,
        session: &LiveSession<'_>,
        audience: &Audience,
        now: Timestamp,
        id: TokenId,
    ) -> Result<AccessToken, MintError> {
        self.mint_by(|| Some(key), session, audience, now, id)
    }

    fn mint_by<'k>(
        &self,
        key: impl FnOnce() -> Option<&'k SigningKey>,
        session: &LiveSession<'_>,
        audience: &Audience,
        now: Timestamp,
        id: TokenId,
    ) -> Result<AccessToken, MintError> {
        let iat = seconds_of(now);
        let exp = seconds_of(now.after(self.lifetime).min(session.expires_at));
        if exp <= iat {
            return Err(MintError::SessionEnded);
        }
        let key = key().ok_or(MintError::NoKey)?;
        let authentication = session.authentication;
        let Profile { name, preferred_username, email, groups } = session.profile.unwrap_or_default();
        let claims = Claims {
            iss: self.issuer.as_str(),
            aud: audience.as_str(),
            sub: authentication.subject.as_str(),
            client_id: self.client.as_str(),
            iat,
            exp,
            jti: TokenIdText(id),
            sid: SessionIdText(session.id),
            auth_time: authentication.last_proof_at().map(seconds_of),
            amr: methods_of(authentication),
            acr: session.assurance,
            name,
            preferred_username,
            email,
            groups: session.profile.map(|_| groups),
        };
        let claims = claims.to_json();
        let header = key.header();
        // As long as it gets, so that no outgrown buffer is left behind unwiped.
        let mut text =
            Zeroizing::new(String::with_capacity(header.len() + claims.len().div_ceil(3) * 4 + 88));
        text.push_str(header);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(&claims, &mut text);
        let signature = key.sign(text.as_bytes()).map_err(|_| MintError::Signing)?;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut text);
        Ok(AccessToken { text, expires_at: time_of(exp) })
    }
}
