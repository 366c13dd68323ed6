//! Line 39: SIGKILL at random moments under load, then a restart, two hundred times and more.

use std::sync::mpsc;
use std::time::Duration;

use super::crash_load::{Client, Fate, Known};
use crate::harness::{Bench, Connection, Random, Request, Site, Store, on_sqlite};

on_sqlite!(
    behaviour_39_a_hundred_kills_under_load_break_no_promise,
    behaviour_39_another_hundred_kills_beside_them_break_no_promise,
    behaviour_39_what_was_acknowledged_just_before_a_kill_is_there_after_it,
);

const KILLS: usize = 100;

/// A proof stays recent and a session alive for as long as all of this can take.
const FLAGS: [&str; 4] = ["--idle-ms", "7200000", "--reauth-ms", "7200000"];

fn behaviour_39_a_hundred_kills_under_load_break_no_promise() {
    kill_again_and_again();
}

fn behaviour_39_another_hundred_kills_beside_them_break_no_promise() {
    kill_again_and_again();
}

/// No acknowledged sign-out undone, no acknowledged sign-in lost, no revoked session alive; and what was in
/// doubt is decided once: dead is dead.
#[track_caller]
fn kill_again_and_again() {
    let mut random = Random::new();
    let site = Site::new(Store::Sqlite);
    let mut clients = ["alice", "bob", "erin"].map(|user| Client::new(user, random.split()));
    let mut bench = site.start(&FLAGS);
    for kill in 0..KILLS {
        load_until_a_random_moment(bench, &mut clients, &mut random);
        bench = site.start(&FLAGS);
        for client in &mut clients {
            verify(&bench, client, kill);
            forget_some(client);
        }
    }
    let acknowledged: u64 = clients.iter().map(|client| client.acknowledged).sum();
    assert!(acknowledged > 5 * KILLS as u64, "only {acknowledged} deeds were acknowledged: that was no load");
}

/// The moment: after so many acknowledgements, and then a few milliseconds more.
fn load_until_a_random_moment(bench: Bench, clients: &mut [Client], random: &mut Random) {
    let deeds = random.below(40);
    let more = Duration::from_micros(random.below(8_000));
    let listen = bench.listen();
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for client in clients {
            let sender = sender.clone();
            scope.spawn(move || client.work(listen, &sender));
        }
        drop(sender);
        for _ in 0..deeds {
            if receiver.recv_timeout(Duration::from_secs(30)).is_err() {
                break;
            }
        }
        // Waits for a load that ends by itself, which none does; so for a time that nobody can foresee.
        let watch = crate::harness::Stopwatch::start();
        while watch.elapsed() < more && receiver.recv_timeout(more.saturating_sub(watch.elapsed())).is_ok() {}
        bench.kill();
    });
}

#[track_caller]
fn verify(bench: &Bench, client: &mut Client, kill: usize) {
    let mut connection = bench.connect();
    for known in &mut client.sessions {
        let works: Vec<bool> = known.tokens.iter().map(|token| is_live(&mut connection, token)).collect();
        // While the session lives, the current token is good, and so is a pending one presented after it.
        let alive = works.contains(&true);
        assert!(!alive || !works.contains(&false), "kill {kill}: some of its tokens work: {works:?}");
        match known.fate {
            Fate::Live => {
                assert!(alive, "kill {kill}: an acknowledged sign-in was lost");
                verify_count(&mut connection, known, kill);
            }
            Fate::Ended => assert!(!alive, "kill {kill}: an acknowledged end was undone"),
            Fate::InDoubt => known.fate = if alive { Fate::Live } else { Fate::Ended },
        }
        // Whichever was presented last is the session's token now.
        known.tokens.drain(..known.tokens.len() - 1);
    }
}

/// No acknowledged increment is lost, and none is made twice.
#[track_caller]
fn verify_count(connection: &mut Connection, known: &mut Known, kill: usize) {
    let token = known.tokens.last().expect("a session has a token");
    let count = connection.ask(&Request::get("/count").token(token)).expect(200).json_integer("count");
    let (acknowledged, asked) = known.counted;
    assert!(
        (acknowledged..=acknowledged + asked).contains(&count),
        "kill {kill}: {count}, not {acknowledged}"
    );
    known.counted = (count, 0);
}

#[track_caller]
fn is_live(connection: &mut Connection, token: &str) -> bool {
    let answer = connection.ask(&Request::get("/me").token(token));
    assert!(matches!(answer.status, 200 | 401), "{}: {}", answer.status, answer.text());
    answer.status == 200
}

/// Keeps the latest of the dead, so that a check stays short.
fn forget_some(client: &mut Client) {
    let ended = client.sessions.iter().filter(|known| known.fate == Fate::Ended).count();
    let mut surplus = ended.saturating_sub(12);
    client.sessions.retain(|known| {
        let forgotten = known.fate == Fate::Ended && surplus > 0;
        surplus -= usize::from(forgotten);
        !forgotten
    });
}

/// The kill comes as soon as the answer's head is read: nothing was promised too early.
fn behaviour_39_what_was_acknowledged_just_before_a_kill_is_there_after_it() {
    let site = Site::new(Store::Sqlite);
    let mut last: Option<(String, String)> = None;
    for round in 0..20 {
        let bench = site.start(&[]);
        if let Some((live, ended)) = &last {
            bench.assert_live(live);
            bench.assert_dead(ended);
        }
        let mut leaving = bench.signed_in("alice");
        let ended = leaving.token();
        let mut staying = bench.signed_in("alice");
        match round % 4 {
            0 => leaving.sign_out(),
            1 => staying.post("/logout_others"),
            2 => {
                let id = leaving.session_id();
                staying.post(&format!("/revoke?id={id}"))
            }
            _ => {
                bench.account("alice", crate::harness::Account::Revoke);
                staying = bench.visitor();
                staying.ask(Request::login("alice", "correct horse alice"))
            }
        };
        last = Some((staying.token(), ended));
        bench.kill();
    }
}
