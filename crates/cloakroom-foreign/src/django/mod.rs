//! Django's sessions and signed values.
//!
//! | where the session is | what the cookie holds | read by |
//! |---|---|---|
//! | `signed_cookies` | the session, signed | [`SignedSession`] |
//! | `db`, `cached_db`, `cache`, `file` | the key of a row | [`session_key`], then [`SignedValue::stored_session`] for the row's `session_data` |
//!
//! [`SignedCookie`] reads what `set_signed_cookie` wrote, and [`SignedValue`] what `signing.dumps` did.
//!
//! A signed value is `payload ":" time ":" signature`: the signature is HMAC-SHA-256 over payload and time, keyed by the SHA-256 of
//! salt, the word `signer` and `SECRET_KEY`; the payload is JSON in base64, after a dot when it is compressed. Signatures are
//! compared as text, so there is exactly one for each value. A time in the future is accepted, as by Django.
//!
//! A payload of `PickleSerializer`, which Django removed in 5.0, is refused as [`Refusal::Undecodable`](crate::Refusal).
//!
//! Vectors: Django 5.2.19.

mod session_key;
mod signed_cookie;
mod signed_session;
mod signed_value;
mod signer;

pub use session_key::{StoredSession, session_key};
pub use signed_cookie::SignedCookie;
pub use signed_session::SignedSession;
pub use signed_value::SignedValue;
