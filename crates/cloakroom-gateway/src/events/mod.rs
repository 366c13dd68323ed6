//! The audit trail: what happened to users, sessions and keys, who did it and from where.
//!
//! Whatever happens is [recorded](trail) in a queue of bounded length, which costs a request no wait, and is written down in the
//! database of the accounts a moment later by [one task](writing) of the process. Each event is a line of the log too, written before
//! it waits for the database, so that one which the database never gets is not lost without a trace.
//!
//! **Numbers.** Every event gets its number in the transaction that writes it, from a row that the writers of all processes lock in
//! turn. So numbers become visible in their own order and without gaps, whichever process writes: who has read up to a number
//! and asks for those behind it misses none and meets none twice, with no clock being compared.
//!
//! **Exactly once.** An event also has the name of its process and a count of that process's own, which are unique in the table. An answer of
//! the database that was lost is made up for by writing the same rows again: they are there already, or they come now.
//!
//! # Security
//! An event holds no password, no token and nothing that a stranger has typed as a name: people type passwords there. Texts of
//! others, such as a `User-Agent`, are cut and are of visible characters only. What strangers can cause at will is written down a
//! bounded number of times in a minute, and counted beyond it.

mod actor;
mod context;
mod cursor;
mod event;
mod flood;
mod instance;
mod kind;
mod library;
mod line;
#[cfg(test)]
mod plans;
mod queue;
pub(crate) mod reader;
mod recorded;
mod statements;
mod text;
mod trail;
mod watcher;
mod writing;

pub(crate) use actor::Actor;
pub(crate) use context::{
    Caller, Context, at_app, by, carried, in_context, is_by_a_user, request_id, requested_as, sent_from,
    stating,
};
pub use cursor::{EventCursor, EventNumber};
pub(crate) use event::Event;
pub use kind::{EventKind, Severity, UnknownEventKind};
pub(crate) use library::LibraryEvents;
pub use reader::EventFilter;
pub use recorded::RecordedEvent;
pub(crate) use trail::Trail;
pub(crate) use watcher::EventWatcher;
