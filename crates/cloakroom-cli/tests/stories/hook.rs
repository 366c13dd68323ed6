//! Sign-ins by a password that an application's own user database knows.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Browser, Gateway, PASSWORD, Reply, UserDatabase, within};

/// What alice's password is there.
const THERE: &str = "what alice types";

fn open(database: &UserDatabase) -> Gateway {
    let gateway = Gateway::configured(&database.table(), &["--log", "trace"]);
    assert!(gateway.command(&["user", "add", "root", "--role", "administrator"], PASSWORD).status.success());
    gateway
}

fn alice() -> Value {
    json!({ "subject": "42", "name": "alice", "display_name": "Alice A.", "email": "alice@example.org", "groups": ["staff"] })
}

fn browser(gateway: &Gateway) -> Browser {
    Browser::new(gateway.address, "Mozilla/5.0 (story)")
}

fn user(gateway: &Gateway, name: &str) -> Value {
    let shown = gateway.command(&["user", "show", name, "--json"], "");
    assert!(shown.status.success(), "{shown:?}");
    serde_json::from_slice(&shown.stdout).unwrap()
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

#[test]
fn somebody_whom_the_hook_knows_signs_in_and_is_known_by_the_subject() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    let mut visitor = browser(&gateway);
    database.vouches(&alice());
    assert_eq!(visitor.sign_in("Alice", THERE).status, 303);
    assert!(is_signed_in(&mut visitor));
    let asked = database.asked().pop().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&asked.body).unwrap(),
        json!({ "name": "Alice", "password": THERE, "address": "127.0.0.1", "user_agent": "Mozilla/5.0 (story)" })
    );
    assert!(asked.field("cloakroom-signature").starts_with("v1="));
    assert!(asked.field("cloakroom-timestamp").parse::<u64>().unwrap() > 1_700_000_000);
    let account = user(&gateway, "alice").to_string();
    assert!(
        account.contains("Alice A.") && account.contains("staff") && account.contains("member"),
        "{account}"
    );

    let renamed = json!({ "subject": "42", "name": "alicia", "groups": [] });
    database.vouches(&renamed);
    assert_eq!(browser(&gateway).sign_in("alicia", THERE).status, 303);
    let account = user(&gateway, "alice").to_string();
    assert!(!account.contains("staff") && account.contains("alice@example.org"), "{account}");
    assert!(!gateway.command(&["user", "show", "alicia"], "").status.success(), "no second account");

    database.vouches(&json!({ "subject": "43", "name": "alice" }));
    assert_eq!(browser(&gateway).sign_in("alice-at-work", THERE).status, 303);
    assert!(user(&gateway, "alice-2").to_string().contains("alice-2"), "a name proves nothing");
    assert!(!gateway.log().contains(THERE), "the password is in no log");
}

#[test]
fn a_name_that_has_a_password_here_is_never_asked_about() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    database.vouches(&json!({ "subject": "1", "name": "root" }));
    assert_eq!(browser(&gateway).sign_in("root", "wrong, but the hook says yes").status, 401);
    assert_eq!(browser(&gateway).sign_in("ROOT", PASSWORD).status, 303);
    assert!(database.asked().is_empty());
}

fn unavailable(answer: &Answer) -> bool {
    answer.status == 503
        && answer.header("retry-after").is_some()
        && answer.body.contains("cannot be checked right now")
        && answer.all("set-cookie").iter().all(|cookie| !cookie.starts_with("__Host-Http-cloakroom="))
}

#[test]
fn whatever_is_not_plainly_yes_or_no_signs_nobody_in_and_says_so() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    let mut visitor = browser(&gateway);
    let person = alice().to_string();
    for reply in [
        Reply::Silence,
        Reply::Huge,
        Reply::HangsUp,
        Reply::Is(500, person.clone()),
        Reply::Is(302, person.clone()),
        Reply::Is(201, person.clone()),
        Reply::Is(429, String::new()),
        Reply::Is(200, "<html>".to_owned()),
        Reply::Is(200, "{}".to_owned()),
        Reply::Is(200, json!({ "subject": 42 }).to_string()),
        Reply::Is(200, json!({ "subject": "a b" }).to_string()),
        Reply::Is(200, r#"{"subject":"42","subject":"43"}"#.to_owned()),
    ] {
        let before = database.asked().len();
        database.answers(reply.clone());
        let answer = visitor.sign_in("alice", THERE);
        assert!(unavailable(&answer), "{reply:?}: {} {}", answer.status, answer.body);
        assert!(!is_signed_in(&mut visitor), "{reply:?}");
        assert_eq!(database.asked().len(), before + 1, "{reply:?}: asked once, and nobody else is");
    }
    assert!(!gateway.command(&["user", "show", "alice"], "").status.success(), "no account is left behind");
    database.vouches(&alice());
    assert_eq!(visitor.sign_in("alice", THERE).status, 303, "an outage is no guess");

    let nobody = Gateway::configured(
        &database.table().replace("/in", "").replace(&database.address.port().to_string(), "1"),
        &[],
    );
    assert!(unavailable(&browser(&nobody).sign_in("alice", THERE)), "nobody listens there");
}

#[test]
fn guesses_are_counted_before_the_hook_is_asked() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    let mut visitor = browser(&gateway);
    for status in [401, 403].into_iter().cycle().take(20) {
        database.answers(Reply::Is(status, String::new()));
        assert_eq!(visitor.sign_in("alice", "a guess").status, 401);
    }
    database.vouches(&alice());
    let throttled = visitor.sign_in("ALICE", THERE);
    assert_eq!(throttled.status, 429);
    assert!(throttled.header("retry-after").is_some());
    assert_eq!(database.asked().len(), 20, "and it is not asked any more");
}

#[test]
fn a_proof_is_asked_of_the_hook_by_the_name_that_was_typed_and_there_is_no_password_to_change() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    let mut alice_there = browser(&gateway);
    database.vouches(&alice());
    assert_eq!(alice_there.sign_in("alice@shop", THERE).status, 303);
    let account = alice_there.get("/_cloakroom/account");
    assert!(!account.body.contains("/_cloakroom/account/password"), "{}", account.body);
    assert_eq!(alice_there.get("/_cloakroom/account/password").status, 404);

    let page = alice_there.get("/_cloakroom/reauthenticate");
    let mut prove = |reply: Reply| {
        database.answers(reply);
        alice_there.submit(&page, "/_cloakroom/reauthenticate", &[("password", THERE)]).status
    };
    assert_eq!(prove(Reply::Is(401, String::new())), 403);
    assert_eq!(prove(Reply::Is(200, json!({ "subject": "43" }).to_string())), 403, "somebody else's");
    assert_eq!(prove(Reply::Silence), 503);
    assert_eq!(prove(Reply::Is(200, alice().to_string())), 303);
    let asked: Value = serde_json::from_str(&database.asked().pop().unwrap().body).unwrap();
    assert_eq!(asked["name"], "alice@shop");
}

#[test]
fn sessions_that_are_ended_while_the_hook_thinks_are_ended_with_the_sign_in_that_waits_for_it() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    database.vouches(&alice());
    assert_eq!(browser(&gateway).sign_in("alice", THERE).status, 303);
    let held = Arc::new(Mutex::new(()));
    let later = Reply::Later(Arc::clone(&held), alice().to_string());
    let at_once = Reply::Is(200, alice().to_string());
    // Whose password it is under another name is known once the hook has said so: it is asked again.
    for (typed, replies) in [("alice", vec![later.clone()]), ("alice@shop", vec![at_once, later])] {
        let asked = database.asked().len() + replies.len();
        let answering = held.lock().unwrap();
        database.answers_in_turn(replies);
        let is_signed_in = thread::scope(|scope| {
            let gateway = &gateway;
            let signing_in = scope.spawn(move || {
                let mut visitor = browser(gateway);
                visitor.sign_in(typed, THERE);
                is_signed_in(&mut visitor)
            });
            within(Duration::from_secs(10), "the hook is asked", || database.asked().len() == asked);
            assert!(gateway.command(&["session", "revoke-user", "alice"], "").status.success());
            drop(answering);
            signing_in.join().unwrap()
        });
        assert!(!is_signed_in, "{typed}");
    }
    database.vouches(&alice());
    assert_eq!(browser(&gateway).sign_in("alice@shop", THERE).status, 303, "the next is another sign-in");
}

#[test]
fn a_disabled_user_and_one_who_is_not_let_in_are_refused() {
    let database = UserDatabase::start();
    let gateway = open(&database);
    database.vouches(&alice());
    assert_eq!(browser(&gateway).sign_in("alice", THERE).status, 303);
    assert!(gateway.command(&["user", "disable", "alice"], "").status.success());
    assert_eq!(browser(&gateway).sign_in("alice", THERE).status, 401);

    let closed = Gateway::configured(&format!("{}create_users = false\n", database.table()), &[]);
    assert!(closed.command(&["user", "add", "boss"], PASSWORD).status.success());
    assert_eq!(browser(&closed).sign_in("alice", THERE).status, 401);
    let link = ["user", "link", "boss", "--issuer", "urn:cloakroom:hook", "--subject", "42"];
    assert!(closed.command(&link, "").status.success());
    let mut boss = browser(&closed);
    assert_eq!(boss.sign_in("alice", THERE).status, 303);
    assert!(boss.get("/_cloakroom/account").body.contains("boss"));
}
