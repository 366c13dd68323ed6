//! How long pages of the administration take with a million sessions of 100,000 users, in `SQLite` and in `PostgreSQL`, as a table.
//!
//! ```text
//! cargo xtask bench console                        # both, with a million: some minutes
//! cargo xtask bench console -- sqlite 100000       # one of them, with fewer sessions
//! ```
//! Users and sessions are written into the store's own tables; then the gateway is started, somebody signs in, and each page is asked for
//! again and again, over HTTP, one request after the other. What is not under 100 ms is said to be so, and fails the run.
//! `CLOAKROOM_PROGRAM` names another build of the program to measure.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

mod browser;
mod fill;
mod house;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::store::PageCursor;
use cloakroom_core::{SessionId, Timestamp};

use crate::browser::Browser;
use crate::fill::Fill;
use crate::house::{House, Store};

/// What every page has to be under, for 99 of 100 requests.
const GOAL: Duration = Duration::from_millis(100);

/// How often each page is asked for.
const TIMES: usize = 200;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let sessions = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let named = |store: &Store| words.iter().any(|word| word == store.name());
    let all = [Store::Sqlite, Store::Postgres];
    let is_any_named = all.iter().any(named);
    let mut late = Vec::new();
    for store in all.into_iter().filter(|store| !is_any_named || named(store)) {
        measure(store, &Fill::new(sessions), &mut late);
    }
    assert!(late.is_empty(), "not under {GOAL:?}: {}", late.join(", "));
}

fn measure(store: Store, fill: &Fill, late: &mut Vec<String>) {
    let house = House::prepare(store);
    let began = std::time::Instant::now();
    house.fill(fill);
    println!(
        "{}: {} sessions of {} users, written in {:.0} s",
        store.name(),
        fill.sessions,
        fill.users,
        began.elapsed().as_secs_f64()
    );
    if let Some([without, with]) = house.sign_in_cost(fill) {
        println!(
            "a new row and its commit: {without:.0} us without the indexes of searches, {with:.0} us with them"
        );
    }
    let first = house.serve();
    println!("ready in {:.1} s where the indexes have to be made", first.ready_in.as_secs_f64());
    drop(first);
    let gateway = house.serve();
    println!("ready in {:.1} s where they are there", gateway.ready_in.as_secs_f64());
    let mut root = Browser::signed_in(gateway.port);
    println!("| page | KB | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|");
    for (name, path) in pages(fill) {
        let Some(taken) = Taken::of(&mut root, &path) else {
            println!("| {name} | not there | | | |");
            continue;
        };
        let [p50, p99, max] = [taken.percentile(50), taken.percentile(99), taken.percentile(100)];
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        #[expect(clippy::cast_precision_loss, reason = "pages are small")]
        let kilobytes = taken.octets as f64 / 1024.0;
        println!(
            "| {name} | {kilobytes:.1} | {:.1} | {:.1} | {:.1} |",
            millis(p50),
            millis(p99),
            millis(max)
        );
        if p99 > GOAL {
            late.push(format!("{name} in {}", store.name()));
        }
    }
    println!();
}

/// The pages, by what they show.
fn pages(fill: &Fill) -> Vec<(&'static str, String)> {
    let sessions = |query: &str| format!("/_cloakroom/admin/sessions{query}");
    let deep = fill.began_at(fill.sessions / 2);
    let deep = PageCursor::below(Timestamp::from_millis(deep), SessionId::from_octets([0x80; 16]));
    let deep = format!("?after={}", URL_SAFE_NO_PAD.encode(deep.as_octets()));
    let one = &fill.samples()[0];
    vec![
        ("sessions, all", sessions("")),
        ("sessions, a page in the middle", sessions(&deep)),
        ("sessions of a user", sessions("?user=user050000")),
        ("sessions from an address", sessions("?address=10.7.7.7")),
        ("sessions in a /24", sessions("?address=10.7.7.0%2F24")),
        ("sessions in a /20", sessions("?address=10.7.16.0%2F20")),
        ("sessions in a /8", sessions("?address=10.0.0.0%2F8")),
        ("sessions begun within an hour", sessions("?younger=1h")),
        ("sessions begun longer ago than 30 days", sessions("?older=30d")),
        ("sessions not used for 7 days", sessions("?unseen=7d")),
        ("sessions by a way that one of 20 has", sessions("?method=federated")),
        ("sessions by a way that nobody has", sessions("?method=passkey")),
        ("sessions of an application that nobody used", sessions("?app=wiki")),
        (
            "sessions of a user, in a network, by a way",
            sessions("?user=user050000&address=10.0.0.0%2F8&method=password"),
        ),
        ("one session", sessions(&format!("/{one}"))),
        ("how many are like this (a /16)", sessions("/end-matching?address=10.7.0.0%2F16")),
        ("how many are like this (older than 30 days)", sessions("/end-matching?older=30d")),
        ("users", "/_cloakroom/admin/users".to_owned()),
        ("users, a page in the middle", "/_cloakroom/admin/users?after=user050000".to_owned()),
        ("users whose names begin with", "/_cloakroom/admin/users?name=user09".to_owned()),
        ("users whose addresses begin with", "/_cloakroom/admin/users?email=user09".to_owned()),
        ("users of a role that few have", "/_cloakroom/admin/users?role=administrator".to_owned()),
        ("one user", "/_cloakroom/admin/users/user050000".to_owned()),
        ("events", "/_cloakroom/admin/events".to_owned()),
        ("overview", "/_cloakroom/admin/overview".to_owned()),
        ("overview of a week", "/_cloakroom/admin/overview?span=week".to_owned()),
    ]
}

/// How long a page took, each time.
struct Taken {
    times: Vec<Duration>,
    octets: usize,
}

impl Taken {
    /// `None` when there is no such page.
    fn of(browser: &mut Browser, path: &str) -> Option<Self> {
        let mut taken = Self { times: Vec::with_capacity(TIMES), octets: 0 };
        // The first shows whether it is there, and is no part of the table: a page is read from the disk once.
        for number in 0..=TIMES {
            let began = std::time::Instant::now();
            let (status, octets) = browser.get(path);
            let time = began.elapsed();
            if status != 200 {
                assert!(number == 0 && status != 503, "{path}: {status}");
                return None;
            }
            taken.octets = octets;
            if number > 0 {
                taken.times.push(time);
            }
        }
        taken.times.sort_unstable();
        Some(taken)
    }

    fn percentile(&self, percent: usize) -> Duration {
        self.times[(self.times.len() * percent / 100).min(self.times.len() - 1)]
    }
}
