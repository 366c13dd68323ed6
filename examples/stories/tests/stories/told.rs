//! The stories.

use std::process::Command;

use serde_json::Value;

use crate::browser::Browser;
use crate::program::Program;

#[test]
fn a_guests_cart_survives_the_sign_in_and_goes_with_the_sign_out() {
    let program = Program::start(&mut Command::new(env!("CARGO_BIN_EXE_example-cart")));
    let mut browser = Browser::at(&program);
    assert_eq!(browser.submit("/", "/", &[("ware", "apples")]).status, 303);
    assert_eq!(browser.submit("/", "/", &[("ware", "<b>nothing that is sold</b>")]).status, 303);
    let guest = browser.cookies.clone();
    browser.sign_in(&program);
    let page = browser.get("/").body;
    assert!(page.contains("Signed in as alice") && page.contains("<li>apples</li>"), "{page}");
    assert!(!page.contains("nothing"), "{page}");

    let mut planted = Browser::at(&program);
    planted.cookies = guest;
    assert!(!planted.get("/").body.contains("<li>"), "the guest's token is dead");

    let signed_in = browser.cookies.clone();
    assert_eq!(browser.submit("/", "/logout", &[]).status, 303);
    let mut replayed = Browser::at(&program);
    replayed.cookies = signed_in;
    assert!(!replayed.get("/").body.contains("<li>"), "a copy of the cookie is worth nothing");
}

#[test]
fn every_story_is_guarded_against_forged_requests_and_injected_scripts() {
    let program = Program::start(&mut Command::new(env!("CARGO_BIN_EXE_example-cart")));
    let mut browser = Browser::at(&program);
    browser.submit("/", "/", &[("ware", "bread")]);
    assert_eq!(browser.post_form("/", "ware=apples").status, 403, "without a token");
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(browser.send("POST", "/", &form, "ware=apples").status, 403);
    let page = browser.get("/");
    assert!(!page.body.contains("<li>apples"), "nothing has changed");
    for (field, part) in [
        ("content-security-policy", "script-src 'nonce-"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ] {
        assert!(page.fields(field).iter().any(|value| value.contains(part)), "{field}: {}", page.head);
    }
    let sign_in = browser.submit("/login", "/login", &[("user", "alice"), ("password", "guess")]);
    assert_eq!(sign_in.status, 401);
}

#[test]
fn closing_an_account_asks_for_the_password_again() {
    let program = Program::start(Command::new(env!("CARGO_BIN_EXE_example-step-up")).arg("0"));
    let mut browser = Browser::at(&program);
    assert_eq!(browser.get("/").status, 401);
    browser.sign_in(&program);
    assert_eq!(browser.submit("/", "/close", &[]).status, 403, "no proof is recent enough");

    let program = Program::start(Command::new(env!("CARGO_BIN_EXE_example-step-up")).arg("600"));
    let mut browser = Browser::at(&program);
    browser.sign_in(&program);
    assert_eq!(browser.submit("/prove", "/prove", &[("password", "guess")]).status, 401);
    let before = browser.cookies.clone();
    assert_eq!(browser.submit("/prove", "/prove", &[("password", &program.password)]).status, 303);
    assert_ne!(browser.cookies, before, "a new token");
    let mut stolen = Browser::at(&program);
    stolen.cookies = before;
    assert_eq!(stolen.get("/").status, 401, "the token before is dead");
    let closed = browser.submit("/", "/close", &[]);
    assert_eq!((closed.status, closed.body.as_str()), (200, "the account of alice is closed"));
}

#[test]
fn a_browser_that_was_closed_is_known_again_and_proves_nothing_by_that() {
    let program = Program::start(&mut Command::new(env!("CARGO_BIN_EXE_example-remember-me")));
    let mut browser = Browser::at(&program);
    let fields = [("user", "alice"), ("password", program.password.as_str()), ("remember", "on")];
    assert_eq!(browser.submit("/login", "/login", &fields).status, 303);
    assert_eq!(browser.submit("/", "/close", &[]).status, 200, "the password was given a moment ago");

    browser.cookies.remove("sid");
    let page = browser.get("/");
    assert!(page.body.contains("Signed in as alice, by remembered."), "{}", page.body);
    assert!(browser.cookies.contains_key("sid"));
    assert_eq!(browser.submit("/", "/close", &[]).status, 403);
    assert_eq!(browser.submit("/", "/prove", &[("password", &program.password)]).status, 303);
    assert_eq!(browser.submit("/", "/close", &[]).status, 200);

    let copy = browser.cookies.clone();
    assert_eq!(browser.submit("/", "/logout", &[]).status, 303);
    assert!(!browser.cookies.contains_key("remember"), "{:?}", browser.cookies);
    let mut replayed = Browser::at(&program);
    replayed.cookies = copy;
    assert_eq!(replayed.get("/").status, 401, "nobody is remembered after a sign-out");

    let mut unasked = Browser::at(&program);
    unasked.sign_in(&program);
    assert!(!unasked.cookies.contains_key("remember"), "the box was not ticked");
}

#[test]
fn a_stolen_long_lived_cookie_ends_what_came_of_it_when_both_have_used_it() {
    let program = Program::start(Command::new(env!("CARGO_BIN_EXE_example-remember-me")).arg("0"));
    let mut browser = Browser::at(&program);
    let fields = [("user", "alice"), ("password", program.password.as_str()), ("remember", "on")];
    assert_eq!(browser.submit("/login", "/login", &fields).status, 303);
    let mut thief = Browser::at(&program);
    thief.cookies = browser.cookies.clone();
    thief.cookies.remove("sid");
    assert_eq!((thief.get("/").status, thief.get("/").status), (200, 200));
    browser.cookies.remove("sid");
    assert_eq!(browser.get("/").status, 401, "the token was replaced: one of the two is a thief");
    assert_eq!(thief.get("/").status, 401);
    assert_eq!(browser.submit("/login", "/login", &fields).status, 303, "the user signs in by password");
}

#[test]
fn a_single_page_signs_in_and_keeps_notes_by_fetch() {
    let program = Program::start(&mut Command::new(env!("CARGO_BIN_EXE_example-single-page")));
    let mut browser = Browser::at(&program);
    let page = browser.get("/");
    let policy = page.fields("content-security-policy")[0];
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(page.body.contains(&format!("<script nonce=\"{nonce}\">")), "the script may run");

    let me =
        |browser: &mut Browser| serde_json::from_str::<Value>(&browser.get("/api/me").body).expect("JSON");
    let visitor = me(&mut browser);
    assert_eq!(visitor["user"], Value::Null);
    assert_eq!(browser.get("/api/notes").status, 401);
    let before = visitor["csrf"].as_str().expect("a token").to_owned();
    let login = serde_json::json!({ "user": "alice", "password": program.password }).to_string();
    assert_eq!(browser.post_json("/api/login", "0", &login).status, 403, "without a token");
    let answer = browser.post_json("/api/login", &before, &login);
    assert_eq!(answer.status, 200);
    let signed_in: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(signed_in["user"], "alice");
    let token = signed_in["csrf"].as_str().expect("a token");
    assert_eq!(
        browser.post_json("/api/notes", &before, "\"x\"").status,
        403,
        "the token from before is dead"
    );
    assert_eq!(browser.post_json("/api/notes", token, "\"buy milk\"").status, 201);
    assert_eq!(browser.get("/api/notes").body, "[\"buy milk\"]");
    assert_eq!(browser.post_json("/api/logout", token, "").status, 204);
    assert_eq!(browser.get("/api/notes").status, 401);
}

#[test]
fn a_service_behind_verifies_a_token_that_no_browser_sees() {
    let program = Program::start(&mut Command::new(env!("CARGO_BIN_EXE_example-services")));
    let mut browser = Browser::at(&program);
    assert_eq!(browser.get("/").status, 401);
    browser.sign_in(&program);
    let orders = browser.get("/");
    assert_eq!((orders.status, orders.body.as_str()), (200, "the orders of alice"));
    assert!(!orders.head.contains("eyJ"), "the token stays behind");
    assert_eq!(browser.cookies.len(), 1);

    let mut behind = Browser::of(program.said("orders on http://"));
    assert_eq!(behind.get("/orders").status, 401, "a session is worth nothing there");
    let forged = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.";
    assert_eq!(behind.send("GET", "/orders", &[("Authorization", forged)], "").status, 401);
}

/// A session of Rails 8.0.2 that its cookie store wrote, and the secret of that application.
const RAILS: &str = include_str!("rails_session.txt");

#[test]
fn a_user_of_rails_moves_in_once_and_with_no_fresh_proof() {
    let (secret_key_base, cookie) = RAILS.trim().split_once('\n').expect("two lines");
    let folder = tempfile::tempdir().expect("a folder");
    let start = || {
        Program::start(
            Command::new(env!("CARGO_BIN_EXE_example-moving-in"))
                .env("SECRET_KEY_BASE", secret_key_base)
                .env("MARKS", folder.path().join("marks.db"))
                .env("MOVING_IN_UNTIL", "4000000000"),
        )
    };
    let old = |program: &Program| {
        let mut browser = Browser::at(program);
        browser.cookies.insert("_myapp_session".to_owned(), cookie.to_owned());
        browser
    };
    let program = start();
    let mut browser = old(&program);
    let page = browser.get("/");
    assert_eq!((page.status, page.body.as_str()), (200, "alice"));
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["sid"], "the old cookie is gone");
    assert_eq!(browser.get("/admin").body, "welcome", "what the old application kept");
    assert_eq!(browser.get("/safe").status, 403, "nothing has been proved here");
    assert_eq!(old(&program).get("/").status, 401, "a copy of the old cookie");

    drop(program);
    let program = start();
    assert_eq!(old(&program).get("/").status, 401, "after a restart, too");
    let mut forged = old(&program);
    forged.cookies.insert("_myapp_session".to_owned(), cookie.replace("9LpS", "9LpT"));
    assert_eq!(forged.get("/").status, 401);
}
