//! How applications are reached: protocols, certificates, limits of time, and second tries.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::HeaderMap;

use crate::support::modern::{Certificate, Modern, by_http2};
use crate::support::scripted::{HOST, answer, before, read_head, scripted, take};
use crate::support::within;

/// A file of authorities in a directory that stays until the end of the story.
fn authority(certificate: &Certificate) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, &certificate.pem).unwrap();
    let terms = format!("upstream_ca = \"{}\"", file.display());
    (directory, terms)
}

#[test]
fn an_application_by_tls_is_spoken_to_by_what_both_prefer() {
    let certificate = Certificate::of("localhost");
    let (_directory, terms) = authority(&certificate);
    for (protocols, spoken) in [(&[&b"h2"[..], b"http/1.1"][..], "HTTP/2.0"), (&[b"http/1.1"], "HTTP/1.1")] {
        let application = Modern::start(Some((&certificate, protocols)));
        let upstream = format!("https://localhost:{}", application.address.port());
        let (_gateway, mut browser) = before(&upstream, &terms, &[]);
        for path in ["/a%2Fb?c", "/again"] {
            let echo = browser.get(path);
            assert_eq!(echo.status, 200, "{}", echo.body);
            assert!(
                echo.body.starts_with(&format!("{spoken} GET ")) && echo.body.contains(path),
                "{}",
                echo.body
            );
            assert!(
                echo.body.contains(HOST) && echo.body.contains(r#""remote-user": "alice""#),
                "{}",
                echo.body
            );
        }
        let posted = browser.request("POST", "/upload").body(&"x".repeat(700_000)).send();
        assert!(posted.body.contains(&"x".repeat(700_000)));
    }
}

#[test]
fn an_application_whose_certificate_nobody_vouches_for_gets_no_request() {
    let (certificate, other) = (Certificate::of("localhost"), Certificate::of("elsewhere.example"));
    let application = Modern::start(Some((&certificate, &[b"h2"])));
    let upstream = format!("https://localhost:{}", application.address.port());
    let (_directory, terms_of_another) = authority(&other);
    let (gateway, mut browser) = before(&upstream, "", &[]);
    assert_eq!(browser.get("/").status, 502);
    assert!(gateway.log().contains("cannot be reached"), "{}", gateway.log());
    let (_gateway, mut browser) = before(&upstream, &terms_of_another, &[]);
    assert_eq!(browser.get("/").status, 502);
    // The right authority, and another name.
    let (_directory, terms) = authority(&certificate);
    let by_address = format!("https://127.0.0.1:{}", application.address.port());
    let (_gateway, mut browser) = before(&by_address, &terms, &[]);
    assert_eq!(browser.get("/").status, 502);
}

#[test]
fn http_2_goes_from_end_to_end_with_bodies_and_trailers() {
    let application = Modern::start(None);
    let certificate = Certificate::of("login.localhost");
    let directory = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| directory.path().join(name));
    std::fs::write(&chain, &certificate.pem).unwrap();
    std::fs::write(&key, &certificate.key_pem).unwrap();
    let [chain, key] = [chain, key].map(|path| path.display().to_string());
    let flags = ["--tls-certificate", &chain, "--tls-key", &key];
    let (gateway, _) = before(&format!("h2c://{}", application.address), "", &flags);
    let ask = |method: &str, path: &str| {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-checksum", "7".parse().unwrap());
        trailers.insert("remote_user", "evil".parse().unwrap());
        let body = Full::new(Bytes::from("y".repeat(300_000)));
        let body = body.with_trailers(std::future::ready(Some(Ok(trailers)))).boxed();
        let request = Request::builder().method(method).uri(format!("https://{HOST}{path}"));
        let request = request.header("te", "trailers").header("remote-user", "evil").body(body).unwrap();
        by_http2(gateway.address, "login.localhost", &certificate.der, request)
    };
    let echo = ask("POST", "/open/a").unwrap();
    assert_eq!(echo.status, 200, "{}", echo.body);
    assert!(echo.body.starts_with(&format!("HTTP/2.0 POST http://{HOST}/open/a")), "{}", &echo.body[..200]);
    assert!(echo.body.contains(r#""te": "trailers""#) && echo.body.contains(&"y".repeat(300_000)));
    assert!(echo.body.contains(r#"{"x-checksum": "7"}"#) && !echo.body.contains("evil"));
    let trailers = echo.trailers.unwrap();
    assert_eq!(trailers["grpc-status"], "0");
    assert!(!trailers.contains_key("set-cookie"));
    assert!(echo.headers.contains_key("strict-transport-security"));
    // Nothing offers a WebSocket by HTTP/2, so that browsers use HTTP/1.1 for it.
    assert!(ask("CONNECT", "/open/a").map_or(true, |refused| refused.status == 405));
}

#[test]
fn trailers_pass_over_http_1_where_the_client_takes_them() {
    let application = scripted(|mut stream, _| {
        let head = read_head(&mut stream);
        assert!(head.to_lowercase().contains("\r\nte: trailers\r\n"), "{head}");
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, Set-Cookie\r\n\r\n\
                  2\r\nok\r\n0\r\nX-Sum: 7\r\nSet-Cookie: a=1\r\n\r\n",
            )
            .unwrap();
    });
    let (_gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let mut stream = browser.request("GET", "/").header("TE", "trailers").open("close");
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.ends_with("0\r\nx-sum: 7\r\n\r\n"), "{all}");
    assert!(!all.to_lowercase().contains("set-cookie: a=1"), "{all}");
}

#[test]
fn an_application_that_does_not_answer_is_a_504_for_a_page_and_for_a_program() {
    let application = scripted(|mut stream, _| {
        let _gone = stream.read_to_end(&mut Vec::new());
    });
    let (gateway, mut browser) =
        before(&format!("http://{application}"), "upstream_answer_timeout = \"1s\"", &[]);
    let page = browser.get("/");
    assert_eq!((page.status, page.header("content-type")), (504, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("took too long") && page.body.contains(page.header("x-request-id").unwrap()));
    let fetched = browser.request("POST", "/").header("Sec-Fetch-Mode", "cors").body("x").send();
    let id = fetched.header("x-request-id").unwrap();
    assert_eq!(fetched.status, 504);
    assert_eq!(fetched.body, format!(r#"{{"error":"application_timed_out","request":"{id}"}}"#));
    assert_eq!(fetched.header("content-type"), Some("application/json"));
    assert!(gateway.log().contains("took too long to answer"));
}

#[test]
fn a_connection_that_does_not_come_about_is_a_504_and_a_refused_one_a_502() {
    // It takes the connection, and says nothing to a TLS handshake.
    let silent = scripted(|mut stream, _| {
        let _all = stream.read_to_end(&mut Vec::new());
    });
    let terms = "upstream_connect_timeout = \"1s\"";
    let (_gateway, mut browser) = before(&format!("https://localhost:{}", silent.port()), terms, &[]);
    assert_eq!(browser.get("/").status, 504);
    let nobody = cloakroom_test_servers::vacant_address().unwrap();
    let (_gateway, mut browser) = before(&format!("http://{nobody}"), terms, &[]);
    let fetched = browser.request("GET", "/").header("Sec-Fetch-Mode", "cors").send();
    assert_eq!(fetched.status, 502);
    assert!(fetched.body.starts_with(r#"{"error":"application_unreachable","#), "{}", fetched.body);
}

#[test]
fn what_moves_is_not_cut_off_however_long_it_takes() {
    let application = scripted(|mut stream, _| {
        let head = read_head(&mut stream);
        if head.starts_with("POST") {
            let mut body = [0; 4];
            stream.read_exact(&mut body).unwrap();
            return answer(&mut stream, "all of it");
        }
        let media = if head.starts_with("GET /events") { "text/event-stream" } else { "text/plain" };
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\nfirst\n").unwrap();
        take(Duration::from_millis(2500));
        let _cut = stream.write_all(b"second\n");
    });
    let terms = "upstream_answer_timeout = \"1s\"\nupstream_silence_timeout = \"1s\"";
    let (_gateway, mut browser) = before(&format!("http://{application}"), terms, &[]);
    let whole = |browser: &mut crate::support::Browser, path| {
        let mut all = String::new();
        browser.request("GET", path).open("close").read_to_string(&mut all).map(|_| all).unwrap_or_default()
    };
    let events = whole(&mut browser, "/events");
    assert!(events.contains("first\n") && events.contains("second\n"), "{events}");
    let silent = whole(&mut browser, "/page");
    assert!(silent.contains("first\n") && !silent.contains("second\n"), "{silent}");
    // An upload is late only when nothing of it moves.
    let mut stream = browser.request("POST", "/").header("Content-Length", "4").open("close");
    for octet in b"body" {
        take(Duration::from_millis(600));
        stream.write_all(&[*octet]).unwrap();
    }
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.ends_with("all of it"), "{all}");
    let mut stream = browser.request("POST", "/").header("Content-Length", "4").open("close");
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 408"), "{all}");
}

/// An application that answers once by each connection, and hangs up when it is asked again.
fn forgetful() -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let address = scripted(move |mut stream, place| {
        for again in [false, true] {
            let head = read_head(&mut stream);
            if head.is_empty() {
                return;
            }
            seen.lock().unwrap().push(format!("{place} {}", head.split(' ').next().unwrap()));
            if !again {
                answer(&mut stream, "answered");
            }
        }
    });
    (address, asked)
}

#[test]
fn what_may_be_asked_twice_is_asked_again_when_an_idle_connection_was_closed() {
    let (application, asked) = forgetful();
    let (_gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    within(Duration::from_secs(20), "a connection is hung up on that was used before", || {
        assert_eq!(browser.get("/").body, "answered");
        asked.lock().unwrap().windows(2).any(|two| two[0] == two[1])
    });
}

#[test]
fn what_may_not_be_asked_twice_is_not() {
    let (application, asked) = forgetful();
    let (_gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let mut posts = 0;
    within(Duration::from_secs(20), "a connection is hung up on that was used before", || {
        assert_eq!(browser.get("/").body, "answered");
        posts += 1;
        browser.request("POST", "/").header("Sec-Fetch-Mode", "cors").body("x").send().status == 502
    });
    assert_eq!(asked.lock().unwrap().iter().filter(|seen| seen.ends_with("POST")).count(), posts);
    // Nor is anything that a fresh connection broke off over.
    let tries = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tries);
    let application = scripted(move |mut stream, _| {
        read_head(&mut stream);
        count.fetch_add(1, Ordering::SeqCst);
    });
    let (_gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    assert_eq!(browser.get("/").status, 502);
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}
