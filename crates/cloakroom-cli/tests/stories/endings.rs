//! How what is open comes to an end: with its session, or with the process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::support::scripted::{HOST, answer, before, browser_of, read_head, scripted, take};
use crate::support::{Application, Browser, Gateway, PASSWORD, within};

/// A frame with one letter, as a client sends it; the application sends it back as it is.
const FRAME: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'x'];

fn open_socket(browser: &mut Browser) -> TcpStream {
    let mut stream = browser
        .request("GET", "/socket")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Origin", &format!("http://{HOST}"))
        .open("Upgrade");
    let head = read_head(&mut stream);
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream
}

fn echoes(mut socket: &TcpStream) -> bool {
    let mut echo = [0; FRAME.len()];
    socket.write_all(&FRAME).and_then(|()| socket.read_exact(&mut echo)).is_ok() && echo == FRAME
}

fn rest(socket: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _end = socket.read_to_end(&mut rest);
    rest
}

#[test]
fn of_three_hundred_sockets_the_one_whose_session_ends_is_closed_with_a_reason_and_each_costs_little() {
    let application = Application::start();
    let (gateway, mut alice) = before(&application.url(), "", &[]);
    let mut other = browser_of(&gateway);
    assert_eq!(other.sign_in("alice", PASSWORD).status, 303);
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.process_id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let first = open_socket(&mut alice);
    assert!(echoes(&first));
    let begun = memory();
    let sockets: Vec<TcpStream> = (0..299).map(|_| open_socket(&mut alice)).collect();
    let mut of_the_other = open_socket(&mut other);
    assert!(sockets.iter().all(echoes) && echoes(&of_the_other));
    let each_kib = (memory() - begun) / 300;
    assert!(each_kib < 16, "{each_kib} KiB for each socket");

    let page = other.get("/_cloakroom/logout");
    assert_eq!(other.submit(&page, "/_cloakroom/logout", &[]).status, 303);
    of_the_other.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    assert_eq!(rest(&mut of_the_other), [0x88, 2, 0x03, 0xf0], "1008, within three seconds");
    assert!(echoes(&first) && sockets.iter().all(echoes), "the others go on");
}

#[test]
fn at_the_end_sockets_are_told_so_events_end_and_requests_finish() {
    let finishing = Arc::new(AtomicBool::new(false));
    let finish = Arc::clone(&finishing);
    let application = scripted(move |mut stream, _| {
        let head = read_head(&mut stream);
        if head.starts_with("GET /slow") {
            while !finish.load(Ordering::SeqCst) {
                take(Duration::from_millis(20));
            }
            answer(&mut stream, "all of it");
        } else if head.starts_with("GET /events") {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
                .unwrap();
            let _gone = stream.read(&mut [0]);
        } else {
            stream
                .write_all(
                    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                )
                .unwrap();
            let mut octets = [0; 64];
            while let Ok(count) = stream.read(&mut octets)
                && count > 0
                && stream.write_all(&octets[..count]).is_ok()
            {}
        }
    });
    let (mut gateway, mut browser) = before(&format!("http://{application}"), "", &[]);
    let mut slow = browser.request("GET", "/slow").open("keep-alive");
    let mut events = browser.request("GET", "/events").open("keep-alive");
    let head = read_head(&mut events);
    assert!(head.to_lowercase().contains("transfer-encoding: chunked"), "{head}");
    let mut socket = open_socket(&mut browser);
    assert!(echoes(&socket));
    gateway.ask_to_end();
    assert_eq!(rest(&mut socket), [0x88, 2, 0x03, 0xe9], "1001");
    assert!(rest(&mut events).ends_with(b"data: 1\n\n\r\n0\r\n\r\n"), "a whole stream");
    assert!(TcpStream::connect(gateway.address).is_err(), "nobody listens any more");
    assert!(gateway.has_ended().is_none(), "one request is under way");
    finishing.store(true, Ordering::SeqCst);
    assert!(String::from_utf8(rest(&mut slow)).unwrap().ends_with("all of it"));
    within(Duration::from_secs(5), "it ends", || gateway.has_ended().is_some());
    assert!(gateway.has_ended().unwrap().success());
}

#[test]
fn whoever_has_connected_by_the_end_is_answered() {
    let mut gateway = Gateway::start(&[]);
    let ask = || {
        let mut stream = TcpStream::connect(gateway.address).unwrap();
        stream.write_all(b"GET /_cloakroom/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        stream
    };
    let waiting = gateway.ask_to_end_after(|| (0..50).map(|_| ask()).collect::<Vec<_>>());
    for mut stream in waiting {
        let answer = String::from_utf8(rest(&mut stream)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    within(Duration::from_secs(5), "it ends", || gateway.has_ended().is_some());
}

#[test]
fn an_end_has_a_limit_and_a_second_signal_is_an_end_at_once() {
    let application = scripted(|mut stream, _| {
        let _all = stream.read_to_end(&mut Vec::new());
    });
    let begin = |limit: &str| {
        let (gateway, mut browser) =
            before(&format!("http://{application}"), "", &["--shutdown-timeout", limit]);
        let stuck = browser.request("GET", "/").open("close");
        // It is under way once another has gone through after it.
        assert_eq!(browser.get("/_cloakroom/account").status, 200);
        (gateway, stuck)
    };
    let (mut gateway, _stuck) = begin("1s");
    gateway.ask_to_end();
    within(Duration::from_secs(5), "it ends by its limit", || gateway.has_ended().is_some());
    assert!(gateway.log().contains("were cut off"), "{}", gateway.log());
    let (mut gateway, _stuck) = begin("10m");
    gateway.ask_to_end();
    within(Duration::from_secs(5), "it is ending", || gateway.log().contains("another signal ends at once"));
    assert!(gateway.has_ended().is_none());
    gateway.ask_to_end();
    within(Duration::from_secs(5), "it ends at once", || gateway.has_ended().is_some());
}

/// Starts the program with a socket that it inherits, as systemd does, and waits until it answers.
fn start_with(listener: &TcpListener, directory: &Path) -> Child {
    const SCRIPT: &str = "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" serve 3<&0 0</dev/null";
    let mut child = Command::new("sh")
        .args(["-c", SCRIPT, env!("CARGO_BIN_EXE_cloakroom")])
        .current_dir(directory)
        .stdin(Stdio::from(OwnedFd::from(listener.try_clone().unwrap())))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("Listening on ") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it did not start");
    }
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    child
}

/// Asks over and over, each time by a new connection, until told to stop; counts what was answered and what was not.
fn visit(address: SocketAddr, stop: &AtomicBool, answered: &AtomicU64, failed: &AtomicU64) {
    while !stop.load(Ordering::SeqCst) {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            stream.write_all(
                b"GET /open/a HTTP/1.1\r\nHost: login.localhost:9000\r\nConnection: close\r\n\r\n",
            )?;
            let mut all = String::new();
            stream.read_to_string(&mut all)?;
            Ok(all.starts_with("HTTP/1.1 200") && all.ends_with("answered"))
        };
        let count = if ask().unwrap_or(false) { answered } else { failed };
        count.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn no_request_fails_while_processes_take_over_from_each_other_on_a_socket_that_stays() {
    let application = scripted(|mut stream, _| {
        while !read_head(&mut stream).is_empty() {
            answer(&mut stream, "answered");
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let file = format!(
        "public_url = \"http://{HOST}\"\n[[app]]\nname = \"it\"\norigin = \"http://{HOST}\"\n\
         upstream = \"http://{application}\"\n[[app.rule]]\npath = \"/open/*\"\npublic = true\n"
    );
    std::fs::write(directory.path().join("cloakroom.toml"), file).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut running = start_with(&listener, directory.path());
    let [answered, failed] = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let visitors: Vec<_> = (0..8)
        .map(|_| {
            let (stop, answered, failed) = (Arc::clone(&stop), Arc::clone(&answered), Arc::clone(&failed));
            std::thread::spawn(move || visit(address, &stop, &answered, &failed))
        })
        .collect();
    for _ in 0..3 {
        let so_far = answered.load(Ordering::SeqCst);
        within(Duration::from_secs(20), "visitors are answered", || {
            answered.load(Ordering::SeqCst) > so_far + 50
        });
        Command::new("kill").arg(running.id().to_string()).status().unwrap();
        assert!(running.wait().unwrap().success());
        running = start_with(&listener, directory.path());
    }
    let so_far = answered.load(Ordering::SeqCst);
    within(Duration::from_secs(20), "visitors are answered", || {
        answered.load(Ordering::SeqCst) > so_far + 50
    });
    stop.store(true, Ordering::SeqCst);
    for visitor in visitors {
        visitor.join().unwrap();
    }
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(failed.load(Ordering::SeqCst), 0, "of {answered:?}");
}
