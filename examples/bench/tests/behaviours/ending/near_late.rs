//! A near cache of a node that was stopped, or that hears nothing: the bound holds.

use std::time::Duration;

use crate::harness::{Request, Site, Stopwatch, Store, on_every_shared_store};

on_every_shared_store!(near_the_first_answer_of_a_node_that_was_stopped_for_longer_than_the_bound_refuses);

const STOPPED_MS: &str = "400";
const STOPPED: Duration = Duration::from_millis(400);

/// One request waits at the door while the node is stopped; it is the first thing that the node sees when it goes on, with
/// messages of the channel beside it that it has not read.
fn near_the_first_answer_of_a_node_that_was_stopped_for_longer_than_the_bound_refuses(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&["--near-cache-ms", STOPPED_MS]));
    let mut alice = one.signed_in("alice");
    let request = Request::get("/me").token(&alice.token());
    // Connected before, so that nothing but the request is new to the node.
    let mut connection = two.connect();
    connection.ask(&request).expect(200);
    two.stop();
    alice.sign_out();
    let ended = Stopwatch::start();
    Stopwatch::wait_until(STOPPED * 100, "the bound is over", || ended.elapsed() > STOPPED);
    connection.send(&request).expect("the system takes the request");
    two.go_on();
    connection
        .receive(&request)
        .expect("the program answers")
        .expect_error(401, "session_required")
        .expect_no_cookie();
}

#[cfg(feature = "servers")]
mod channel {
    use cloakroom_testkit::proxy::FaultProxy;
    use tokio::runtime::{Builder, Runtime};

    use super::*;
    use crate::harness::ServerStore;

    const BOUND_MS: &str = "3000";
    const BOUND: Duration = Duration::from_secs(3);

    /// A bad line to Redis, and what it runs on.
    fn line(port: u16) -> (Runtime, FaultProxy) {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("there are threads");
        let server = (std::net::Ipv4Addr::LOCALHOST, port).into();
        let line = runtime.block_on(FaultProxy::to(server, 1)).expect("there is a port");
        (runtime, line)
    }

    /// What comes on the node's line for changes is swallowed; its loads go through the same line and are answered.
    #[test]
    fn near_a_channel_that_says_nothing_any_more_delays_an_end_by_the_bound_at_most() {
        let straight = Site::new(Store::Server(ServerStore::Redis));
        let port =
            straight.url().split([':', '?']).nth(2).and_then(|port| port.parse().ok()).expect("a port");
        let (_runtime, line) = line(port);
        let bent = straight.url().replacen(&port.to_string(), &line.address().port().to_string(), 1);
        let one = straight.start(&[]);
        let two = Site::at(ServerStore::Redis, bent).start(&["--near-cache-ms", BOUND_MS]);
        for is_silent in [false, true] {
            if is_silent {
                line.silence(b"SUBSCRIBE");
            }
            let mut alice = one.signed_in("alice");
            let token = alice.token();
            two.assert_live(&token);
            alice.sign_out();
            let ended = Stopwatch::start();
            let (mut answers, mut asked) = (0, ended.elapsed());
            while two.is_live(&token) {
                assert!(asked < BOUND, "believed for {asked:?}");
                (answers, asked) = (answers + 1, ended.elapsed());
            }
            // A channel in order tells within milliseconds, so that many answers come out of a copy only where it says nothing.
            assert!(!is_silent || ended.elapsed() > BOUND / 2, "{:?}, {answers} answers", ended.elapsed());
            assert!(is_silent || ended.elapsed() < BOUND / 2, "{:?}, {answers} answers", ended.elapsed());
        }
    }

    /// The same when the connection breaks again and again, with whatever was on it.
    #[test]
    fn near_a_channel_that_breaks_delays_no_end_beyond_the_bound() {
        let straight = Site::new(Store::Server(ServerStore::Redis));
        let port =
            straight.url().split([':', '?']).nth(2).and_then(|port| port.parse().ok()).expect("a port");
        let (_runtime, line) = line(port);
        let bent = straight.url().replacen(&port.to_string(), &line.address().port().to_string(), 1);
        let one = straight.start(&[]);
        let two = Site::at(ServerStore::Redis, bent).start(&["--near-cache-ms", BOUND_MS]);
        for _ in 0..10 {
            let mut alice = one.signed_in("alice");
            let request = Request::get("/me").token(&alice.token());
            two.ask(&request);
            line.cut_all();
            alice.sign_out();
            let ended = Stopwatch::start();
            // Right after a cut the store is in trouble for a moment, which is no answer to the question.
            loop {
                let asked = ended.elapsed();
                match two.ask(&request).status {
                    401 => break,
                    200 => assert!(asked < BOUND, "believed for {asked:?}"),
                    status => assert_eq!(status, 503),
                }
                assert!(asked < BOUND * 10, "the store is not back");
            }
        }
    }
}
