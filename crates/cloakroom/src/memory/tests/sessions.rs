//! What the store does, sentence by sentence, where the conformance suite of the test kit does not say it already.

use cloakroom_core::store::{
    CapPolicy, ErrorKind, Fence, Inserted, RowBody, Store, SubjectIndex, SubjectInserted, Swap, Touch,
    Version,
};
use cloakroom_core::{SessionId, Timestamp};

use super::super::MemoryStore;
use super::support::{at, cap, id, insert, insert_over, row, sign_in, subject, uniform_id, wait};

const BEGINNING: Fence = Fence::from_number(0);

fn ids_of(store: &MemoryStore, of: &str) -> Vec<SessionId> {
    wait(store.list(&subject(of))).unwrap().into_iter().map(|(id, _)| id).collect()
}

fn is_empty(store: &MemoryStore) -> bool {
    let mut dump = Vec::new();
    store.dump(&mut dump).unwrap();
    dump.is_empty() && store.rows().unwrap() == 0
}

#[test]
fn a_row_of_any_size_and_any_time_comes_back_as_it_was() {
    let store = MemoryStore::new();
    let mut number = 0_usize;
    for body_len in [0, 50, 96, 97, 900, 1_100, 66_000] {
        for expires in [0, 10_000, u64::MAX] {
            let mut row = row(Some(&"x".repeat(255)), 5_000);
            row.body = RowBody::from_slice(&vec![7; body_len]);
            row.expires_at = at(expires);
            row.address = Some([192, 0, 2, 1].into());
            number += 1;
            let id = id(1, number as u64);
            assert_eq!(wait(store.insert(insert(id, &row))).unwrap(), Inserted::Done);
            let loaded = store.load_now(id).unwrap().unwrap().unwrap();
            assert_eq!((loaded.row, loaded.version), (row, Version::FIRST));
        }
    }
    assert_eq!(wait(store.purge(Timestamp::MAX, usize::MAX)).unwrap(), number);
    assert!(is_empty(&store));
}

#[test]
fn a_body_that_grows_and_shrinks_keeps_the_session_in_its_subjects_list() {
    let store = MemoryStore::new();
    let mut version = Version::FIRST;
    for number in 0..3 {
        _ = wait(store.insert(insert(id(number, 0), &row(Some("ann"), number.into())))).unwrap();
    }
    for body_len in [90, 10, 2_000, 50] {
        let mut row = row(Some("ann"), 1);
        row.body = RowBody::from_slice(&vec![3; body_len]);
        assert_eq!(wait(store.replace(id(1, 0), version, &row)).unwrap(), Swap::Done(version.next()));
        version = version.next();
        assert_eq!(ids_of(&store, "ann"), [id(0, 0), id(1, 0), id(2, 0)]);
        assert_eq!(wait(store.load(id(1, 0))).unwrap().unwrap().row, row);
    }
}

#[test]
fn a_session_that_changes_hands_changes_lists() {
    let store = MemoryStore::new();
    _ = wait(store.insert(insert(id(1, 1), &row(None, 0)))).unwrap();
    _ = wait(store.insert(insert(id(2, 2), &row(Some("ann"), 0)))).unwrap();
    let first = Version::FIRST;
    assert!(matches!(wait(store.replace(id(1, 1), first, &row(Some("ann"), 1))).unwrap(), Swap::Done(_)));
    assert_eq!(ids_of(&store, "ann"), [id(2, 2), id(1, 1)]);
    assert!(matches!(wait(store.replace(id(2, 2), first, &row(Some("bob"), 1))).unwrap(), Swap::Done(_)));
    assert!(matches!(wait(store.replace(id(1, 1), first.next(), &row(None, 1))).unwrap(), Swap::Done(_)));
    assert_eq!((ids_of(&store, "ann"), ids_of(&store, "bob")), (vec![], vec![id(2, 2)]));
}

#[test]
fn an_insert_that_fails_changes_neither_session() {
    let store = MemoryStore::new();
    _ = wait(store.insert(insert(id(1, 1), &row(None, 0)))).unwrap();
    _ = wait(store.insert(insert(id(2, 2), &row(Some("ann"), 0)))).unwrap();
    let over = row(Some("bob"), 5);
    let taken = wait(store.insert(insert_over(id(2, 2), &over, id(1, 1))));
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Duplicate);
    assert_eq!(wait(store.insert(insert_over(id(3, 3), &over, id(4, 4)))).unwrap(), Inserted::Gone);
    _ = wait(store.replace(id(1, 1), Version::FIRST, &row(None, 0))).unwrap();
    assert_eq!(wait(store.insert(insert_over(id(3, 3), &over, id(1, 1)))).unwrap(), Inserted::Lost);
    assert_eq!((store.rows().unwrap(), ids_of(&store, "bob")), (2, vec![]));
}

#[test]
fn the_session_that_is_replaced_does_not_count_for_the_cap() {
    let store = MemoryStore::new();
    let one = cap(1, CapPolicy::RefuseNew);
    let row = row(Some("ann"), 0);
    let done = SubjectInserted::Done { evicted: vec![] };
    assert_eq!(
        wait(store.insert_for_subject(sign_in(insert(id(1, 1), &row), BEGINNING, one))).unwrap(),
        done
    );
    let second = sign_in(insert(id(2, 2), &row), BEGINNING, one);
    assert_eq!(wait(store.insert_for_subject(second)).unwrap(), SubjectInserted::Full);
    let over = sign_in(insert_over(id(2, 2), &row, id(1, 1)), BEGINNING, one);
    assert_eq!(wait(store.insert_for_subject(over)).unwrap(), done);
    assert_eq!(ids_of(&store, "ann"), [id(2, 2)]);
}

#[test]
fn a_cap_that_was_lowered_ends_several_of_the_oldest() {
    let store = MemoryStore::new();
    for number in (0..5).rev() {
        let row = row(Some("ann"), number);
        _ = wait(store.insert_for_subject(sign_in(insert(id(7, number), &row), BEGINNING, None))).unwrap();
    }
    let two = cap(2, CapPolicy::EvictOldest);
    let evicted = vec![id(7, 0), id(7, 1), id(7, 2), id(7, 3)];
    let row = row(Some("ann"), 9);
    let answer = wait(store.insert_for_subject(sign_in(insert(id(8, 0), &row), BEGINNING, two))).unwrap();
    assert_eq!(answer, SubjectInserted::Done { evicted });
    assert_eq!(ids_of(&store, "ann"), [id(7, 4), id(8, 0)]);
}

#[test]
fn a_session_that_is_touched_outlives_the_bucket_it_was_filed_in() {
    let store = MemoryStore::new();
    _ = wait(store.insert(insert(id(1, 1), &row(Some("ann"), 0)))).unwrap();
    for minute in 1..100 {
        let now = at(minute * 60_000);
        let touch = Touch { last_seen_at: now, expires_at: at(minute * 60_000 + 70_000) };
        _ = wait(store.touch(id(1, 1), touch)).unwrap();
        assert_eq!(wait(store.purge(now, usize::MAX)).unwrap(), 0, "minute {minute}");
    }
    assert_eq!(wait(store.purge(at(99 * 60_000 + 69_999), usize::MAX)).unwrap(), 0);
    assert_eq!(wait(store.purge(at(99 * 60_000 + 70_000), usize::MAX)).unwrap(), 1);
    assert!(is_empty(&store));
}

#[test]
fn a_purge_removes_no_more_than_it_may_and_comes_round_to_all() {
    let store = MemoryStore::new();
    for number in 0..1_000 {
        let row = row((number % 2 == 0).then_some("ann"), 0);
        _ = wait(store.insert(insert(uniform_id(number), &row))).unwrap();
    }
    assert_eq!(wait(store.purge(at(9_999), usize::MAX)).unwrap(), 0);
    assert_eq!(wait(store.purge(at(10_000), 0)).unwrap(), 0);
    for left in [700, 400, 100] {
        assert_eq!(wait(store.purge(at(10_000), 300)).unwrap(), 300);
        assert_eq!(store.rows().unwrap(), left);
    }
    assert_eq!(wait(store.purge(at(10_000), 300)).unwrap(), 100);
    assert!(is_empty(&store));
}

#[test]
fn sessions_that_outlive_the_others_are_moved_together() {
    let store = MemoryStore::new();
    let long_lived = |number: u64| number % 40 < 2;
    let row = |number: u64| {
        let mut row = row(Some("ann").filter(|_| number.is_multiple_of(3)), number);
        if number.is_multiple_of(2) {
            row.body = RowBody::from_slice(&[number.to_le_bytes()[0]; 2_000]);
        }
        if long_lived(number) {
            row.expires_at = Timestamp::MAX;
        }
        row
    };
    for number in 0..4_000 {
        _ = wait(store.insert(insert(id(1, number), &row(number)))).unwrap();
    }
    let pages = |store: &MemoryStore| store.shards.read(1).unwrap().octets().count();
    let before = pages(&store);
    // A purge that removes something moves the sessions of one page.
    while wait(store.purge(at(20_000), 20)).unwrap() == 20 {}
    assert!(pages(&store) * 4 < before, "{} of {before} blocks and bodies", pages(&store));

    let left = || (0..4_000).filter(|number| long_lived(*number));
    let page = wait(store.page(None, 1_000)).unwrap().sessions;
    assert!(page.into_iter().map(|(id, loaded)| (id, loaded.row)).eq(left().map(|n| (id(1, n), row(n)))));
    let of_ann = left().filter(|number| number.is_multiple_of(3)).map(|number| id(1, number));
    assert!(ids_of(&store, "ann").into_iter().eq(of_ann));
}

#[test]
fn pages_of_all_sessions_follow_the_order_of_their_ids() {
    let store = MemoryStore::new();
    let mut ids: Vec<_> = (0..500).map(uniform_id).collect();
    for id in &ids {
        _ = wait(store.insert(insert(*id, &row(None, 0)))).unwrap();
    }
    ids.sort_unstable();
    let mut seen = Vec::new();
    let mut page = wait(store.page(None, 7)).unwrap();
    while let Some(next) = page.next {
        seen.extend(page.sessions.into_iter().map(|(id, _)| id));
        page = wait(store.page(Some(&next), 7)).unwrap();
    }
    seen.extend(page.sessions.into_iter().map(|(id, _)| id));
    assert_eq!(seen, ids);
}

#[test]
fn revoking_everyone_ends_all_and_stops_every_sign_in_that_has_begun() {
    let store = MemoryStore::new();
    for number in 0..300 {
        let row = row((number % 2 == 0).then_some("ann"), 0);
        _ = wait(store.insert(insert(uniform_id(number), &row))).unwrap();
    }
    let before = wait(store.fence(&subject("bob"))).unwrap();
    assert_eq!(wait(store.revoke_everyone()).unwrap(), 300);
    assert!(is_empty(&store));
    let after = wait(store.fence(&subject("bob"))).unwrap();
    let row = row(Some("bob"), 0);
    let late = sign_in(insert(id(1, 1), &row), before, None);
    assert_eq!(wait(store.insert_for_subject(late)).unwrap(), SubjectInserted::Fenced);
    let new = sign_in(insert(id(1, 1), &row), after, None);
    assert_eq!(wait(store.insert_for_subject(new)).unwrap(), SubjectInserted::Done { evicted: vec![] });
    assert_eq!((ids_of(&store, "ann"), ids_of(&store, "bob")), (vec![], vec![id(1, 1)]));
}

#[test]
fn revoking_a_subject_of_many_sessions_spares_one_and_the_others_of_its_list() {
    let store = MemoryStore::new();
    for number in 0..1_000 {
        let row = row(Some(if number % 2 == 0 { "ann" } else { "bob" }), number);
        _ = wait(store.insert(insert(uniform_id(number), &row))).unwrap();
    }
    let ended = wait(store.revoke_subject(&subject("ann"), Some(uniform_id(500)))).unwrap();
    assert_eq!((ended.len(), store.rows().unwrap()), (499, 501));
    assert_eq!(ids_of(&store, "ann"), [uniform_id(500)]);
    assert_eq!(ids_of(&store, "bob").len(), 500);
}

#[test]
fn an_ended_session_leaves_nothing_in_a_dump() {
    let store = MemoryStore::new();
    _ = wait(store.insert(insert(id(1, 1), &row(Some("ann"), 0)))).unwrap();
    _ = wait(store.insert(insert(id(1, 2), &row(Some("bob"), 0)))).unwrap();
    _ = wait(store.revoke(id(1, 1))).unwrap();
    let mut dump = Vec::new();
    store.dump(&mut dump).unwrap();
    let holds = |text: &[u8]| dump.windows(text.len()).any(|window| window == text);
    assert!(holds(b"bob") && !holds(b"ann"));
}
