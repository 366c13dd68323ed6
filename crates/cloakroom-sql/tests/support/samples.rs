//! Rows and IDs.

use cloakroom_core::store::{
    Cap, Fence, Insert, Inserted, Row, RowBody, Store, SubjectIndex, SubjectInsert, SubjectInserted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

/// The `number`th session.
pub(crate) fn id(number: u32) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    // Spread, as those of real IDs are.
    octets[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
    octets[12..].copy_from_slice(&number.to_be_bytes());
    SessionId::from_octets(octets)
}

/// A subject of this name.
pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).expect("names in tests are legal subjects")
}

/// A visitor's session.
pub(crate) fn row(expires_at: u64) -> Row {
    Row {
        subject: None,
        created_at: Timestamp::from_millis(1),
        last_seen_at: Timestamp::from_millis(1),
        expires_at: Timestamp::from_millis(expires_at),
        address: None,
        body: RowBody::from_slice(b"a body"),
    }
}

/// Begins a visitor's session.
pub(crate) async fn put(store: &impl Store, number: u32, expires_at: u64) {
    let insert = Insert { id: id(number), row: &row(expires_at), replaces: None };
    assert_eq!(store.insert(insert).await.expect("the store works"), Inserted::Done);
}

/// Signs a subject in.
pub(crate) async fn sign_in(store: &impl SubjectIndex, number: u32, name: &str) {
    let fence = store.fence(&subject(name)).await.expect("the store works");
    let inserted = sign_in_under(store, number, name, fence, None).await;
    assert_eq!(inserted, SubjectInserted::Done { evicted: Vec::new() });
}

/// Signs a subject in that has begun to do so at `fence`.
pub(crate) async fn sign_in_under(
    store: &impl SubjectIndex,
    number: u32,
    name: &str,
    fence: Fence,
    cap: Option<Cap>,
) -> SubjectInserted {
    let row = Row { subject: Some(subject(name)), ..row(u64::from(u32::MAX)) };
    let insert = Insert { id: id(number), row: &row, replaces: None };
    let now = Timestamp::from_millis(1);
    store.insert_for_subject(SubjectInsert { insert, fence, cap, now }).await.expect("the store works")
}
