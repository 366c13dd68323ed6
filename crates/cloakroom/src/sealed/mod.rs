//! Sealed sessions: the session itself, encrypted, in the cookie.
//!
//! ```
//! use cloakroom::sealed::{KeyRing, SealKey, SealKeys};
//! use cloakroom::{MemoryStore, Sessions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let from_configuration = "9f1c02d7a84be36650c1fd7729e8b34a6d05f8c17e22904bb6a3d9180e5f7c41";
//! let keys = SealKeys::new(KeyRing::new(SealKey::parse(from_configuration)?));
//! let sessions = Sessions::sealed(keys, MemoryStore::new());
//! let layer = sessions.layer();
//! # Ok(())
//! # }
//! ```
//!
//! Handlers use a [`Session`](crate::Session) as ever. What differs from stored sessions follows from where they are kept:
//!
//! | | stored | sealed |
//! |---|---|---|
//! | a request | one look-up | one look-up of up to three marks at once, none for [`Sessions::irrevocable`](crate::Sessions::irrevocable) |
//! | the store holds | every session | the sessions that were ended or reauthenticated, until they would have expired |
//! | two requests write at once | both writes survive | the answer that the browser takes last wins |
//! | size | 64 KiB | what fits into a cookie, some 2.9 KiB; [`SlotError::NoRoom`](crate::SlotError::NoRoom) for the handler |
//! | lists, caps, the end of one session by its handle | yes | nobody has a list |
//! | an old value after a touch or a renewal | dead after the grace, and its use is an alarm | good until its own idle timeout |
//! | activity | written to the store | sends the cookie again |
//!
//! Signing out, signing out everywhere, a password change and [`Sessions::revoke_everyone`](crate::Sessions::revoke_everyone) end
//! sessions for good on every node that shares the store of marks, values included that no server has seen again since.
//!
//! # Security
//! The marks are what keeps ended sessions ended. Their store must not forget: one that evicts, as Memcached does, or loses its
//! last second, as a Redis without `appendfsync always` may, can bring a signed-out value back. Give them a store of their own:
//! another file, database or key prefix, never one that holds stored sessions, since ending everyone's there would delete marks.

mod admission;
mod faces;
mod keys;
mod marks;
mod sealing;
mod session;
mod write;

pub use cloakroom_core::seal::{
    InvalidKey, KeyId, KeyRing, KeyRingError, Opened, Purpose, SealError, SealKey, Sealer,
};
pub use faces::{Irrevocable, Sealed};
pub use keys::SealKeys;

pub(crate) use admission::{Carried, admit, admit_now, make_up_for, presented};
pub(crate) use sealing::{SealedText, Sealing};
pub(crate) use write::SealedWrite;
