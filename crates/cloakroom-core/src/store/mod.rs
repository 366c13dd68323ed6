//! What a store promises.
//!
//! A store keeps [`Row`]s by [`SessionId`](crate::SessionId). It judges nothing: whether a session is live, whose it is
//! and what may be done with it is the core's business, by the core's clock. What a store must get right is atomicity:
//!
//! 1. **Only [`Store::insert`] creates a row.** `replace` and `touch` never do, so nothing that was revoked
//!    loads again.
//! 2. **`replace` is a compare-and-swap** on the version that was read.
//! 3. **A touch only moves forward**: it never shortens, and it changes no version, so it neither wins nor loses
//!    against a write.
//! 4. **What returned is durable**, but for a touch, which a crash may lose.
//! 5. **Doubt is an error.** A store that cannot tell whether a write took effect answers with a [`StoreError`]. It does
//!    not try again by itself: the second try would meet the first one's effect and call it somebody else's.
//!
//! A store may also tell of [`Changes`], for those that keep copies of its rows.
//!
//! The conformance suite of `cloakroom-testkit` proves these promises for any store.

mod changes;
mod contract;
mod error;
mod page;
mod row;
mod wanted;

pub use changes::{Change, ChangeSink, Changes};
pub use contract::{
    Cap, CapPolicy, Fence, Insert, Inserted, Revoked, Seen, Store, SubjectIndex, SubjectInsert,
    SubjectInserted, Swap, Touch, Touched,
};
pub use error::{ErrorKind, StoreError};
pub use page::{Page, PageCursor};
pub use row::{Loaded, Reading, Row, RowBody, Version};
pub use wanted::Wanted;
