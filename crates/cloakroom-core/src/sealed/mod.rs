//! Sealed sessions: the record itself in the cookie, and what a store has to know so that one can be ended.
//!
//! A sealed session is in no store, so nothing there is deleted when it ends. Instead a store keeps *marks*, each until every
//! value that it speaks of has expired:
//!
//! | mark | of | says |
//! |---|---|---|
//! | [`SessionMark`] | one session | it has ended, or its value was superseded by a newer one |
//! | [`EpochMark`] | a subject, or everyone | values sealed under another epoch are refused |
//!
//! A value carries the epochs of the moment at which its sign-in began. Ending a subject's sessions writes a mark with a new epoch,
//! so it ends values that no server has ever seen again, and every sign-in that is under way, without comparing clocks.
//!
//! Source: ASVS 5.0 7.4.1, 7.4.5; OWASP Session Management, "Session Expiration".

mod epoch;
mod mark;
mod session;

pub use epoch::{Epoch, Epochs};
pub use mark::{EpochMark, MarkKey, Marks, SessionMark, Worth};
pub use session::{SealedSecret, SealedSession, Terms};
