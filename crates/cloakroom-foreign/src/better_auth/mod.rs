//! better-auth: the token of a session, and the copy of the session that it keeps in a second cookie.
//!
//! | cookie | layout | read by |
//! |---|---|---|
//! | `better-auth.session_token` | token `.` padded base64 of HMAC-SHA-256 over it, percent-encoded | [`SessionToken`] |
//! | `better-auth.session_data` | base64 over JSON: `session`, `expiresAt`, `signature` over both | [`SessionData`] |
//!
//! The token is the key of a row in the table `session`, whose `expiresAt` the application compares. The copy outlives a revocation by up to
//! five minutes, in better-auth and so here; a look-up by the token does not.
//!
//! Vectors: better-auth 1.7.25; of the copy, its strategy `compact`.

mod session_data;
mod session_token;

pub use session_data::SessionData;
pub use session_token::SessionToken;
