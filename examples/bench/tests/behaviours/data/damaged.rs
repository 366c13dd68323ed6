//! Line 27: rows that nobody can read.

use rusqlite::types::Value;

use crate::harness::{Bench, Cell, Request, Site, Store, Visitor, hex, id_of, on_sqlite};

on_sqlite!(
    behaviour_27_a_damaged_row_ends_its_session_cleanly_with_one_event,
    behaviour_27_a_damaged_row_does_not_disturb_lists_revocations_and_purges,
);

/// What befalls a blob: cut short, emptied, foreign, of another version, longer than it was.
fn damages(blob: &[u8]) -> Vec<Vec<u8>> {
    let mut other_version = blob.to_vec();
    if let Some(first) = other_version.first_mut() {
        *first = 0xff;
    }
    vec![
        blob[..blob.len() / 2].to_vec(),
        blob[..blob.len().saturating_sub(1)].to_vec(),
        Vec::new(),
        b"{\"user\":\"alice\",\"admin\":true}".to_vec(),
        vec![0; blob.len()],
        vec![0xff; blob.len()],
        other_version,
        [blob, b"more"].concat(),
    ]
}

/// Answers of routes that read the session: never a failure of the server, time after time.
#[track_caller]
fn assert_clean(bench: &Bench, token: &str, what: &str) -> bool {
    let mut live = true;
    for _ in 0..3 {
        for target in ["/me", "/peek", "/slot/a", "/count"] {
            let answer = bench.ask(&Request::get(target).token(token));
            assert!(answer.status < 500, "{what}: GET {target} -> {}", answer.status);
            answer.expect_no_cookie();
            if target == "/me" {
                live &= answer.status == 200;
            }
        }
    }
    live
}

/// Every blob of the row of one session, damaged in every way, each on a session of its own.
fn behaviour_27_a_damaged_row_ends_its_session_cleanly_with_one_event() {
    let site = Site::new(Store::Sqlite);
    let bench = site.start(&[]);
    let bystander = bench.signed_in("bob").token();
    let mut undecodable = 0;
    for turn in 0.. {
        let mut alice = bench.signed_in("alice");
        alice.set_slot("a", "x");
        let damaged = damage(&site, &bench, &alice, turn);
        let Some(what) = damaged else { break };
        let before = bench.count_events("undecodable");
        let live = assert_clean(&bench, &alice.token(), &what);
        let told = bench.count_events("undecodable") - before;
        assert!(told <= 1, "{what}: {told} events");
        assert!(!(live && told > 0), "{what}: reported, and yet live");
        undecodable += told;
        alice.sign_in("alice");
        assert_eq!(alice.user().as_deref(), Some("alice"), "{what}: a sign-in afterwards works");
        alice.sign_out();
        bench.assert_live(&bystander);
    }
    assert!(undecodable >= 3, "no damage was noticed: the record was never reached");
    assert_eq!(bench.count_events("store_failed"), 0, "a damaged row is no trouble with the store");
}

/// Does the damage of this number to the session of alice. `None` when all have been done.
fn damage(site: &Site, bench: &Bench, alice: &Visitor<'_>, number: usize) -> Option<String> {
    let database = site.database();
    // Which row is hers shows in whose cells hold her session's ID, as octets or as text.
    let id_octets = id_of(&alice.token());
    let id_text = hex(&id_octets);
    let cells = database.cells();
    let is_hers = |key_of: &Cell| {
        cells.iter().any(|cell| {
            cell.same_row(key_of) && (cell.octets() == id_octets || cell.octets() == id_text.as_bytes())
        })
    };
    let blobs = cells.iter().filter(|cell| cell.is_blob() && cell.octets() != id_octets && is_hers(cell));
    let mut tasks =
        blobs.flat_map(|cell| damages(&cell.octets()).into_iter().map(move |octets| (cell, octets)));
    let (cell, octets) = tasks.nth(number)?;
    let what =
        format!("{}.{} of {} octets, now {}", cell.table, cell.column, cell.octets().len(), octets.len());
    database.overwrite(cell, Value::Blob(octets));
    assert!(bench.rows() >= 1);
    Some(what)
}

fn behaviour_27_a_damaged_row_does_not_disturb_lists_revocations_and_purges() {
    let site = Site::new(Store::Sqlite);
    let bench = site.start(&["--idle-ms", "60000"]);
    for number in [0, 2, 4] {
        let mut keeper = bench.signed_in("alice");
        let alice = bench.signed_in("alice");
        damage(&site, &bench, &alice, number).expect("a row has a blob");
        let list = keeper.get("/sessions");
        assert!(list.status < 500, "the list -> {}", list.status);
        keeper.post("/logout_others").expect(204);
        assert!(!bench.is_live(&alice.token()), "revoked although nobody can read it");
        keeper.post("/logout_all").expect(204);
        bench.advance_ms(24 * 3_600_000);
        bench.sweep();
        assert_eq!(bench.rows(), 0, "the purge takes damaged rows as well");
    }
}
