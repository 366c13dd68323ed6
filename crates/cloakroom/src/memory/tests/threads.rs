//! Many threads at once: what holds for each interleaving holds at the end.

use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use cloakroom_core::Timestamp;
use cloakroom_core::store::{
    CapPolicy, Inserted, Revoked, RowBody, Store, SubjectIndex, SubjectInserted, Swap, Touch, Version,
};

use super::super::MemoryStore;
use super::support::{at, cap, id, insert, insert_over, row, sign_in, subject, uniform_id, wait};

const THREADS: u64 = 4;

/// Runs `work` on all threads, from one moment on.
fn together(work: impl Fn(u64) + Sync) {
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (work, start) = (&work, &start);
            scope.spawn(move || {
                start.wait();
                work(number);
            });
        }
    });
}

#[test]
fn a_cap_is_exact_however_many_sign_in_at_once() {
    for policy in [CapPolicy::EvictOldest, CapPolicy::RefuseNew] {
        let store = MemoryStore::new();
        let (made, ended) = (AtomicU64::new(0), AtomicU64::new(0));
        together(|thread| {
            for n in 0..500 {
                let fence = wait(store.fence(&subject("ann"))).unwrap();
                let row = row(Some("ann"), n);
                let new = sign_in(insert(uniform_id(thread << 32 | n), &row), fence, cap(3, policy));
                if let SubjectInserted::Done { evicted } = wait(store.insert_for_subject(new)).unwrap() {
                    made.fetch_add(1, Ordering::Relaxed);
                    ended.fetch_add(evicted.len() as u64, Ordering::Relaxed);
                }
                assert!(wait(store.list(&subject("ann"))).unwrap().len() <= 3);
            }
        });
        assert_eq!(store.rows().unwrap(), 3, "{policy:?}");
        assert_eq!(made.into_inner() - ended.into_inner(), 3, "{policy:?}");
    }
}

#[test]
fn nothing_that_was_revoked_loads_again_while_others_write() {
    let store = MemoryStore::new();
    for n in 0..1_000 {
        _ = wait(store.insert(insert(uniform_id(n), &row(Some("ann").filter(|_| n % 2 == 0), n)))).unwrap();
    }
    let revoked = AtomicU64::new(0);
    together(|thread| {
        for n in 0..1_000 {
            let id = uniform_id(n);
            if thread == 0 {
                assert_eq!(wait(store.revoke(id)).unwrap(), Revoked::Done);
                revoked.store(n + 1, Ordering::SeqCst);
            }
            let dead = revoked.load(Ordering::SeqCst);
            let Some(loaded) = wait(store.load(id)).unwrap() else { continue };
            let mut row = loaded.row;
            row.body = RowBody::from_slice(&vec![1; 10 + usize::try_from((thread * 97 + n) % 200).unwrap()]);
            let swap = wait(store.replace(id, loaded.version, &row)).unwrap();
            assert!(n >= dead || matches!(swap, Swap::Gone), "a revoked session was written");
            let touch = Touch { last_seen_at: at(n + 5), expires_at: at(n + 50_000) };
            _ = wait(store.touch(id, touch)).unwrap();
        }
    });
    assert_eq!(store.rows().unwrap(), 0);
    assert_eq!(wait(store.list(&subject("ann"))).unwrap(), []);
}

#[test]
fn one_of_many_sign_ins_over_the_same_session_wins() {
    for round in 0..200 {
        let store = MemoryStore::new();
        _ = wait(store.insert(insert(id(9, round), &row(Some("ann"), 0)))).unwrap();
        let won = AtomicU64::new(0);
        together(|thread| {
            let of = ["ann", "bob"][usize::try_from(thread % 2).unwrap()];
            let row = row(Some(of), 1);
            let over = insert_over(uniform_id(thread), &row, id(9, round));
            if wait(store.insert(over)).unwrap() == Inserted::Done {
                won.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!((won.into_inner(), store.rows().unwrap()), (1, 1));
    }
}

#[test]
fn no_sign_in_that_began_before_a_revocation_survives_it() {
    let store = MemoryStore::new();
    let fence = wait(store.fence(&subject("ann"))).unwrap();
    together(|thread| {
        for n in 0..300 {
            let row = row(Some("ann"), n);
            let new = sign_in(insert(uniform_id(thread << 32 | n), &row), fence, None);
            match wait(store.insert_for_subject(new)).unwrap() {
                SubjectInserted::Done { .. } | SubjectInserted::Fenced => {}
                other => panic!("{other:?}"),
            }
            match (thread, n) {
                (0, 100) => _ = wait(store.revoke_everyone()).unwrap(),
                (1, 100) => _ = wait(store.revoke_subject(&subject("ann"), None)).unwrap(),
                _ => {}
            }
        }
    });
    assert_eq!(store.rows().unwrap(), 0);
}

#[test]
fn a_session_that_changes_hands_while_it_is_revoked_leaves_no_trace() {
    let store = MemoryStore::new();
    let turn = Barrier::new(usize::try_from(THREADS).unwrap());
    let (ann, bob, visitor) = (row(Some("ann"), 0), row(Some("bob"), 0), row(None, 0));
    together(|thread| {
        for n in 0..2_000 {
            let id = uniform_id(n);
            if thread == 0 {
                _ = wait(store.insert(insert(id, &ann))).unwrap();
            }
            turn.wait();
            if thread < 2 {
                let other = if (n + thread) % 2 == 0 { &bob } else { &visitor };
                _ = wait(store.replace(id, Version::FIRST, other)).unwrap();
            } else {
                _ = wait(store.revoke(id)).unwrap();
            }
            turn.wait();
        }
    });
    assert_eq!(store.rows().unwrap(), 0);
    for of in ["ann", "bob"] {
        assert_eq!(wait(store.list(&subject(of))).unwrap(), []);
    }
}

#[test]
fn whoever_wins_a_session_its_list_agrees_with_its_row() {
    let store = MemoryStore::new();
    let turn = Barrier::new(usize::try_from(THREADS).unwrap());
    let (ann, visitor) = (row(Some("ann"), 0), row(None, 0));
    together(|thread| {
        for n in 0..2_000 {
            let id = uniform_id(n);
            if thread == 0 {
                _ = wait(store.insert(insert(id, &ann))).unwrap();
            }
            turn.wait();
            let row = if thread % 2 == 0 { &visitor } else { &ann };
            _ = wait(store.replace(id, Version::FIRST, row)).unwrap();
            turn.wait();
            if thread == 0 {
                let of = wait(store.load(id)).unwrap().unwrap().row.subject;
                let listed = wait(store.list(&subject("ann"))).unwrap();
                assert_eq!(listed.len(), usize::from(of.is_some()), "{of:?}");
                _ = wait(store.revoke(id)).unwrap();
            }
        }
    });
}

#[test]
fn a_session_that_is_touched_while_it_is_purged_is_purged_another_time() {
    let row = row(Some("ann"), 0);
    for _ in 0..50 {
        let store = MemoryStore::new();
        for n in 0..400 {
            _ = wait(store.insert(insert(id(1, n), &row))).unwrap();
        }
        together(|thread| {
            if thread == 0 {
                wait(store.purge(row.expires_at, usize::MAX)).unwrap();
            } else {
                for n in (0..400).rev() {
                    let touch = Touch { last_seen_at: at(5), expires_at: at(20_000) };
                    _ = wait(store.touch(id(1, n), touch)).unwrap();
                }
            }
        });
        let left = store.rows().unwrap();
        assert_eq!(wait(store.purge(at(19_999), usize::MAX)).unwrap(), 0);
        assert_eq!(wait(store.purge(at(20_000), usize::MAX)).unwrap(), left);
    }
}

#[test]
fn all_operations_at_once_leave_lists_and_sessions_that_agree() {
    let store = MemoryStore::new();
    let names = ["ann", "bob", "eve"];
    together(|thread| {
        for n in 0..2_000 {
            let number = (n * 7 + thread * 13) % 97;
            let (id, of) = (uniform_id(number), names[usize::try_from((n + thread) % 3).unwrap()]);
            let mut row = row(Some(of).filter(|_| n % 5 > 0), n);
            row.body = RowBody::from_slice(&vec![2; usize::try_from(n * 31 % 400).unwrap()]);
            match n % 8 {
                0..=2 => _ = wait(store.insert(insert(id, &row))).is_ok(),
                3 | 4 => {
                    if let Some(loaded) = wait(store.load(id)).unwrap() {
                        _ = wait(store.replace(id, loaded.version, &row)).unwrap();
                    }
                }
                5 => _ = wait(store.revoke(id)).unwrap(),
                6 => _ = wait(store.purge(at(n + 5_000), 50)).unwrap(),
                _ if n % 400 == 7 => _ = wait(store.revoke_everyone()).unwrap(),
                _ if n % 200 == 15 => _ = wait(store.revoke_subject(&subject(of), None)).unwrap(),
                _ => _ = wait(store.list(&subject(of))).unwrap(),
            }
        }
    });
    let all = wait(store.page(None, usize::MAX)).unwrap().sessions;
    assert_eq!(all.len(), store.rows().unwrap());
    for of in names {
        let listed: HashSet<_> =
            wait(store.list(&subject(of))).unwrap().into_iter().map(|(id, _)| id).collect();
        let is = |row: &cloakroom_core::store::Row| row.subject == Some(subject(of));
        let kept: HashSet<_> = all.iter().filter(|(_, loaded)| is(&loaded.row)).map(|(id, _)| *id).collect();
        assert_eq!(listed, kept, "{of}");
    }
    assert_eq!(wait(store.purge(Timestamp::MAX, usize::MAX)).unwrap(), all.len());
    let mut dump = Vec::new();
    store.dump(&mut dump).unwrap();
    assert!(dump.is_empty(), "every page is given back");
}
