//! An application behind the gateway.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::support::{Application, Browser, Gateway, PASSWORD};

fn behind() -> (Application, Gateway) {
    let application = Application::start();
    let gateway = Gateway::set_up(&["--proxy", &application.url()]);
    (application, gateway)
}

/// The fields of the request that the application saw.
fn seen<'a>(echo: &'a str, name: &str) -> Vec<&'a str> {
    let fields = echo.lines().filter_map(|line| line.split_once(':'));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
}

#[test]
fn hdr_10_the_application_learns_who_is_there_and_nothing_that_a_client_made_up() {
    let (_application, gateway) = behind();
    let mut browser = gateway.signed_in();
    let mut request =
        browser.request("GET", "/a%2Fb//c?x=%20").header("Connection", "X-Cloakroom-Aal, X-Hop");
    for name in [
        "Remote-User",
        "remote_user",
        "Remote_Groups",
        "REMOTE-EMAIL",
        "Remote-Name",
        "X-Forwarded-User",
        "x_forwarded_for",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Cloakroom-Session",
        "X_Cloakroom_Aal",
        "Forwarded",
        "X-Real-IP",
        "X-Hop",
    ] {
        request = request.header(name, "evil");
    }
    let answer = request.send();
    assert_eq!(answer.status, 200);
    let echo = &answer.body;
    assert!(echo.starts_with("GET /a%2Fb//c?x=%20 HTTP/1.1"), "{echo}");
    assert!(!echo.contains("evil"), "{echo}");
    assert_eq!(seen(echo, "remote-user"), ["root"]);
    assert_eq!(seen(echo, "remote-name"), ["root"]);
    assert_eq!(seen(echo, "remote-groups"), [""]);
    assert_eq!(seen(echo, "remote-email"), [""]);
    assert_eq!(seen(echo, "x-cloakroom-aal"), ["1"]);
    assert_eq!(seen(echo, "x-cloakroom-session")[0].len(), 32);
    assert!(seen(echo, "x-cloakroom-auth-time")[0].parse::<u64>().is_ok());
    assert_eq!(seen(echo, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(seen(echo, "x-forwarded-proto"), ["http"]);
    assert_eq!(seen(echo, "x-forwarded-host"), [format!("localhost:{}", gateway.address.port())]);
    assert_eq!(seen(echo, "x-request-id"), answer.all("x-request-id"));
}

/// How late an application may learn of a change, as the documentation promises.
const BOUND: Duration = Duration::from_secs(1);

#[expect(clippy::disallowed_methods, reason = "the bound is one of real time")]
#[test]
fn groups_and_address_are_those_of_a_second_ago_in_sessions_under_way_too() {
    let (_application, gateway) = behind();
    let edit = |words: &[&str]| {
        let edit = [&["user", "edit", "root"], words].concat();
        assert!(gateway.command(&edit, "").status.success());
        Instant::now()
    };
    edit(&["--display-name", "Ræt", "--email", "root@example.org", "--add-group", "a", "--add-group", "B"]);
    let mut browser = gateway.signed_in();
    let first = browser.get("/").body;
    assert_eq!(seen(&first, "remote-user"), ["root"]);
    assert_eq!(seen(&first, "remote-name"), ["R%C3%A6t"]);
    assert_eq!(seen(&first, "remote-email"), ["root@example.org"]);
    assert_eq!(seen(&first, "remote-groups"), ["B,a"]);
    let changed = edit(&["--no-email", "--remove-group", "B"]);
    loop {
        let asked = Instant::now();
        let echo = browser.get("/").body;
        if (seen(&echo, "remote-email"), seen(&echo, "remote-groups")) == (vec![""], vec!["a"]) {
            break;
        }
        assert!(asked - changed < BOUND, "the application still learns what was");
    }
}

#[test]
fn our_cookie_stays_between_browser_and_gateway() {
    let (_application, gateway) = behind();
    let mut browser = gateway.signed_in();
    browser.jar.insert("other".into(), "1".into());
    let answer = browser.get("/");
    assert_eq!(seen(&answer.body, "cookie"), ["other=1"]);
    assert_eq!(answer.all("set-cookie"), ["app=1; Path=/;  weird=\"x\""]);
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
}

#[test]
fn fields_of_one_connection_end_there() {
    let (_application, gateway) = behind();
    let answer = gateway.signed_in().get("/");
    assert_eq!(answer.header("x-secret"), None);
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(answer.header("content-security-policy"), None);
}

#[test]
fn bodies_go_both_ways() {
    let (_application, gateway) = behind();
    let body = "x".repeat(300_000);
    let answer = gateway.signed_in().request("POST", "/upload").body(&body).send();
    assert!(answer.body.ends_with(&body));
}

#[test]
fn whoever_is_not_signed_in_never_reaches_the_application() {
    let (_application, gateway) = behind();
    let mut browser = gateway.browser();
    let page = browser.get("/a?b=c");
    assert_eq!((page.status, page.header("location")), (302, Some("/_cloakroom/login?next=%2Fa%3Fb%3Dc")));
    let origin = format!("http://localhost:{}", gateway.address.port());
    let posted = browser
        .request("POST", "/form")
        .navigating()
        .header("Referer", &format!("{origin}/page"))
        .body("x")
        .send();
    assert_eq!(
        (posted.status, posted.header("location")),
        (303, Some("/_cloakroom/login?next=%2Fpage&lost=POST"))
    );
    assert!(browser.get(posted.header("location").unwrap()).body.contains("was not taken"));
    let fetched = browser
        .request("GET", "/data")
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Site", "same-origin")
        .send();
    assert_eq!((fetched.status, fetched.header("location")), (401, None));
    assert_eq!(
        fetched.body,
        format!(r#"{{"error":"session_required","login_url":"{origin}/_cloakroom/login"}}"#)
    );
    assert_eq!(fetched.header("x-cloakroom-login").unwrap(), format!("{origin}/_cloakroom/login"));
    assert!(fetched.header("www-authenticate").unwrap().starts_with("Cloakroom realm="));
    let socket = browser.request("GET", "/socket").header("Upgrade", "websocket").send();
    assert_eq!(socket.status, 401);
}

#[test]
fn a_sign_in_leads_back_to_the_application() {
    let (_application, gateway) = behind();
    let mut browser = gateway.browser();
    let page = browser.get("/a?b=c");
    let page = browser.get(page.header("location").unwrap());
    let answer = browser.submit(&page, "/_cloakroom/login", &[("username", "root"), ("password", PASSWORD)]);
    assert_eq!(answer.header("location"), Some("/a?b=c"));
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).header("location"), Some("/"));
}

#[test]
fn our_own_paths_are_never_the_applications() {
    let (_application, gateway) = behind();
    let mut browser = gateway.signed_in();
    for path in ["/_cloakroom/nothing", "/_cloakroom", "/_cloakroom/"] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
}

#[test]
fn an_application_that_is_down_is_a_502_with_a_number() {
    let nobody = cloakroom_test_servers::vacant_address().unwrap();
    let gateway = Gateway::set_up(&["--proxy", &format!("http://{nobody}")]);
    let answer = gateway.signed_in().get("/");
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains(answer.header("x-request-id").unwrap()));
}

fn open_socket(browser: &mut Browser, origin: &str) -> (std::net::TcpStream, String) {
    let mut stream = browser
        .request("GET", "/socket")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Origin", origin)
        .open("Upgrade");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        head.push(octet[0]);
    }
    (stream, String::from_utf8(head).unwrap())
}

#[test]
fn a_socket_is_carried_until_its_session_ends() {
    let (_application, gateway) = behind();
    let origin = format!("http://localhost:{}", gateway.address.port());
    let mut browser = gateway.signed_in();
    let (mut stream, head) = open_socket(&mut browser, &origin);
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream.write_all(b"ping").unwrap();
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"ping");
    assert!(gateway.command(&["session", "revoke-user", "root"], "").status.success());
    assert_eq!(stream.read(&mut echo).unwrap(), 0, "the socket is closed");
}

#[test]
fn a_stream_comes_at_once_and_breaks_off_when_its_session_ends() {
    let (_application, gateway) = behind();
    let mut stream = gateway.signed_in().request("GET", "/stream").open("close");
    let mut seen = Vec::new();
    while !seen.ends_with(b"data: 1\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        seen.push(octet[0]);
    }
    assert!(gateway.command(&["session", "revoke-user", "root"], "").status.success());
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty(), "it breaks off without the mark of a proper end");
}

#[test]
fn a_socket_from_another_site_is_refused() {
    let (_application, gateway) = behind();
    let (_, head) = open_socket(&mut gateway.signed_in(), "https://sub.localhost");
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
}

#[test]
fn without_an_application_home_is_the_account_page() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.browser();
    assert_eq!(browser.get("/").header("location"), Some("/_cloakroom/account"));
    assert_eq!(browser.get("/anything").status, 404);
}
