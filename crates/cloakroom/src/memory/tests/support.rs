//! Rows to keep, and a way to wait for a store that never makes one wait.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cloakroom_core::store::{Cap, CapPolicy, Fence, Insert, Row, RowBody, Seen, SubjectInsert, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};

/// Runs a future to its end on this thread.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// A session ID whose first octet, and so its shard, is `shard`.
pub(super) fn id(shard: u8, number: u64) -> SessionId {
    let mut octets = [shard; SessionId::LEN];
    octets[8..].copy_from_slice(&number.to_be_bytes());
    SessionId::from_octets(octets)
}

/// A session ID as uniform as a real one.
pub(super) fn uniform_id(number: u64) -> SessionId {
    let mix = |number: u64| {
        let mixed = (number ^ number >> 31).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 29
    };
    let (high, low) = (mix(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)), mix(number ^ 0xbf58_476d_1ce4_e5b9));
    SessionId::from_octets((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

pub(super) fn subject(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

pub(super) const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A row that begins at `created` and expires ten seconds later.
pub(super) fn row(of: Option<&str>, created: u64) -> Row {
    Row {
        subject: of.map(subject),
        created_at: at(created),
        last_seen_at: at(created),
        expires_at: at(created + 10_000),
        address: None,
        body: RowBody::from_slice(&[0xb0; 50]),
    }
}

pub(super) const fn insert(id: SessionId, row: &Row) -> Insert<'_> {
    Insert { id, row, replaces: None }
}

/// An insert in favour of which the first version of another session ends.
pub(super) const fn insert_over(id: SessionId, row: &Row, replaced: SessionId) -> Insert<'_> {
    Insert { id, row, replaces: Some(Seen { id: replaced, version: Version::FIRST }) }
}

pub(super) const fn sign_in(insert: Insert<'_>, fence: Fence, cap: Option<Cap>) -> SubjectInsert<'_> {
    SubjectInsert { insert, fence, cap, now: insert.row.created_at }
}

pub(super) fn cap(sessions_max: usize, policy: CapPolicy) -> Option<Cap> {
    NonZeroUsize::new(sessions_max).map(|sessions_max| Cap { sessions_max, policy })
}
