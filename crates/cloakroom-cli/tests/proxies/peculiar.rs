//! What one proxy alone has: the cache of nginx, and the program in `HAProxy`.

use std::fs;

use cloakroom_test_servers::{Nginx, free_port, serve_haproxy};

use crate::http::Request;
use crate::service::Service;
use crate::setup::{configuration, snippet};

/// What nginx asks with its cache, for requests of somebody who is signed in.
fn nginx_remembers_for_a_second(nginx: Nginx) {
    let (gateway, application) = (Service::gateway(), Service::application());
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port().unwrap());
    fs::write(folder.path().join("cloakroom.toml"), configuration(port, application.address, "")).unwrap();
    let listen = gateway.address.to_string();
    let text = snippet(folder.path(), &["nginx", "--cache", "remembered", "--listen", &listen]);
    let _server = nginx.serve(port, &text).unwrap();
    let host = format!("wiki.localhost:{port}");
    let asked_after = |request: &Request, times: usize| {
        for _ in 0..times {
            assert_eq!(request.send(port, &host).echo().0.one("remote-user"), Some("alice"));
        }
        gateway.asked(request.mark()).len()
    };

    let page = Request::get("/page").field("Cookie", "session=good; theme=dark");
    // A second may end in between.
    assert!(asked_after(&page, 20) <= 3, "once a second");
    assert_eq!(page.send(port, &host).echo().0.one("cookie"), Some("theme=dark"), "as the gateway said");
    let form = Request::new("POST", "/page").field("Cookie", "session=good").body("a=1");
    assert_eq!(asked_after(&form, 3), 3, "what changes something is asked about each time");
    let token = Request::get("/page").field("Cookie", "session=good").field("Authorization", "Bearer a");
    assert_eq!(asked_after(&token, 3), 3, "and so is what brings more than cookies");

    let mark = page.mark().to_owned();
    let same = |request: Request| request.field("User-Agent", &mark);
    let before = gateway.asked(&mark).len();
    for (stranger, status) in [
        (same(Request::get("/page").field("Cookie", "theme=dark")), 401),
        (same(Request::get("/page").field("Cookie", "session=good; theme=dark; answer=403")), 403),
        (same(Request::get("/other").field("Cookie", "session=good; theme=dark; answer=403")), 403),
    ] {
        for _ in 0..2 {
            assert_eq!(stranger.send(port, &host).status, status, "a refusal is never remembered");
        }
    }
    assert!(gateway.asked(&mark).len() >= before + 6);
}

#[test]
fn nginx_of_debian_remembers_for_a_second_that_a_request_may_pass() {
    nginx_remembers_for_a_second(Nginx::Debian);
}

#[test]
fn nginx_current_remembers_for_a_second_that_a_request_may_pass() {
    nginx_remembers_for_a_second(Nginx::Current);
}

#[test]
fn haproxy_lets_nobody_in_when_its_program_fails() {
    let (gateway, application) = (Service::gateway(), Service::application());
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port().unwrap());
    fs::write(folder.path().join("cloakroom.toml"), configuration(port, application.address, "")).unwrap();
    let listen = gateway.address.to_string();
    let text = snippet(folder.path(), &["haproxy", "--folder", ".", "--listen", &listen]);
    let failing = "core.register_action('cloakroom', { 'http-req' }, function(txn) error('no') end, 3)";
    let _server = serve_haproxy(port, &text, failing).unwrap();
    let request = Request::get("/").field("Cookie", "session=good");
    let host = |name: &str| format!("{name}.localhost:{port}");
    assert_eq!(request.send(port, &host("wiki")).status, 503);
    assert_eq!(request.send(port, &host("login")).status, 200, "the gateway is there");
    assert_eq!(application.asked(request.mark()).len(), 0);
}
