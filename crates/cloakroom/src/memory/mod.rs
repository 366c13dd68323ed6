//! Sessions in the memory of this process: the fastest store, and one that forgets everything at its end.
//!
//! ```text
//! MemoryStore
//! ├─ 256 shards by the first octet of the session ID, each behind a lock of its own
//! │    ├─ 32 hash tables by the next five bits: session ID -> slot; small, so that growing one is short
//! │    ├─ pages of cells: a session is one cell of octets, of a size class
//! │    └─ timers: buckets of sessions by when they expire, as lists through the cells
//! └─ 256 subject shards by a keyed hash of the subject, each behind a lock of its own
//!      ├─ 32 hash tables: subject -> its newest session; the others follow as a list through the cells
//!      └─ the fences: which subjects were revoked lately
//! ```
//!
//! # Locks
//! 1. Locks are taken in this order: subject shards by rising number, then session shards by rising number. Who holds a
//!    session shard never asks for a subject shard.
//! 2. The lists of a subject's sessions, wherever their cells are, belong to the lock of its subject shard. So does
//!    every step that ends, creates or moves the cell of a session with a subject. A visitor's session is in no list.
//! 3. No lock is held for long: a step handles a bounded number of sessions, and tables are small enough to grow at once.
//!    Two exceptions grow with the sessions of one subject, not with the store: listing them, and counting them for a cap.

mod blocks;
mod cell;
mod chain;
mod fences;
mod index;
mod insert;
mod pages;
mod purge;
mod replace;
mod shard;
mod shards;
mod slot;
mod store;
mod subjects;
mod tables;
mod timers;
mod times;
mod trouble;
mod turn;

#[cfg(test)]
mod tests;

pub use store::MemoryStore;
