//! The near cache: reads at memory speed in front of a store that is far away.
//!
//! ```text
//! look up -- a copy, younger than the bound ------------------------------> answer, some 60 ns
//!         \- none: one load of the store for all who ask meanwhile -> copy -> answer
//! ```
//!
//! # What is promised
//! 1. **On this node at once.** After a write, a revocation or a touch through this object has returned, no read that begins
//!    then answers as if it had not been. When one failed or was given up, so that nobody knows, nothing is remembered of what it
//!    was about.
//! 2. **On every other node within the bound.** A read that begins later than [`NearOptions::staleness_max`] after a revocation on
//!    another node has returned does not find the session. The age of a copy counts from before the row was asked for, by a
//!    clock that goes on while the process is stopped and while the machine sleeps. So it holds when connections break and
//!    messages are late, and for a process that is stopped in the middle of everything and goes on a minute later.
//! 3. **Sooner where the store tells.** [`NearCache::listening`] forgets what the store says has changed, in
//!    milliseconds usually. Nothing above rests on it.
//! 4. **A bounded number of octets**, [`NearOptions::octets_max`]; beside them only as many loads as callers are under way.
//!
//! # How a copy comes about
//! A load is noted with a ticket before it is sent. When its answer is there it may leave a copy only if the note is still
//! there with this ticket. Whatever changes or ends the session takes the note away, at its begin and at its end, so an answer
//! from before a change never becomes a copy after it. Callers who join a load that is under way may have come after it was
//! sent, but not by more than the bound, and not after a change.
//!
//! # Why no decision rests on a copy
//! - **Refusing.** A copy is believed only when it lets a request in ([`Admit`](cloakroom_core::machine::Admit)). A token that it
//!   does not know may have been given out on another node a moment ago, so then the store is asked: no fresh token is
//!   refused, and no honest one taken for stolen. The same goes for a copy whose end is near: another node may have moved it.
//! - **That there is none** is believed for a second at most and for no longer than the bound. An ID is drawn afresh for each
//!   session, so one that named none at any time will never name one.
//! - **Writing.** Slots, renewals, reauthentications and the end of the session that a sign-in replaces are
//!   compare-and-swaps in the store. A copy that is behind makes them lose; the copy is forgotten with that, and what follows is
//!   judged on the row itself ([`Call::Reload`](cloakroom_core::machine::Call::Reload)). A touch only moves forward.
//! - **Reauthenticated.** The [extractor](crate::Reauthenticated) looks at the row itself: for the bound after it was ended
//!   elsewhere a session can still read, but do nothing that asks for a recent proof.
//! - **Lists, and one session by its ID** ([`Sessions::find`](crate::Sessions::find)), come from the store.
//!
//! What remains within the bound after a session was ended on another node: a request with its old token is let in, sees the slots
//! as they were, and can do whatever the application does without writing to the session. Set the bound to what is
//! tolerable there; zero turns copies off.

mod cache;
mod copies;
mod copy;
mod doubt;
mod keys;
mod options;
mod ring;
mod shard;
mod subjects;

#[cfg(test)]
mod tests;

pub use cache::NearCache;
pub use options::NearOptions;
