//! Line 38 with the real thing: servers that die, that hang, and that take no writes; a disk that takes none.

use crate::harness::{Bench, Request, Site, Store, Visitor, on_sqlite, password_of};

on_sqlite!(behaviour_38_a_full_disk_refuses_what_is_new_and_serves_what_there_is);

/// What does not need the store is served; the rest says 503, when to come again, and leaves the cookie where it is.
#[track_caller]
fn refuses(bench: &Bench, alice: &mut Visitor<'_>, requests: &[Request]) {
    let token = alice.token();
    bench.get("/public").expect(200).expect_no_cookie();
    alice.get("/public").expect(200).expect_no_cookie();
    for request in requests {
        let target = format!("{} {}", request.method(), request.target());
        let answer = alice.ask(request.clone());
        assert_eq!(answer.status, 503, "{target}");
        answer.expect_no_cookie();
        let seconds = answer.field("retry-after").and_then(|text| text.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| (1..=3_600).contains(&seconds)), "{target}: {seconds:?}");
    }
    assert_eq!(alice.token(), token);
}

fn writes() -> Vec<Request> {
    vec![
        Request::put("/slot/a?value=lost"),
        Request::post("/incr"),
        Request::post("/renew"),
        Request::post("/elevate"),
        Request::post("/logout_all"),
        Request::login("bob", &password_of("bob")),
    ]
}

/// No octet more goes into any file of the process.
fn behaviour_38_a_full_disk_refuses_what_is_new_and_serves_what_there_is() {
    let bench = Site::new(Store::Sqlite).start_with_limits(&[]);
    let mut alice = bench.signed_in("alice");
    let mut leaver = bench.signed_in("bob");
    let left = leaver.token();
    alice.set_slot("a", "kept");
    for _ in 0..3 {
        bench.limit_files(Some(0));
        assert_eq!(alice.user().as_deref(), Some("alice"));
        refuses(&bench, &mut alice, &writes());
        bench.limit_files(None);
        assert_eq!(alice.slot("a").as_deref(), Some("kept"));
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
    bench.limit_files(Some(0));
    leaver.post("/logout").expect(503).expect_removal();
    let again = bench.ask(&Request::get("/me").token(&left)).status;
    assert_eq!(again, 503, "it is refused, and its end is tried again");
    bench.limit_files(None);
    bench.assert_dead(&left);
    alice.set_slot("a", "new");
    bench.sweep();
    assert_eq!(bench.rows(), 1, "the sign-out that failed was made up for, and nothing was written by half");
}

#[cfg(feature = "servers")]
mod servers {
    use std::time::Duration;

    use super::*;
    use crate::harness::{OwnServer, ServerStore, Stopwatch};

    /// Makes tests on servers of their own, those that come back with nothing among them.
    macro_rules! on_own_servers {
        ($($module:ident: $kind:ident, $($name:ident)+;)+) => {
            $(
                mod $module {
                    use super::ServerStore;
                    $(#[test] fn $name() { super::$name(ServerStore::$kind); })+
                }
            )+
        };
    }

    on_own_servers! {
        postgres: Postgres,
            behaviour_38_a_server_that_hangs behaviour_38_a_server_that_died behaviour_38_a_server_without_writes;
        mariadb: MariaDb,
            behaviour_38_a_server_that_hangs behaviour_38_a_server_that_died behaviour_38_a_server_without_writes;
        redis: Redis,
            behaviour_38_a_server_that_hangs behaviour_38_a_server_that_died behaviour_38_a_server_without_writes;
        memcached: Memcached, behaviour_38_a_server_that_hangs behaviour_38_a_server_that_died;
    }

    /// How long the store is given by the library, and what may be lost on a busy machine beside it.
    const IMPATIENT: [&str; 2] = ["--store-timeout-ms", "400"];
    const BACK_WITHIN: Duration = Duration::from_secs(30);

    /// Everything that needs the store, reads among it.
    fn all() -> Vec<Request> {
        let mut requests = writes();
        requests.extend([Request::get("/me"), Request::get("/peek"), Request::get("/slot/a")]);
        requests
    }

    /// Until the store has found its way back, and no longer, the answer is 503 with the cookie untouched.
    #[track_caller]
    fn comes_back(alice: &mut Visitor<'_>) -> u16 {
        let token = alice.token();
        let mut status = 503;
        Stopwatch::wait_until(BACK_WITHIN, "the store is back", || {
            status = alice.get("/me").status;
            assert_eq!(alice.token(), token);
            status != 503
        });
        status
    }

    fn behaviour_38_a_server_that_hangs(kind: ServerStore) {
        let server = OwnServer::start(kind);
        let bench = server.site().start(&IMPATIENT);
        let mut alice = bench.signed_in("alice");
        let mut leaver = bench.signed_in("bob");
        let left = leaver.token();
        // What hung may be done when the server goes on, so nothing is asked that ends a token at once.
        let mut requests = all();
        requests.retain(|request| !["/logout_all", "/elevate"].contains(&request.target()));
        server.pause();
        refuses(&bench, &mut alice, &requests);
        leaver.post("/logout").expect(503).expect_removal();
        server.resume();
        assert_eq!(comes_back(&mut alice), 200);
        Stopwatch::wait_until(BACK_WITHIN, "the store is back", || {
            bench.ask(&Request::get("/me").token(&left)).status == 401
        });
        bench.signed_in("alice").set_slot("a", "new");
    }

    fn behaviour_38_a_server_that_died(kind: ServerStore) {
        let mut server = OwnServer::start(kind);
        let bench = server.site().start(&IMPATIENT);
        let mut alice = bench.signed_in("alice");
        let mut leaver = bench.signed_in("bob");
        let left = leaver.token();
        let mut requests = all();
        // Memcached knows nobody's sessions, and so has no such thing.
        requests.retain(|request| server.keeps() || request.target() != "/logout_all");
        server.kill();
        refuses(&bench, &mut alice, &requests);
        leaver.post("/logout").expect(503).expect_removal();
        server.start_again();
        assert_eq!(comes_back(&mut alice), if server.keeps() { 200 } else { 401 });
        bench.assert_dead(&left);
        bench.signed_in("alice").set_slot("a", "new");
    }

    fn behaviour_38_a_server_without_writes(kind: ServerStore) {
        let server = OwnServer::start(kind);
        let bench = server.site().start(&[]);
        let mut alice = bench.signed_in("alice");
        alice.set_slot("a", "kept");
        let mut leaver = bench.signed_in("bob");
        let left = leaver.token();
        server.refuse_writes();
        Stopwatch::wait_until(BACK_WITHIN, "writes are refused", || alice.post("/incr").status == 503);
        assert_eq!(alice.user().as_deref(), Some("alice"), "it can be read");
        refuses(&bench, &mut alice, &writes());
        leaver.post("/logout").expect(503).expect_removal();
        let again = bench.ask(&Request::get("/me").token(&left)).status;
        assert_eq!(again, 503, "it is refused, and its end is tried again");
        assert_eq!(alice.slot("a").as_deref(), Some("kept"));
        server.take_writes();
        Stopwatch::wait_until(BACK_WITHIN, "writes are taken", || alice.post("/incr").status == 200);
        assert_eq!(alice.slot("a").as_deref(), Some("kept"));
        bench.assert_dead(&left);
    }
}
