//! Another configuration for a gateway that runs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{Application, Browser, Gateway, PASSWORD, within};

/// A gateway with the administrator `root` and this file.
fn configured(file: &str) -> Gateway {
    let gateway = Gateway::configured(file, &[]);
    let added = gateway.command(&["user", "add", "root"], PASSWORD);
    assert!(added.status.success(), "{added:?}");
    gateway
}

/// Asks for the sign-in page on a connection that stays.
fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /_cloakroom/login HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    read_answer(stream)
}

fn read_answer(stream: &mut TcpStream) -> String {
    let mut octets = Vec::new();
    while !octets.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        octets.push(octet[0]);
    }
    let head = String::from_utf8(octets).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

/// A `WebSocket` to the application, over which octets come back.
fn open_socket(gateway: &Gateway, browser: &mut Browser) -> TcpStream {
    let origin = format!("http://localhost:{}", gateway.address.port());
    let request = browser.request("GET", "/socket").header("Upgrade", "websocket");
    let mut stream = request.header("Sec-WebSocket-Version", "13").header("Origin", &origin).open("Upgrade");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        head.push(octet[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

fn is_echoed(stream: &mut TcpStream) -> bool {
    let mut echo = [0; 4];
    stream.write_all(b"ping").and_then(|()| stream.read_exact(&mut echo)).is_ok() && &echo == b"ping"
}

#[test]
fn a_connection_that_is_open_gets_what_the_new_configuration_says() {
    let gateway = configured("name = \"before\"");
    let mut stream = TcpStream::connect(gateway.address).unwrap();
    assert!(ask(&mut stream).contains("before"));
    let log = gateway.reload("name = \"after\"\nidle_timeout = \"10m\"");
    assert!(log.contains("the configuration was reloaded") && log.contains("name = \\\"after\\\""), "{log}");
    let page = ask(&mut stream);
    assert!(page.contains("after") && !page.contains("before"), "{page}");
    assert!(gateway.hang_up().contains("nothing in it has changed"));
}

#[test]
fn no_request_fails_while_the_configuration_is_reloaded_again_and_again() {
    let gateway = configured("name = \"gate 0\"");
    let (address, ending, answered) = (gateway.address, AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut kept = TcpStream::connect(address).unwrap();
                while !ending.load(Ordering::Relaxed) {
                    for stream in [&mut kept, &mut TcpStream::connect(address).unwrap()] {
                        let page = ask(stream);
                        assert!(page.starts_with("HTTP/1.1 200") && page.contains("gate "), "{page}");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for number in 1..=10 {
            let before = answered.load(Ordering::Relaxed);
            gateway.reload(&format!("name = \"gate {number}\""));
            within(Duration::from_secs(15), "requests go on", || {
                answered.load(Ordering::Relaxed) > before + 6
            });
        }
        ending.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_broken_configuration_changes_nothing_and_the_log_and_the_command_say_what_is_wrong() {
    let gateway = configured("name = \"before\"");
    let process = gateway.process_id().to_string();
    for (file, why) in [
        (
            "name = \"after\"\nidle_timeout = \"25h\"",
            "cloakroom.toml, line 2: idle_timeout = \"25h\" does not go with",
        ),
        ("name = \"after\"\n[[app]]\nname = \"wiki\"\n", "cloakroom.toml, line 2: an [[app]] has no origin"),
        ("name = \"after", "cloakroom.toml, line 1: "),
    ] {
        let log = gateway.reload(file);
        assert!(log.contains("the new configuration is refused, and the old one stays"), "{log}");
        assert!(log.replace("\\\"", "\"").contains(why), "{log}");
        let refused = gateway.command(&["reload", &process], "");
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(why), "{refused:?}");
        assert!(gateway.browser().get("/_cloakroom/login").body.contains("before"));
    }
    std::fs::write(gateway.directory().join("cloakroom.toml"), "name = \"after\"").unwrap();
    assert!(gateway.command(&["reload", &process], "").status.success());
    within(Duration::from_secs(15), "the new name is there", || {
        gateway.browser().get("/_cloakroom/login").body.contains("after")
    });
    let nobody = gateway.command(&["reload", "4194304"], "");
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("cannot be asked"), "{nobody:?}");
}

#[test]
fn what_cannot_change_while_running_refuses_all_of_the_reload_by_name() {
    let gateway = configured("name = \"before\"");
    let log = gateway
        .reload("name = \"after\"\naccounts = \"sqlite:other.db\"\npublic_url = \"http://a.localhost\"");
    assert!(log.contains("public_url, accounts cannot change while the gateway runs; restart it"), "{log}");
    assert!(gateway.browser().get("/_cloakroom/login").body.contains("before"));
    assert!(!gateway.directory().join("other.db").exists());
}

#[test]
fn a_socket_outlives_a_reload_unless_its_application_is_another() {
    let (first, second) = (Application::start(), Application::start());
    let file = |name: &str, application: &Application| {
        format!("name = \"{name}\"\nproxy = \"{}\"", application.url())
    };
    let gateway = configured(&file("a", &first));
    let mut browser = gateway.signed_in();
    let mut kept = open_socket(&gateway, &mut browser);
    gateway.reload(&file("b", &first));
    let mut later = open_socket(&gateway, &mut browser);
    gateway.reload(&file("c", &first));
    assert!(is_echoed(&mut kept) && is_echoed(&mut later));
    gateway.reload(&file("c", &second));
    let mut octet = [0];
    for stream in [&mut kept, &mut later] {
        assert_eq!(stream.read(&mut octet).unwrap(), 0, "it is closed");
    }
    assert!(is_echoed(&mut open_socket(&gateway, &mut browser)));
    gateway.reload("name = \"c\"");
    assert_eq!(browser.get("/page").status, 404, "the application is gone");
}

#[test]
fn a_request_under_way_ends_at_the_application_where_it_began() {
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = configured(&format!("proxy = \"http://{}\"", first.local_addr().unwrap()));
    let mut browser = gateway.signed_in();
    let request = browser.request("POST", "/upload").header("Content-Length", "8");
    let mut stream = request.open("keep-alive");
    stream.write_all(b"half").unwrap();
    let (mut application, _) = first.accept().unwrap();
    let mut got = Vec::new();
    let mut read_to = |end: &[u8]| {
        while !got.ends_with(end) {
            let mut octet = [0];
            application.read_exact(&mut octet).unwrap();
            got.push(octet[0]);
        }
    };
    read_to(b"\r\n\r\nhalf");
    let log = gateway.reload("[[app]]\nname = \"new\"\norigin = \"http://new.localhost\"");
    assert!(log.contains("app new is new"), "{log}");
    assert_eq!(browser.get("/").header("location"), Some("/_cloakroom/account"), "it has taken effect");
    stream.write_all(b"half").unwrap();
    read_to(b"halfhalf");
    application.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone").unwrap();
    let answer = read_answer(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
}

#[test]
fn shorter_limits_end_sessions_that_are_there_and_nobody_else_is_signed_out() {
    let gateway = configured("");
    let mut browser = gateway.signed_in();
    gateway.reload("idle_timeout = \"30m\"\ntrusted_proxies = [\"10.0.0.0/8\"]\nlog = \"debug\"");
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
    gateway.reload("absolute_timeout = \"2s\"\nidle_timeout = \"1s\"\nreauthentication_window = \"1s\"");
    within(Duration::from_secs(15), "the session is over", || {
        browser.get("/_cloakroom/account").status == 303
    });
}

#[test]
fn a_service_manager_is_told_when_it_is_ready_when_it_reloads_and_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let heard = || {
        let mut octets = [0; 1024];
        let length = socket.recv(&mut octets).unwrap();
        String::from_utf8(octets[..length].to_vec()).unwrap()
    };
    let mut serving = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env("NOTIFY_SOCKET", &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let signal = |name: &str| Command::new("kill").args([name, &serving.id().to_string()]).status().unwrap();
    let ready = heard();
    assert!(ready.starts_with("READY=1\nSTATUS=listening on 127.0.0.1:"), "{ready}");
    std::fs::write(folder.path().join("cloakroom.toml"), "idle_timeot = \"1h\"\n").unwrap();
    signal("-HUP");
    assert!(heard().starts_with("RELOADING=1"));
    let refused = heard();
    assert!(
        refused.starts_with("READY=1\nSTATUS=the new configuration is refused: ")
            && refused.contains("line 1: unknown key"),
        "{refused}"
    );
    signal("-TERM");
    assert!(heard().starts_with("STOPPING=1"));
    assert!(serving.wait().unwrap().success());
}
