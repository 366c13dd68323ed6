//! Requests that were under way when what they stand on came to its end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;

use crate::support::scripted::{HOST, answer, before, raw, read_head, scripted, take};
use crate::support::{API, Answer, Api, Browser, Gateway, PASSWORD, within};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request whose head is there, and whose body the gateway waits for.
struct Held {
    stream: TcpStream,
    body: String,
}

/// Sends the head of a POST, and waits until the body is asked for.
fn hold(browser: &mut Browser, path: &str, fields: &[(&str, &str)], body: &str) -> Held {
    let mut request = browser.request("POST", path);
    for (name, value) in fields {
        request = request.header(name, value);
    }
    let length = body.len().to_string();
    let mut stream = request.header("Content-Length", &length).header("Expect", "100-continue").open("close");
    assert!(read_head(&mut stream).starts_with("HTTP/1.1 100 "), "{path}: the body is waited for");
    Held { stream, body: body.to_owned() }
}

impl Held {
    /// The form of a page, with these fields.
    fn form(browser: &mut Browser, page: &str, action: &str, fields: &[(&str, &str)]) -> Self {
        let page = browser.get(page);
        let form = page.form(action);
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<String> =
            hidden.chain(fields.iter().copied()).map(|(name, value)| format!("{name}={value}")).collect();
        hold(browser, &form.action, &[("Content-Type", FORM)], &pairs.join("&"))
    }

    /// Sends the body.
    fn finish(mut self) -> Answer {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).unwrap();
        Answer::parse(&answer)
    }
}

fn role(gateway: &Gateway, name: &str) -> String {
    let shown = gateway.command(&["user", "show", name, "--json"], "");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    shown[0]["role"].as_str().or(shown["role"].as_str()).unwrap().to_owned()
}

/// A gateway with the administrators `root` and `boss` and the member `alice`.
fn open() -> Gateway {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "boss", "--role", "administrator"], PASSWORD).status.success());
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    gateway
}

#[test]
fn an_administrator_who_is_disabled_while_a_form_is_on_its_way_does_nothing_by_it() {
    const ALICE: &str = "/_cloakroom/admin/users/alice";
    let gateway = open();
    let mut root = gateway.signed_in();
    let change = format!("{ALICE}/change");
    let promotion = Held::form(&mut root, &change, &format!("{ALICE}/role"), &[("role", "administrator")]);
    let link = Held::form(&mut root, &change, &format!("{ALICE}/reset-link"), &[]);
    assert!(gateway.command(&["user", "disable", "root"], "").status.success());
    for held in [promotion, link] {
        let answer = held.finish();
        let location = answer.header("location").unwrap_or_default();
        assert!(answer.status == 303 && location.starts_with("/_cloakroom/login"), "{answer:?}");
    }
    assert_eq!(role(&gateway, "alice"), "member");
    let made = gateway.command(&["event", "list", "--json", "--kind", "reset_link_issued"], "");
    assert!(!String::from_utf8(made.stdout).unwrap().contains("alice"));
}

#[test]
fn a_session_that_is_ended_while_a_form_is_on_its_way_ends_no_other() {
    let gateway = open();
    let (mut stolen, mut own) = (gateway.signed_in(), gateway.signed_in());
    let others = Held::form(&mut stolen, "/_cloakroom/account", "revoke-others", &[]);
    let account = own.get("/_cloakroom/account");
    assert_eq!(own.submit(&account, "revoke-others", &[]).status, 303);
    let answer = others.finish();
    assert!(answer.header("location").unwrap().starts_with("/_cloakroom/login"), "{answer:?}");
    assert_eq!(own.get("/_cloakroom/account").status, 200);
}

#[test]
fn a_key_that_is_revoked_while_a_question_is_on_its_way_is_answered_nothing() {
    let api = Api::of(open(), "localhost");
    let key = api.key(&["verify"]);
    let bearer = format!("Bearer {key}");
    let question = json!({ "method": "GET", "url": "http://localhost/" }).to_string();
    let fields = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let held = hold(&mut api.browser("localhost"), &format!("{API}/verify"), &fields, &question);
    let id = key.split('_').nth(1).unwrap();
    assert!(api.gateway.command(&["api-key", "revoke", id], "").status.success());
    within(Duration::from_secs(10), "the key is refused", || {
        api.by_key(&key, "POST", "/verify", Some(&json!({}))).status == 401
    });
    assert_eq!(held.finish().problem(), "key_invalid");
}

#[test]
fn an_upload_that_is_on_its_way_ends_with_its_session_and_the_application_never_gets_the_rest() {
    let (tell, news) = mpsc::channel();
    let application = scripted(move |mut stream, _| {
        let head = read_head(&mut stream);
        let mut octets = [0; 64];
        while let Ok(count @ 1..) = stream.read(&mut octets) {
            tell.send(Some(octets[..count].to_vec())).unwrap();
        }
        assert!(head.starts_with("POST /transfer "), "{head}");
        tell.send(None).unwrap();
    });
    let (gateway, mut alice) = before(&format!("http://{application}"), "", &[]);
    for framing in [("Content-Length", "8", "half"), ("Transfer-Encoding", "chunked", "4\r\nhalf\r\n")] {
        let (field, value, half) = framing;
        let mut upload = alice.request("POST", "/transfer").header(field, value).open("keep-alive");
        upload.write_all(half.as_bytes()).unwrap();
        let mut so_far = Vec::new();
        while !so_far.windows(4).any(|octets| octets == b"half") {
            so_far.extend(news.recv().unwrap().unwrap());
        }
        assert!(gateway.command(&["session", "revoke-user", "alice"], "").status.success());
        let refused = read_head(&mut upload);
        assert!(refused.starts_with("HTTP/1.1 401 "), "{field}: {refused}");
        assert_eq!(news.recv().unwrap(), None, "{field}: the application is told that it was cut off");
        assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    }
}

#[test]
fn an_upload_that_takes_longer_than_its_session_lasts_is_finished() {
    let application = scripted(|mut stream, _| {
        let _head = read_head(&mut stream);
        let mut body = [0; 8];
        stream.read_exact(&mut body).unwrap();
        answer(&mut stream, "all of it");
    });
    let limits = ["--idle-timeout", "1s", "--absolute-timeout", "2s", "--reauthentication-window", "1s"];
    let (_gateway, mut alice) = before(&format!("http://{application}"), "", &limits);
    let mut upload = alice.request("POST", "/file").header("Content-Length", "8").open("close");
    upload.write_all(b"half").unwrap();
    within(Duration::from_secs(10), "the session is over", || alice.get("/_cloakroom/account").status == 303);
    // Longer than a session is looked at.
    take(Duration::from_secs(3));
    upload.write_all(b"half").unwrap();
    let mut answer = String::new();
    upload.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("all of it"), "{answer}");
}

#[test]
fn a_client_that_sends_no_whole_request_is_told_so_and_the_application_is_not_blamed() {
    let application = scripted(|mut stream, _| {
        let _all = stream.read_to_end(&mut Vec::new());
    });
    let (gateway, _alice) = before(&format!("http://{application}"), "", &[]);
    let request = format!(
        "POST /open/a HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nno number\r\n"
    );
    let answer = raw(gateway.address, request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[test]
fn a_download_that_outlives_its_table_still_ends_with_its_session() {
    let application = scripted(|mut stream, _| {
        let _head = read_head(&mut stream);
        let begun =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut sent = stream.write_all(begun);
        while sent.is_ok() {
            sent = stream.write_all(b"3\r\n{}\n\r\n");
            take(Duration::from_millis(50));
        }
    });
    let (gateway, mut alice) = before(&format!("http://{application}"), "", &[]);
    let mut download = alice.request("GET", "/everything").open("keep-alive");
    assert!(read_head(&mut download).starts_with("HTTP/1.1 200"));
    let file = std::fs::read_to_string(gateway.directory().join("cloakroom.toml")).unwrap();
    let log = gateway.reload(&file.replace("/open/*", "/public/*"));
    assert!(log.contains("was reloaded"), "{log}");
    let mut more = [0; 64];
    download.read_exact(&mut more).unwrap();
    assert!(gateway.command(&["session", "revoke-user", "alice"], "").status.success());
    within(Duration::from_secs(5), "the download is over", || matches!(download.read(&mut more), Ok(0)));
}
