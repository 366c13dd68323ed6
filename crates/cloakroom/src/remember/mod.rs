//! Remember me: a second, long-lived cookie that restores who somebody is, and never that they have just proved it.
//!
//! [`Sessions::remember_me`](crate::Sessions::remember_me) switches it on, and
//! [`SignInAttempt::remember_me`](crate::SignInAttempt::remember_me) asks for it at a sign-in:
//! ```
//! use cloakroom::remember::RememberMe;
//! use cloakroom::{Error, MemoryStore, Method, Session, Sessions, Subject};
//!
//! let sessions = Sessions::indexed(MemoryStore::new()).remember_me(RememberMe::for_days(30));
//!
//! async fn login(session: Session, alice: Subject, box_is_ticked: bool) -> Result<(), Error> {
//!     let attempt = session.begin_sign_in(alice).await?;
//!     // the password is checked, and was right
//!     let attempt = if box_is_ticked { attempt.remember_me() } else { attempt };
//!     attempt.finish(Method::Password).await
//! }
//! ```
//!
//! # What is promised
//! - The cookie, `__Host-remember`, holds a token like a session's: a public ID and 32 secret octets, of which the store holds the SHA-256.
//! - A request without a live session and with that cookie gets a session before its handler runs: a new ID, a new secret, by
//!   [`Method::Remembered`](crate::Method::Remembered). [`Reauthenticated`](crate::Reauthenticated) and every
//!   [step-up](crate::assurance::StepUp) ask for a proof all the same.
//! - Each use replaces the token. The old one is good until the browser shows the new one, and for a grace after that. A use later than that
//!   is a theft: the series of tokens ends, every session of that browser ends, and [`EventKind::Reused`](crate::EventKind::Reused) is
//!   reported with the reason `remember_me`.
//! - Requests in parallel, such as those of ten tabs that a browser opens again, are all let in to one session.
//! - It ends with its last day, which was fixed when the user signed in and which no use moves; a session that it gave ends with it at the
//!   latest.
//! - It ends with a sign-out, with the next sign-in of that browser, with the revocation of a session of that browser by its handle, and with
//!   every bulk revocation of its user: all browsers of a user are forgotten when the password changes, the one that changed it too.
//!   Whatever is under way meanwhile loses.
//! - Under a [`Profile`](crate::assurance::Profile) nobody is remembered.
//!
//! # Which requests
//! All that ask for their session, not only navigations. The page of a single-page application asks by `fetch`, and a form that was
//! left open over lunch is sent by POST; turning those away would sign users out for no gain. A forged request gains nothing either: the cookie
//! is `SameSite=Lax` as the session's is, the [cross-origin check](crate::CrossOrigin) looks at the request and not at the session,
//! and a token against forged requests belongs to the session that ended.
//!
//! # What it cannot do
//! - Tell a browser that lost its newest cookies, in a crash or from a backup of its profile, from a thief: both show a token that was
//!   replaced. The user signs in again.
//! - Find the browser of a session that the [cap](crate::Sessions::cap) ended: its series stays, and gives it another.
//! - Hold a stolen cookie back before either of the two uses it again.
//!
//! # How it is kept
//! A series is a row of the same store, under a name of its own made from the subject's, so that no list or page shows it and no cap
//! counts it; a subject has [`SERIES_MAX`] at most, then the oldest ends. Bulk revocations end the series first, since what is restored
//! after that finds none. See [`Restore`](cloakroom_core::machine::Restore) for why that leaves nothing behind in any order.
//!
//! Source: ASVS 5.0 7.5.1; NIST SP 800-63B-4 5.1; OWASP Session Management, "Renewal Timeout".

mod arrival;
mod claim;
mod ending;
mod remembering;
mod setup;
mod sign_in;
mod wish;

pub(crate) use claim::Claim;
pub(crate) use ending::take_cookie_away;
pub(crate) use remembering::Remembering;
pub use setup::RememberMe;
pub use sign_in::SERIES_MAX;
pub(crate) use wish::SeriesWish;
