//! Moving in: a session of another system is read once, and its user is signed in here without typing anything.
//!
//! An application that replaces another finds browsers that hold the old one's session cookies. With
//! [`Sessions::moving_in`](crate::Sessions::moving_in) a request that has no signed-in session, and asks for one, is looked at for
//! such a cookie. When it is good, the application says whose it is; the user is signed in before the handler runs, and the response
//! takes the old cookie away. Off by default, and over at the moment that [`MovingIn::new`] is given.
//!
//! This module knows no other system: one that does implements [`OldSessions`], as the crate `cloakroom-foreign` does for eleven.
//! There is one such reader per application. What it does not believe is nobody's, and nothing else gets to see it.
//!
//! ```
//! # use cloakroom::moving::{MovedIn, MovingIn, OldSession, OldSessions};
//! # use cloakroom::{Error, MemoryStore, Sessions, Subject, Timestamp};
//! # fn set_up(old_shop: impl OldSessions<Session = u64>) -> Sessions {
//! let over = Timestamp::from_millis(1_798_761_600_000); // two weeks after the old shop was switched off
//! let moving = MovingIn::new(old_shop, MemoryStore::new(), over, async |old: OldSession<u64>| {
//!     let user = Subject::new(&format!("user-{}", old.session)).ok(); // and whether there still is one
//!     Ok::<_, Error>(user.map(MovedIn::new))
//! });
//! Sessions::indexed(MemoryStore::new()).moving_in(moving)
//! # }
//! ```
//!
//! # What is promised
//!
//! | | |
//! |---|---|
//! | how often an old cookie signs in | at most once, on all processes that share the store of marks; of two requests at the same time, one |
//! | after a sign-out | never again: it was used when its user moved in. An old cookie beside a session that was begun otherwise is used up by the first request that carries both |
//! | after [`revoke_subject`](crate::Sessions::revoke_subject), [`sign_out_others`](crate::Sessions::sign_out_others), [`sign_out_everywhere`](crate::Sessions::sign_out_everywhere) | nobody moves in as this subject any more, with no cookie, used or not |
//! | after [`revoke_everyone`](crate::Sessions::revoke_everyone) | nobody moves in any more |
//! | freshness | none: the method is [`Method::Remembered`](crate::Method::Remembered), and [`Reauthenticated`](crate::Reauthenticated) asks for a proof |
//! | timeouts | those of any session, counted from the moving in |
//! | the store of marks is down, or the application's mapping fails | 503 where a session was asked for; the old cookie stays good, unless its mark was written and the store's answer was lost |
//! | the answer is lost on its way | the user signs in by hand |
//!
//! # Security
//! - **The marks.** A mark is kept until the moving in is over, in a store that must not forget: the same demands as for
//!   [sealed](crate::sealed) sessions, whose store of marks it may share. Not the store of stored sessions: ending everyone's there
//!   deletes marks.
//! - **Several cookies of one session.** A system that writes its cookie anew with each answer leaves many good ones. Where its
//!   session has an ID, [`MovedIn::known_as`] makes all of them one.
//! - **The mapping decides.** What an old cookie says was true when it was written. Whether the user still exists, may sign in and has
//!   passed a second factor is for the application to look up.
//! - **Whoever has the old key** can sign in as anyone until the moving in is over, as before.

mod arrival;
mod marks;
mod moved_in;
mod old_sessions;
mod setup;

pub use moved_in::MovedIn;
pub use old_sessions::{OldSession, OldSessions};
pub use setup::MovingIn;
