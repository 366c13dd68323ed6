//! Octets on the wire: framing that two programs could read in two ways, bodies that are large or slow, and clients that go away.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::scripted::{HOST, answer, before, browser_of, raw, read_head, scripted};
use crate::support::within;

/// An application that keeps what arrives until a connection is silent or ends, and answers each head.
fn recorder() -> (std::net::SocketAddr, Arc<Mutex<String>>) {
    let record = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&record);
    let address = scripted(move |mut stream, _| {
        let mut octets = [0; 4096];
        while let Ok(count) = stream.read(&mut octets)
            && count > 0
        {
            let text = String::from_utf8_lossy(&octets[..count]).into_owned();
            let mut record = seen.lock().unwrap();
            *record += &text;
            if record.ends_with("\r\n\r\n") || record.ends_with("end") {
                answer(&mut stream, "answered");
            }
        }
    });
    (address, record)
}

#[test]
fn a_request_that_can_be_read_in_two_ways_reaches_nobody_or_is_read_in_one() {
    let (application, record) = recorder();
    let (gateway, _) = before(&format!("http://{application}"), "", &[]);
    let ask = |fields: &str, body: &str| {
        record.lock().unwrap().clear();
        let request =
            format!("POST /open/a HTTP/1.1\r\nHost: {HOST}\r\n{fields}Connection: close\r\n\r\n{body}");
        let answer = raw(gateway.address, request.as_bytes());
        let status: u16 = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, record.lock().unwrap().clone())
    };
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (fields, body) in [
        ("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"),
        ("Content-Length: 3, 3\r\n", "abc"),
        ("Content-Length: +3\r\n", "abc"),
        ("Content-Length: 0x3\r\n", "abc"),
        ("Content-Length: 3\r\n Content-Length: 4\r\n", "abcd"),
        ("X-Folded: a\r\n b\r\nContent-Length: 3\r\n", "abc"),
        ("Content-Length : 3\r\n", "abc"),
        (" Content-Length: 3\r\n", "abc"),
        ("X Y: 3\r\nContent-Length: 3\r\n", "abc"),
        ("X-Nul: a\0b\r\nContent-Length: 3\r\n", "abc"),
        ("X-Cr: a\rb\r\nContent-Length: 3\r\n", "abc"),
        ("Transfer-Encoding: gzip\r\n", smuggled),
        ("Transfer-Encoding: chunked, gzip\r\n", smuggled),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", smuggled),
        ("Transfer-Encoding : chunked\r\n", smuggled),
        ("Transfer-Encoding: xchunked\r\n", smuggled),
        ("Transfer-Encoding:\u{b}chunked\r\n", smuggled),
        ("Host: other.example\r\nContent-Length: 3\r\n", "abc"),
    ] {
        let (status, seen) = ask(fields, body);
        assert_eq!((status, seen.as_str()), (400, ""), "{fields:?}");
    }
    for (fields, body) in [
        // One framing counts, and what follows it is nobody's request.
        ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", format!("3\r\nend\r\n0\r\n\r\n{smuggled}")),
        ("Transfer-Encoding: chunked\r\nContent-Length: 44\r\n", format!("3\r\nend\r\n0\r\n\r\n{smuggled}")),
        ("Content-Length: 3\r\nContent-Length: 3\r\n", format!("end{smuggled}")),
        // A field that CGI programs take for another says nothing of length.
        (
            "Content_Length: 99\r\nTransfer_Encoding: chunked\r\nContent-Length: 3\r\n",
            format!("end{smuggled}"),
        ),
    ] {
        let (status, seen) = ask(fields, &body);
        assert_eq!(status, 200, "{fields:?} {seen}");
        assert!(
            !seen.contains("smuggled") && seen.matches(" HTTP/1.1\r\n").count() == 1,
            "{fields:?} {seen}"
        );
        let head = seen.to_lowercase();
        let framings =
            ["\r\ncontent-length: ", "\r\ntransfer-encoding: "].map(|name| head.matches(name).count());
        assert_eq!(framings.iter().sum::<usize>(), 1, "{fields:?} {seen}");
    }
}

#[test]
fn a_body_whose_chunks_are_wrong_breaks_off_towards_the_application_too() {
    let whole = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&whole);
    let application = scripted(move |mut stream, _| {
        let mut all = Vec::new();
        let _cut = stream.read_to_end(&mut all);
        seen.fetch_or(all.ends_with(b"0\r\n\r\n"), Ordering::SeqCst);
    });
    let (gateway, _) = before(&format!("http://{application}"), "", &[]);
    for body in [
        "3\r\nabcX\r\n0\r\n\r\n",
        "G\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nabc",
        "0x3\r\nabc\r\n0\r\n\r\n",
    ] {
        let request =
            format!("POST /open/a HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        let answer = raw(gateway.address, request.as_bytes());
        assert!(!answer.starts_with("HTTP/1.1 200"), "{body:?} {answer}");
    }
    assert!(!whole.load(Ordering::SeqCst), "no such body looked like a whole one");
}

#[test]
fn heads_that_are_too_large_or_name_no_place_are_refused() {
    let (application, record) = recorder();
    let (gateway, _) = before(&format!("http://{application}"), "", &[]);
    let status = |request: String| {
        let answer = raw(gateway.address, request.as_bytes());
        answer.split(' ').nth(1).unwrap_or("none").to_owned()
    };
    let of = |line: &str, fields: &str| format!("{line}\r\n{fields}Connection: close\r\n\r\n");
    let host = format!("Host: {HOST}\r\n");
    let large = format!("{host}X-Large: {}\r\n", "x".repeat(100_000));
    assert_eq!(status(of("GET /open/a HTTP/1.1", &large)), "431");
    let many = host.clone() + &"X-Many: 1\r\n".repeat(200);
    assert_eq!(status(of("GET /open/a HTTP/1.1", &many)), "431");
    assert_eq!(status(of(&format!("GET /open/{} HTTP/1.1", "x".repeat(90_000)), &host)), "431");
    for (line, fields, expected) in [
        ("GET /open/a HTTP/1.1", "", "400"),
        ("GET /open/a HTTP/1.1", "Host: a\r\nHost: a\r\n", "400"),
        ("GET /open/a HTTP/1.1", "Host: a@b\r\n", "400"),
        ("GET /open/a HTTP/3.0", &host, "400"),
        ("GET open/a HTTP/1.1", &host, "400"),
        ("OPTIONS * HTTP/1.1", &host, "400"),
        ("CONNECT evil.example:443 HTTP/1.1", &host, "405"),
        ("TRACE /open/a HTTP/1.1", &host, "405"),
    ] {
        assert_eq!(status(of(line, fields)), expected, "{line} {fields}");
    }
    assert_eq!(*record.lock().unwrap(), "", "none of them reached the application");
}

#[test]
fn a_whole_address_in_the_first_line_wins_over_the_host_and_neither_is_made_up_by_a_client() {
    let (application, record) = recorder();
    let (gateway, _) = before(&format!("http://{application}"), "", &[]);
    let seen = |line: &str, host: &str| {
        record.lock().unwrap().clear();
        let answer =
            raw(gateway.address, format!("{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        record.lock().unwrap().to_lowercase()
    };
    for (line, host) in [
        (format!("GET http://{HOST}/open/a?b HTTP/1.1"), "evil.example"),
        ("GET /open/a?b HTTP/1.1".to_owned(), "evil.example"),
        ("GET http://evil.example/open/a?b HTTP/1.1".to_owned(), HOST),
    ] {
        let seen = seen(&line, host);
        assert!(seen.starts_with("get /open/a?b http/1.1\r\n"), "{seen}");
        assert!(seen.contains(&format!("\r\nhost: {HOST}\r\n")) && !seen.contains("evil"), "{seen}");
    }
}

#[test]
fn a_get_with_a_body_of_unknown_length_keeps_it() {
    let (application, record) = recorder();
    let (gateway, _) = before(&format!("http://{application}"), "", &[]);
    let head = format!(
        "GET /open/a HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    // The recorder answers a head by itself, so this body ends like one.
    let answer = raw(gateway.address, format!("{head}7\r\nend\r\n\r\n\r\n0\r\n\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    within(Duration::from_secs(5), "the body arrives", || {
        record.lock().unwrap().contains("7\r\nend\r\n\r\n\r\n")
    });
}

#[test]
fn a_body_is_asked_for_only_when_somebody_wants_it() {
    let (application, _) = recorder();
    let (gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let mut stranger = browser_of(&gateway);
    let mut stream = stranger
        .request("POST", "/private")
        .header("Expect", "100-continue")
        .header("Content-Length", "3")
        .open("close");
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 401"), "{all}");
    let mut stream = browser
        .request("POST", "/private")
        .header("Expect", "100-continue")
        .header("Content-Length", "3")
        .open("close");
    assert!(read_head(&mut stream).starts_with("HTTP/1.1 100 Continue\r\n"));
    stream.write_all(b"end").unwrap();
    all.clear();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 200") && all.ends_with("answered"), "{all}");
}

/// What a process has of the machine's memory now, in KiB.
fn memory_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Writes until nobody takes anything for a while, and counts.
fn fill(stream: &mut TcpStream, written: &AtomicU64) {
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let octets = vec![b'x'; 64 * 1024];
    loop {
        match stream.write(&octets) {
            Ok(count) => written.fetch_add(count as u64, Ordering::SeqCst),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return,
            Err(_) => return,
        };
    }
}

/// What sockets and one proxy between them may hold of a body that nobody takes. Most of it is the system's.
const UNDER_WAY_MAX: u64 = 24 * 1024 * 1024;

#[test]
fn a_slow_reader_holds_the_application_up_and_fills_no_memory() {
    let written = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&written);
    let full = Arc::new(AtomicBool::new(false));
    let is_full = Arc::clone(&full);
    let application = scripted(move |mut stream, _| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n").unwrap();
        fill(&mut stream, &count);
        is_full.store(true, Ordering::SeqCst);
        let _gone = stream.read(&mut [0]);
    });
    let (gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let before_it = memory_kib(gateway.process_id());
    let stream = browser.request("GET", "/").open("close");
    within(Duration::from_secs(20), "the application is held up", || full.load(Ordering::SeqCst));
    assert!(written.load(Ordering::SeqCst) < UNDER_WAY_MAX, "{written:?}");
    let after_it = memory_kib(gateway.process_id());
    assert!(after_it < before_it + 4096, "{before_it} KiB, then {after_it} KiB");
    drop(stream);
}

#[test]
fn a_slow_application_holds_the_client_up_and_fills_no_memory() {
    let application = scripted(|mut stream, _| {
        read_head(&mut stream);
        // It takes nothing until the client is gone.
        let _gone = stream.peek(&mut [0]);
        crate::support::scripted::take(Duration::from_secs(5));
    });
    let (gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let before_it = memory_kib(gateway.process_id());
    let mut stream = browser.request("POST", "/").header("Content-Length", "1000000000").open("close");
    let written = AtomicU64::new(0);
    fill(&mut stream, &written);
    assert!(written.load(Ordering::SeqCst) < UNDER_WAY_MAX, "{written:?}");
    let after_it = memory_kib(gateway.process_id());
    assert!(after_it < before_it + 4096, "{before_it} KiB, then {after_it} KiB");
}

#[test]
fn an_application_learns_at_once_that_nobody_waits_any_more() {
    let cancelled = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&cancelled);
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let application = scripted(move |mut stream, _| {
        let head = read_head(&mut stream);
        let path = head.split(' ').nth(1).unwrap().to_owned();
        count.fetch_add(1, Ordering::SeqCst);
        if path == "/endless" {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            while stream.write_all(b"more and more ").is_ok() {}
        } else {
            assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
        }
        seen.lock().unwrap().push(path);
    });
    let (_gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    for path in ["/unanswered", "/endless"] {
        let so_far = asked.load(Ordering::SeqCst);
        let stream = browser.request("GET", path).open("close");
        within(Duration::from_secs(10), "it is asked", || asked.load(Ordering::SeqCst) > so_far);
        stream.shutdown(Shutdown::Both).unwrap();
        within(Duration::from_secs(10), &format!("the application learns of {path}"), || {
            cancelled.lock().unwrap().iter().any(|gone| gone == path)
        });
    }
}
