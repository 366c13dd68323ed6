//! What a session costs a server of memory.

use std::sync::Arc;

use cloakroom_core::store::{Insert, Row, Store as _, SubjectIndex as _, SubjectInsert};
use cloakroom_core::{
    FreshSecret, KeptAtSignIn, Lifetime, Method, Record, Slots, Subject, Timestamp, hours, minutes,
};
use cloakroom_test_servers::{RedisServer, RedisSetup};

use crate::support::{self, PATIENT, id, number, open, subject};

/// What an application keeps that writes `{user_id, role, created_at}` into one slot, as the measurements of others do.
fn profile(subject: &Subject, created: Timestamp) -> Row {
    let mut slots = Slots::default();
    let encoded = [0xd2, 0x09, 0x01, 0x80, 0x95, 0xa7, 0xd7, 0x06];
    slots.set("profile", &encoded, KeptAtSignIn::No).expect("it is small");
    let fresh = FreshSecret::from_entropy([7; 32]);
    let record = Record::authenticated(subject.clone(), Method::Password, &fresh, created).with_slots(slots);
    record.to_row(&Lifetime::idle_absolute(minutes(30), hours(12)))
}

const SUBJECTS: u64 = 10_000;
const SESSIONS: u64 = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_with_its_index_and_its_end_takes_at_most_250_octets() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let store = Arc::new(open(&server.url(), PATIENT).await);
    let memory = || number(&server.command(&["INFO", "memory"]).unwrap(), "used_memory");
    let fence = store.fence(&subject("user-00000")).await.unwrap();
    // The scripts, too, are there before the first session that counts.
    support::sign_in(&store, &subject("nobody"), SESSIONS).await.unwrap();
    let before = memory();
    let workers = (0..50).map(|worker| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for session in (worker..SESSIONS).step_by(50) {
                let subject = subject(&format!("user-{:05}", session % SUBJECTS));
                let created = Timestamp::from_millis(support::START_MS + session);
                let row = profile(&subject, created);
                let insert = Insert { id: store.place(id(session), &subject), row: &row, replaces: None };
                let sign_in = SubjectInsert { insert, fence, cap: None, now: created };
                let _ = store.insert_for_subject(sign_in).await.unwrap();
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    let octets = (memory() - before).div_ceil(SESSIONS);
    println!("{octets} octets a session");
    assert!(octets <= 250, "{octets} octets a session");
    assert_eq!(store.list(&subject("user-04711")).await.unwrap().len(), 10);
}
