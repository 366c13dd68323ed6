//! Browsers that are remembered, and sessions that are bound to one.

use crate::support::{API, Browser, Gateway, PASSWORD};

const SESSION: &str = "__Host-Http-cloakroom";
const REMEMBERED: &str = "__Host-Http-cloakroom-remember";

fn open(flags: &[&str]) -> Gateway {
    let gateway = Gateway::start(flags);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    gateway
}

fn sign_in(browser: &mut Browser, more: &[(&str, &str)]) {
    let page = browser.get("/_cloakroom/login");
    let fields = [&[("username", "alice"), ("password", PASSWORD)], more].concat();
    assert_eq!(browser.submit(&page, "/_cloakroom/login", &fields).status, 303);
}

#[test]
fn a_remembered_browser_has_a_session_again_and_no_proof() {
    let gateway = open(&["--remember-me", "30d"]);
    let mut browser = gateway.browser();
    assert!(browser.get("/_cloakroom/login").body.contains("Remember this browser for 30 days"));
    sign_in(&mut browser, &[("remember", "1")]);
    let first = browser.jar.remove(SESSION).unwrap();
    let before = browser.jar[REMEMBERED].clone();
    let session = browser.request("GET", &format!("{API}/session")).send();
    assert_eq!(session.status, 401, "a look brings nobody back");
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
    assert!(browser.jar[SESSION] != first && browser.jar[REMEMBERED] != before);
    let session = browser.request("GET", &format!("{API}/session")).send().json();
    assert_eq!(
        (&session["user"]["name"], &session["proven_at"]),
        (&"alice".into(), &serde_json::Value::Null)
    );

    let page = browser.get("/_cloakroom/logout");
    assert_eq!(browser.submit(&page, "/_cloakroom/logout", &[]).status, 303);
    assert!(browser.jar.is_empty(), "{:?}", browser.jar);
    let mut copy = gateway.browser();
    copy.jar.insert(REMEMBERED.to_owned(), before);
    assert_eq!(copy.get("/_cloakroom/account").status, 303, "signed out is forgotten");
}

#[test]
fn nobody_is_remembered_who_does_not_ask_or_may_not() {
    let gateway = open(&["--remember-me", "30d"]);
    let mut browser = gateway.browser();
    sign_in(&mut browser, &[]);
    assert!(!browser.jar.contains_key(REMEMBERED));
    let gateway = open(&[]);
    let mut browser = gateway.browser();
    assert!(!browser.get("/_cloakroom/login").body.contains("Remember"));
    sign_in(&mut browser, &[("remember", "1")]);
    assert!(!browser.jar.contains_key(REMEMBERED));
}

#[test]
fn a_session_that_is_bound_to_its_browser_ends_in_another() {
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let gateway = open(&["--bind", "agent=end"]);
    let mut browser = Browser::new(gateway.address, FIREFOX);
    sign_in(&mut browser, &[]);
    let mut updated = Browser::new(gateway.address, &FIREFOX.replace("140", "141"));
    updated.jar.clone_from(&browser.jar);
    assert_eq!(updated.get("/_cloakroom/account").status, 200, "another version of the same");
    let mut thief = Browser::new(gateway.address, "curl/8.5.0");
    thief.jar.clone_from(&updated.jar);
    assert_eq!(thief.get("/_cloakroom/account").status, 303);
    assert_eq!(updated.get("/_cloakroom/account").status, 303, "and is over");
    assert!(gateway.log().contains("agent"), "{}", gateway.log());
}
