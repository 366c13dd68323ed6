//! The readers as the library's moving in asks for them.

use cloakroom::moving::{OldSession, OldSessions};
use cloakroom_core::Timestamp;
use http::HeaderValue;

use crate::express::CookieSession;
use crate::{ForeignCookie, ForeignSessionId, Refusal, Value, Verified};

/// Reads one cookie of one system.
pub trait CookieReader: Send + Sync + 'static {
    /// What the cookie holds.
    type Payload: Send + 'static;

    /// What the cookie's value holds, verified as its own system would.
    ///
    /// # Errors
    /// Where that system would not believe it.
    fn verify(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Self::Payload>, Refusal>;
}

/// The session cookie that users move in with: where it was set, and what reads it.
///
/// ```
/// use cloakroom::moving::{MovedIn, MovingIn, OldSession};
/// use cloakroom::{Error, MemoryStore, Sessions, Subject, Timestamp};
/// use cloakroom_foreign::flask::SessionCookie;
/// use cloakroom_foreign::{ForeignCookie, OldCookie, Secret, Value, Verified};
///
/// let flask = SessionCookie::new(&Secret::new("dev-secret-0123456789abcdef"))?;
/// let old = OldCookie::new(ForeignCookie::new("session")?, flask).on_refusal(|refusal| eprintln!("{refusal}"));
/// let until = Timestamp::from_millis(1_798_761_600_000);
/// let moving = MovingIn::new(old, MemoryStore::new(), until, async |old: OldSession<Verified<Value>>| {
///     let user = old.session.payload().get("user_id").and_then(Value::as_integer);
///     Ok::<_, Error>(user.and_then(|user| Subject::new(&user.to_string()).ok()).map(MovedIn::new))
/// });
/// let sessions = Sessions::indexed(MemoryStore::new()).moving_in(moving);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct OldCookie<R> {
    cookie: ForeignCookie,
    reader: R,
    refused: Option<Box<dyn Fn(Refusal) + Send + Sync>>,
}

impl<R: CookieReader> OldCookie<R> {
    /// The cookie that this reader is for.
    pub fn new(cookie: ForeignCookie, reader: R) -> Self {
        Self { cookie, reader, refused: None }
    }

    /// Tells of cookies that were not believed, for a count by [`Refusal::code`]. Called on the path of the request, for anything that
    /// anybody sends.
    #[must_use]
    pub fn on_refusal(self, tell: impl Fn(Refusal) + Send + Sync + 'static) -> Self {
        Self { refused: Some(Box::new(tell)), ..self }
    }
}

impl<R: CookieReader> OldSessions for OldCookie<R> {
    type Session = Verified<R::Payload>;

    fn read(&self, cookie_lines: &[&[u8]], now: Timestamp) -> Option<OldSession<Self::Session>> {
        let value = self.cookie.value(cookie_lines.iter().copied())?;
        match self.reader.verify(value, now) {
            Ok(verified) => Some(old(verified)),
            Err(refusal) => {
                if let Some(tell) = &self.refused {
                    tell(refusal);
                }
                None
            }
        }
    }

    fn removals(&self) -> Vec<HeaderValue> {
        vec![removal(&self.cookie)]
    }
}

/// The two cookies of `cookie-session`, which users move in with: the session, and its signature beside it.
pub struct OldCookieSession {
    session: ForeignCookie,
    signature: ForeignCookie,
    reader: CookieSession,
}

impl OldCookieSession {
    /// The two cookies that this reader is for.
    pub const fn new(session: ForeignCookie, signature: ForeignCookie, reader: CookieSession) -> Self {
        Self { session, signature, reader }
    }
}

impl OldSessions for OldCookieSession {
    type Session = Verified<Value>;

    fn read(&self, cookie_lines: &[&[u8]], _: Timestamp) -> Option<OldSession<Self::Session>> {
        let session = self.session.value(cookie_lines.iter().copied())?;
        let signature = self.signature.value(cookie_lines.iter().copied())?;
        self.reader.read(session, signature).ok().map(old)
    }

    fn removals(&self) -> Vec<HeaderValue> {
        vec![removal(&self.session), removal(&self.signature)]
    }
}

fn old<T>(verified: Verified<T>) -> OldSession<Verified<T>> {
    let fingerprint = *verified.fingerprint().octets();
    OldSession { session: verified, fingerprint }
}

fn removal(cookie: &ForeignCookie) -> HeaderValue {
    HeaderValue::from_bytes(cookie.removal()).expect("a cookie is made of header octets")
}

/// Readers of cookies whose age is checked, and of those that know no time.
macro_rules! readers {
    (aged: $($aged:ty => $payload:ty),+; ageless: $($ageless:ty => $what:ty),+ $(;)?) => {
        $(impl CookieReader for $aged {
            type Payload = $payload;

            fn verify(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<$payload>, Refusal> {
                self.read(cookie_value, now)
            }
        })+
        $(impl CookieReader for $ageless {
            type Payload = $what;

            fn verify(&self, cookie_value: &[u8], _: Timestamp) -> Result<Verified<$what>, Refusal> {
                self.read(cookie_value)
            }
        })+
    };
}

readers! {
    aged:
        crate::better_auth::SessionData => Value,
        crate::django::SignedCookie => String,
        crate::django::SignedSession => Value,
        crate::django::SignedValue => Value,
        crate::flask::SessionCookie => Value,
        crate::gorilla::SecureCookie => Value,
        crate::iron_session::IronSession => Value,
        crate::rails::EncryptedCookie => Value,
        crate::rails::SignedCookie => Value;
    ageless:
        crate::better_auth::SessionToken => ForeignSessionId,
        crate::django::StoredSession => ForeignSessionId,
        crate::express::ExpressSession => ForeignSessionId,
        crate::laravel::SessionCookie => ForeignSessionId,
        crate::plug::SessionCookie => Value,
        crate::rack::SessionCookie => Value;
}
