//! Line 28 and STO-01: whoever copies the store or the log has nothing that works.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::harness::{
    Bench, Connection, Request, Site, Store, forged_token, hex, id_of, on_each_store, on_memcached,
    on_sealed, on_sqlite, percent, spellings_of,
};

on_each_store!(
    sto_01_a_dump_of_the_store_holds_no_token_and_no_secret,
    behaviour_28_octets_beside_an_id_in_the_dump_are_no_secret_of_it,
    behaviour_28_the_log_and_the_events_hold_no_token,
);
on_memcached!(behaviour_28_the_log_and_the_events_hold_no_token);
on_sqlite!(behaviour_28_no_value_of_the_database_works_as_a_cookie_in_any_encoding);
on_sealed!(behaviour_28_the_log_and_the_events_hold_no_token);

/// Every kind of token that a session can have: first, pending, current and previous, anonymous.
#[track_caller]
fn tokens_of_every_kind(bench: &Bench) -> Vec<String> {
    let mut tokens = Vec::new();
    for user in ["alice", "bob", "erin"].iter().cycle().take(50) {
        let mut visitor = bench.signed_in(user);
        tokens.push(visitor.token());
        if tokens.len() % 5 == 0 {
            tokens.push(visitor.post("/renew").expect(204).expect_new_token());
            if tokens.len() % 2 == 0 {
                visitor.get("/me").expect(200);
            }
        }
    }
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    tokens.push(guest.token());
    tokens
}

fn sto_01_a_dump_of_the_store_holds_no_token_and_no_secret(store: Store) {
    let bench = store.start(&[]);
    let tokens = tokens_of_every_kind(&bench);
    let dump = bench.dump();
    assert!(dump.len() > 1_000, "a dump of {} octets shows nothing", dump.len());
    for token in &tokens {
        assert!(!spellings_of(token).occur_in(&dump), "the dump holds a token");
    }
    // The dump is what it says: the public ID of each session is in it, as octets or as text.
    for token in &tokens {
        let id = id_of(token);
        let found =
            [id.clone(), hex(&id).into_bytes()].iter().any(|id| memchr::memmem::find(&dump, id).is_some());
        assert!(found, "the dump does not hold the session {}", hex(&id));
    }
}

/// Around each ID, every run of 32 octets, and every run of hexadecimal or base64 that spells 32.
fn behaviour_28_octets_beside_an_id_in_the_dump_are_no_secret_of_it(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let id = id_of(&alice);
    let dump = bench.dump();
    let mut connection = bench.connect();
    let mut tries = Tries::new(&mut connection);
    for start in memchr::memmem::find_iter(&dump, &id) {
        let near = &dump[start.saturating_sub(160)..(start + 192).min(dump.len())];
        for window in near.windows(32) {
            tries.add(forged_token(&hex(&id), window));
        }
        for window in near.windows(48) {
            tries.add(URL_SAFE_NO_PAD.encode(window));
        }
        for window in near.windows(64).filter_map(|window| std::str::from_utf8(window).ok()) {
            if window.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_') {
                tries.add(window.to_owned());
            }
        }
    }
    tries.finish();
    bench.assert_live(&alice);
}

/// Each value of each column of each row, alone and behind the ID, in every encoding that a cookie can carry.
fn behaviour_28_no_value_of_the_database_works_as_a_cookie_in_any_encoding() {
    let site = Site::new(Store::Sqlite);
    let bench = site.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.post("/renew").expect(204);
    alice.get("/me").expect(200);
    alice.set_slot("a", "x");
    let id = hex(&id_of(&alice.token()));
    let mut connection = bench.connect();
    let mut tries = Tries::new(&mut connection);
    for cell in site.database().cells() {
        let octets = cell.octets();
        for spelled in [octets.clone(), hex(&octets).into_bytes(), STANDARD.encode(&octets).into_bytes()] {
            tries.add(forged_token(&id, &spelled));
            tries.add(String::from_utf8_lossy(&spelled).into_owned());
        }
        for text in [URL_SAFE.encode(&octets), URL_SAFE_NO_PAD.encode(&octets), percent(&hex(&octets))] {
            tries.add(text);
        }
        for window in octets.windows(32) {
            tries.add(forged_token(&id, window));
        }
        for window in octets.windows(48) {
            tries.add(URL_SAFE_NO_PAD.encode(window));
        }
    }
    tries.finish();
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

/// With all that can be switched on; a program that logs nothing passes, and one that logs tokens does not.
fn behaviour_28_the_log_and_the_events_hold_no_token(store: Store) {
    let site = Site::new(store);
    let bench = site.start_in(&["--grace-ms", "1000"], &[("RUST_LOG", "trace")]);
    let mut tokens = tokens_of_every_kind(&bench);
    let mut alice = bench.signed_in("alice");
    tokens.push(alice.token());
    alice.reauthenticate("alice");
    tokens.push(alice.token());
    alice.post("/elevate").expect(204);
    tokens.push(alice.token());
    bench.advance_ms(10_000);
    for token in &tokens {
        bench.is_live(token);
    }
    alice.sign_out();
    let events = bench.order(&Request::get("/events")).body;
    let log = bench.log();
    for token in &tokens {
        for (name, octets) in [("events", &events), ("log", &log)] {
            assert!(!spellings_of(token).occur_in(octets), "the {name} hold a token");
            assert!(
                memchr::memmem::find(octets, &token.as_bytes()[24..36]).is_none(),
                "the {name} hold a part of one"
            );
        }
    }
    for user in ["alice", "bob", "erin"] {
        assert!(memchr::memmem::find(&log, format!("correct horse {user}").as_bytes()).is_none());
    }
}

/// Tries candidates by the eight: as many cookies of our name as one request may have looked up.
struct Tries<'c> {
    connection: &'c mut Connection,
    waiting: Vec<String>,
    tried: usize,
}

impl<'c> Tries<'c> {
    fn new(connection: &'c mut Connection) -> Self {
        Self { connection, waiting: Vec::new(), tried: 0 }
    }

    #[track_caller]
    fn add(&mut self, candidate: String) {
        // What cannot stand in a header cannot be presented.
        if candidate.bytes().all(|octet| octet > b' ' && octet != 0x7f && octet != b';')
            && candidate.len() < 2_000
        {
            self.waiting.push(candidate);
            if self.waiting.len() == 8 {
                self.send();
            }
        }
    }

    #[track_caller]
    fn finish(mut self) {
        self.send();
        assert!(self.tried > 100, "only {} candidates were found", self.tried);
    }

    #[track_caller]
    fn send(&mut self) {
        let cookies: Vec<String> = self.waiting.iter().map(|value| format!("__Host-sid={value}")).collect();
        let answer = self.connection.ask(&Request::get("/peek").cookie(cookies.join("; ")));
        let presented = answer.expect(200).json_text("presented");
        assert!(presented != "live" && presented != "ambiguous", "{:?} is {presented}", self.waiting);
        self.tried += self.waiting.len();
        self.waiting.clear();
    }
}
