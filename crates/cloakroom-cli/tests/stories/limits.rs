//! Limits of an application's own, as each way to ask about a request feels them.

use std::io::Read as _;
use std::time::Duration;

use serde_json::json;

use crate::forward_auth::{LOGIN, SHOP, Site, User, WIKI, asked};
use crate::support::scripted::read_head;
use crate::support::{API, Browser, PASSWORD, run, within};

const BOUND: Duration = Duration::from_secs(20);

/// Waits until the wiki sees nobody in this browser. A look is no use.
fn shut(user: &mut User) {
    within(BOUND, "the wiki shuts", || {
        user.wiki.request("GET", &format!("{API}/session")).send().status == 401
    });
}

#[test]
fn an_application_with_a_limit_asks_for_a_proof_whoever_asks_and_the_others_do_not() {
    let site = Site::with("idle_timeout = \"2s\"", &[]);
    let made = site.gateway.command(&["api-key", "create", "a", "--scope", "verify"], "");
    let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    assert_eq!(user.go(&format!("http://{SHOP}/page")).0.status, 200);
    assert_eq!(site.page(&user.wiki, "/page").status, 200);
    shut(&mut user);

    let page = site.page(&user.wiki, "/page?q=1");
    let location = page.header("location").unwrap().to_owned();
    assert!(page.status == 302 && location.contains("aal="), "{} {location}", page.status);
    let script = site.ask("caddy", &user.wiki, &asked("GET", WIKI, "/page"));
    assert!(script.status == 401 && script.body.contains("step_up_required"), "{}", script.body);
    let proxied = user.wiki.request("GET", "/page").header("Sec-Fetch-Mode", "cors").send();
    assert!(proxied.status == 401 && proxied.body.contains("step_up_required"), "{}", proxied.body);
    let cookie = format!("__Host-Http-cloakroom={}", user.wiki.jar["__Host-Http-cloakroom"]);
    let question = json!({ "cookie": cookie, "method": "GET", "url": format!("http://{WIKI}/page") });
    let mut service = Browser::spread(std::iter::repeat(site.gateway.address), LOGIN, "a service");
    let verified = service
        .request("POST", &format!("{API}/verify"))
        .header("Authorization", &format!("Bearer {key}"))
        .header("Content-Type", "application/json")
        .body(&question.to_string())
        .send();
    assert_eq!(verified.json()["decision"], "step_up", "{}", verified.body);
    assert_eq!(site.page(&user.wiki, "/static/a.css").status, 200, "an open door stays open");
    assert_eq!(user.go(&format!("http://{SHOP}/page")).0.status, 200, "nothing is felt elsewhere");

    // Whoever lost the cookie comes by another way, and no further.
    user.wiki.jar.clear();
    let (asked_for, at) = user.go(&format!("http://{WIKI}/page?q=1"));
    assert!(at.starts_with(&format!("http://{LOGIN}/_cloakroom/reauthenticate?rd=")), "{at}");
    let proven = user.login.submit(&asked_for, "/_cloakroom/reauthenticate", &[("password", PASSWORD)]);
    let (arrived, at) = user.go(proven.header("location").unwrap());
    assert_eq!((arrived.status, at), (200, format!("http://{WIKI}/page?q=1")));
}

#[test]
fn a_limit_after_the_last_proof_is_felt_however_busy_the_user_is() {
    let site = Site::with("absolute_timeout = \"2s\"", &[]);
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    within(BOUND, "the wiki asks for a proof", || site.page(&user.wiki, "/page").status == 302);
    assert_eq!(user.go(&format!("http://{SHOP}/page")).0.status, 200);
}

#[test]
fn an_open_socket_and_a_stream_end_with_the_limit_of_their_application_and_the_session_lives_on() {
    let site = Site::with("idle_timeout = \"2s\"", &[]);
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    let handshake = user.wiki.request("GET", "/socket").header("Upgrade", "websocket");
    let handshake =
        handshake.header("Sec-WebSocket-Version", "13").header("Origin", &format!("http://{WIKI}"));
    let mut socket = handshake.open("Upgrade");
    assert!(read_head(&mut socket).starts_with("HTTP/1.1 101 "));
    let mut stream = user.wiki.request("GET", "/stream").open("keep-alive");
    assert!(read_head(&mut stream).starts_with("HTTP/1.1 200 "));
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, [0x88, 2, 0x03, 0xf0], "1008");
    stream.read_to_end(&mut rest).unwrap();
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it breaks off");
    assert_eq!(user.go(&format!("http://{SHOP}/page")).0.status, 200);
}

#[test]
fn explain_shows_the_limits_and_when_they_ask() {
    let site = Site::with("idle_timeout = \"15m\"\nabsolute_timeout = \"8h\"", &[]);
    let url = format!("http://{WIKI}/page");
    let explain = |more: &[&str]| {
        let words = [&["explain", "GET", &url, "--user", "alice"], more].concat();
        String::from_utf8(site.gateway.command(&words, "").stdout).unwrap()
    };
    let said = explain(&[]);
    assert!(
        said.contains("15m without a use of wiki, and 8h after the last proof") && said.contains("pass"),
        "{said}"
    );
    assert!(explain(&["--proven-ago", "20"]).contains("step up"));
}

#[test]
fn a_limit_beyond_the_gateways_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = format!("[[app]]\nname = \"wiki\"\norigin = \"http://{WIKI}\"\nidle_timeout = \"2h\"\n");
    std::fs::write(directory.path().join("cloakroom.toml"), file).unwrap();
    let refused = run(directory.path(), &["check"], "");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.status.code() == Some(2) && said.contains("at most the gateway's own idle_timeout"),
        "{said}"
    );
}

#[test]
fn an_application_that_asks_for_them_gets_the_fields_of_oauth2_proxy_and_no_forged_ones() {
    const FIELDS: [&str; 3] = ["x-auth-request-user", "x-auth-request-email", "x-auth-request-groups"];
    let site = Site::with("x_auth_request = true", &[]);
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    user.go(&format!("http://{SHOP}/page"));
    let told = site.page(&user.wiki, "/page");
    assert_eq!(FIELDS.map(|name| told.header(name)), [Some("alice"), Some("a@example.org"), Some("staff")]);
    let open = site.page(&site.user().wiki, "/static/a");
    assert_eq!(FIELDS.map(|name| open.header(name)), [Some(""); 3], "empty for nobody, and there");
    let proxied = |browser: &mut Browser| {
        browser
            .request("GET", "/page")
            .header("X-Auth-Request-User", "evil")
            .header("X_Auth_Request_Email", "evil")
            .send()
            .body
    };
    let at_the_wiki = proxied(&mut user.wiki);
    assert!(
        at_the_wiki.contains("x-auth-request-user: alice") && !at_the_wiki.contains("evil"),
        "{at_the_wiki}"
    );
    let at_the_shop = proxied(&mut user.shop).to_lowercase();
    assert!(!at_the_shop.contains("auth-request") && !at_the_shop.contains("evil"), "{at_the_shop}");
}
