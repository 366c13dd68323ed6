//! Two instances on one store, behind something that sends each request to either: nobody notices which one answers.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings, RedisServer, RedisSetup};

use crate::support::{Browser, Dice, Gateway, Nodes, PASSWORD};

const OTHER_PASSWORD: &str = "lantern fog otter gravel";

/// One server for all stories. It ends with this program.
static POSTGRES: LazyLock<Postgres> =
    LazyLock::new(|| Postgres::start(&PostgresSettings::default()).unwrap());

static MARIADB: LazyLock<MariaDb> = LazyLock::new(|| {
    MariaDb::start(&MariaDbSettings { fsync: false, ..MariaDbSettings::default() }).unwrap()
});

static REDIS: LazyLock<RedisServer> = LazyLock::new(|| RedisServer::start(&RedisSetup::new()).unwrap());

/// Makes the stories on one kind of store, by the flags of an installation of a name.
macro_rules! stories_on {
    ($module:ident: $flags:ident) => {
        mod $module {
            #[test]
            fn what_one_node_does_the_other_knows_at_once() {
                super::what_one_node_does_the_other_knows_at_once(&super::$flags("exact"));
            }

            #[test]
            fn nobody_notices_which_node_answers() {
                super::nobody_notices_which_node_answers(&super::$flags("random"));
            }

            #[test]
            fn a_key_that_is_revoked_is_refused_by_every_node_within_the_bound() {
                super::a_key_that_is_revoked_is_refused_by_every_node_within_the_bound(&super::$flags(
                    "revoked",
                ));
            }

            #[test]
            fn behind_a_near_cache_the_end_of_a_session_is_known_within_the_bound() {
                super::behind_a_near_cache_the_end_of_a_session_is_known_within_the_bound(&super::$flags(
                    "near",
                ));
            }
        }
    };
}

stories_on!(postgres: in_postgres);
stories_on!(mariadb: in_mariadb);
stories_on!(redis_with_accounts_in_postgres: in_redis);

pub(crate) fn in_postgres(name: &str) -> Vec<String> {
    vec!["--store".to_owned(), POSTGRES.create_schema(name).unwrap()]
}

pub(crate) fn in_mariadb(name: &str) -> Vec<String> {
    MARIADB.create_database(name).unwrap();
    vec!["--store".to_owned(), MARIADB.url(name)]
}

fn in_redis(name: &str) -> Vec<String> {
    let store = format!("{}?prefix={name}", REDIS.url());
    let accounts = POSTGRES.create_schema(&format!("accounts_{name}")).unwrap();
    vec!["--store".to_owned(), store, "--accounts".to_owned(), accounts]
}

/// Without copies of sessions, since then "at once" is exact.
fn without_copies(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).chain(["--near-cache", "0s"]).collect()
}

fn is_signed_in(browser: &mut Browser) -> bool {
    match browser.get("/_cloakroom/account").status {
        200 => true,
        303 => false,
        other => panic!("an answer of status {other}"),
    }
}

/// The same cookies, presented to a node.
fn with_cookies_of(mut browser: Browser, other: &Browser) -> Browser {
    browser.jar.clone_from(&other.jar);
    browser
}

fn sign_out(browser: &mut Browser) {
    let page = browser.get("/_cloakroom/logout");
    assert_eq!(browser.submit(&page, "/_cloakroom/logout", &[]).status, 303);
}

fn revoke_others(browser: &mut Browser) {
    let page = browser.get("/_cloakroom/account");
    assert_eq!(browser.submit(&page, "/revoke-others", &[]).status, 303);
}

fn what_one_node_does_the_other_knows_at_once(flags: &[String]) {
    let mut nodes = Nodes::set_up(&without_copies(flags));
    let (mut at_a, mut at_b) = (nodes.at_a(), nodes.at_b());

    // Signed in at B, which has not set anybody up, and known at A; and the other way round.
    assert_eq!(at_b.sign_in("root", PASSWORD).status, 303);
    assert_eq!(at_a.sign_in("ROOT", PASSWORD).status, 303);
    assert!(is_signed_in(&mut with_cookies_of(nodes.at_a(), &at_b)));
    assert!(is_signed_in(&mut with_cookies_of(nodes.at_b(), &at_a)));
    let page = at_a.get("/_cloakroom/account");
    assert_eq!(page.body.matches("This session").count(), 1);
    assert_eq!(page.forms().iter().filter(|form| form.action.ends_with("/revoke")).count(), 1);

    // A form of A is posted to B, and ends the sessions of all others.
    let mut moved = with_cookies_of(nodes.at_b(), &at_a);
    assert_eq!(moved.submit(&page, "/revoke-others", &[]).status, 303);
    assert!(!is_signed_in(&mut at_b));
    assert!(is_signed_in(&mut at_a));

    // A password that is changed at A ends what B knows, and B takes the new one alone.
    assert_eq!(at_b.sign_in("root", PASSWORD).status, 303);
    let page = at_a.get("/_cloakroom/account/password");
    let fields = [("password", PASSWORD), ("new_password", OTHER_PASSWORD), ("repeated", OTHER_PASSWORD)];
    assert_eq!(at_a.submit(&page, "/account/password", &fields).status, 303);
    assert!(!is_signed_in(&mut at_b));
    assert_eq!(nodes.at_b().sign_in("root", PASSWORD).status, 401);
    assert_eq!(at_b.sign_in("root", OTHER_PASSWORD).status, 303);

    // A sign-out at B is felt at A.
    let mut copy = with_cookies_of(nodes.at_a(), &at_b);
    assert!(is_signed_in(&mut copy));
    sign_out(&mut at_b);
    assert!(!is_signed_in(&mut copy));

    // A third machine adds and disables a user.
    assert!(nodes.command(&["user", "add", "alice"], PASSWORD).status.success());
    assert!(!nodes.command(&["user", "add", "Alice"], PASSWORD).status.success());
    let mut alice = nodes.at_a();
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    let listed = nodes.command(&["session", "list", "alice", "--json"], "");
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"user\": \"alice\""), "{listed:?}");
    let disabled = nodes.command(&["user", "disable", "alice"], "");
    assert_eq!(String::from_utf8_lossy(&disabled.stdout), "Disabled; 1 session ended.\n");
    assert!(!is_signed_in(&mut alice));
    assert_eq!(nodes.at_b().sign_in("alice", PASSWORD).status, 401);
    let users = nodes.command(&["user", "list", "--json"], "");
    let users: serde_json::Value = serde_json::from_slice(&users.stdout).unwrap();
    assert_eq!((&users[0]["state"], &users[1]["name"]), (&"disabled".into(), &"root".into()));

    // One node dies; the other goes on for both, and the one that comes back prints no link.
    nodes.a.kill();
    assert!(is_signed_in(&mut with_cookies_of(nodes.at_b(), &at_a)));
    nodes.a.start_again();
    assert_eq!(nodes.a.setup_path, None);
    assert!(is_signed_in(&mut at_a));
}

/// Few enough that the stories of all stores take some seconds.
const STEPS: usize = 40;

/// Any other will do as well.
const SEED: u64 = 20_260_728;

fn nobody_notices_which_node_answers(flags: &[String]) {
    println!("seed {SEED}");
    let nodes = Nodes::set_up(&without_copies(flags));
    let mut dice = Dice::new(SEED);
    let mut browsers: Vec<Browser> = (1..=4).map(|number| nodes.at_random(SEED + number)).collect();
    let mut signed_in = vec![false; browsers.len()];
    for step in 0..STEPS {
        let one = dice.below(browsers.len());
        match (signed_in[one], dice.below(8)) {
            (false, 0..4) => {
                assert_eq!(browsers[one].sign_in("root", PASSWORD).status, 303, "step {step}");
                signed_in[one] = true;
            }
            (true, 0..2) => {
                sign_out(&mut browsers[one]);
                signed_in[one] = false;
            }
            (true, 2) => {
                revoke_others(&mut browsers[one]);
                signed_in.fill(false);
                signed_in[one] = true;
            }
            _ => {}
        }
        for (number, browser) in browsers.iter_mut().enumerate() {
            assert_eq!(is_signed_in(browser), signed_in[number], "browser {number} after step {step}");
        }
    }
}

/// What the documentation promises for the default.
const BOUND: Duration = Duration::from_secs(1);

#[expect(clippy::disallowed_methods, reason = "the bound is one of real time")]
fn behind_a_near_cache_the_end_of_a_session_is_known_within_the_bound(flags: &[String]) {
    let nodes = Nodes::set_up(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    for seed in 0..3 {
        let mut browser = nodes.at_random(seed);
        assert_eq!(browser.sign_in("root", PASSWORD).status, 303);
        // Both nodes have a copy, the one that a form is posted to perhaps from before the form was made.
        let mut copies = [nodes.at_a(), nodes.at_b()].map(|copy| with_cookies_of(copy, &browser));
        assert!(copies.iter_mut().all(is_signed_in));
        sign_out(&mut browser);
        let ended = Instant::now();
        for copy in &mut copies {
            loop {
                let asked = Instant::now();
                if !is_signed_in(copy) {
                    break;
                }
                assert!(asked - ended < BOUND, "it is still let in {:?} after its end", asked - ended);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the bound is one of real time")]
fn a_key_that_is_revoked_is_refused_by_every_node_within_the_bound(flags: &[String]) {
    let nodes = Nodes::set_up(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    let made = nodes.command(&["api-key", "create", "a", "--scope", "users:read"], "");
    let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let opens = |browser: &mut Browser| {
        let bearer = format!("Bearer {key}");
        browser.request("GET", "/_cloakroom/api/v1/users").header("Authorization", &bearer).send().status
            == 200
    };
    let mut nodes_asked = [nodes.at_a(), nodes.at_b()];
    assert!(nodes_asked.iter_mut().all(opens), "on whichever node it is first seen");
    let id = key.split('_').nth(1).unwrap();
    assert!(nodes.command(&["api-key", "revoke", id], "").status.success());
    let revoked = Instant::now();
    for node in &mut nodes_asked {
        loop {
            let asked = Instant::now();
            if !opens(node) {
                break;
            }
            assert!(asked - revoked < BOUND, "it is still let in {:?} after it was revoked", asked - revoked);
        }
    }
    let keys: serde_json::Value =
        serde_json::from_slice(&nodes.command(&["api-key", "list", "--json"], "").stdout).unwrap();
    assert_eq!(keys[0]["state"], "revoked");
    assert!(keys[0]["last_used"].is_string());
}

#[test]
fn accounts_that_other_machines_would_not_share_are_warned_of() {
    const WARNING: &str = "which instances on other machines do not share";
    let store = format!("{}?prefix=warned", REDIS.url());
    assert!(Gateway::start(&["--store", &store]).log().contains(WARNING));
    assert!(!Gateway::start(&["--store", &store, "--accounts", "sqlite:users.db"]).log().contains(WARNING));
}
