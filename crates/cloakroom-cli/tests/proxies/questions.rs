//! What each proxy asks the gateway about a request, and what it hands to the application.

use crate::forged::FORGED;
use crate::http::{Request, echo_over};
use crate::setup::Setup;
use crate::shared::on_every_proxy;
use crate::stage::{Question, Stage};

on_every_proxy!(
    Stage,
    [
        the_question_is_about_the_very_path_that_the_application_gets,
        a_client_can_forge_neither_the_question_nor_an_identity,
        nothing_that_connection_names_is_taken_away_behind_the_answer,
        a_question_has_no_body_and_the_application_gets_all_of_it,
        a_body_without_a_length_reaches_the_application_too,
        every_line_of_cookies_is_asked_about_and_ours_stays_here,
        without_cookies_left_the_application_gets_none,
        seven_kilobytes_of_cookies_pass_and_come_back,
        what_decides_is_asked_about,
        a_socket_is_asked_about_as_one_and_carried,
        nothing_but_a_socket_is_upgraded,
        questions_share_connections,
        nobody_outside_can_ask,
        own_paths_go_to_the_gateway_unasked,
        the_sign_in_host_is_the_gateways,
        hosts_that_are_nobodys_are_refused,
        a_target_with_a_host_of_its_own_is_asked_about_as_that_host,
    ]
);

fn signed_in(method: &str, target: &str) -> Request {
    Request::new(method, target).field("Cookie", "session=good")
}

fn the_question_is_about_the_very_path_that_the_application_gets(stage: &Stage) {
    for method in ["GET", "POST", "DELETE"] {
        let request = signed_in(method, "/a%41b//c/../d;e=f?x=1&y=%20z&u=//%2F");
        let (got, _) = stage.pass(&request);
        assert_eq!(got.word(0), method);
        let url = format!("http://{}{}", stage.proxy.wiki(), got.word(1));
        assert_eq!(stage.question(&stage.asked(&request)), Question { method: method.to_owned(), url });
        // Traefik and Envoy tidy the path for everybody alike; the others leave it as it came.
        let path = match stage.setup() {
            Setup::Traefik | Setup::Envoy => "/aAb/d;e=f?x=1&y=%20z&u=//%2F",
            _ => "/a%41b//c/../d;e=f?x=1&y=%20z&u=//%2F",
        };
        assert_eq!(got.word(1), path);
    }
}

fn a_client_can_forge_neither_the_question_nor_an_identity(stage: &Stage) {
    let request =
        FORGED.iter().fold(signed_in("GET", "/a"), |request, (name, value)| request.field(name, value));
    let (mut got, _) = stage.pass(&request);
    if stage.setup() == Setup::Traefik {
        // The one field of these that it cannot be told to take away by every spelling, and no identity.
        got.fields.retain(|(name, _)| name != "x_original_url");
    }
    let asked = stage.asked(&request);
    let url = format!("http://{}/a", stage.proxy.wiki());
    assert_eq!(stage.question(&asked), Question { method: "GET".to_owned(), url });
    // Traefik hands on X_Original_URL, which its endpoint does not read; one that looks like a field that it reads never comes.
    let read = if stage.setup().is_nginx() { "x-original-" } else { "x-forwarded-" };
    for (name, _) in asked.head.fields.iter().filter(|(name, _)| name.contains('_')) {
        assert!(!name.replace('_', "-").starts_with(read), "{name}");
    }
    assert!(!asked.head.one("x-forwarded-for").unwrap().contains("6.6.6.6"));
    for evil in ["evil", "EVIL", "6.6.6.6"] {
        assert!(!got.mentions(evil), "{evil}: {got:?}");
    }
    assert_eq!(got.one("remote-user"), Some("alice"));
    assert_eq!(got.one("remote-groups"), Some("staff,ops"));
    assert_eq!(got.one("remote-name"), Some("Alice L."));
    assert_eq!(got.one("remote-email").unwrap_or_default(), "");
    assert_eq!(got.one("x-cloakroom-session"), Some("00ff"));
    assert_eq!(got.one("x-cloakroom-aal"), Some("1"));
    assert_eq!(got.one("x-cloakroom-auth-time"), Some("1700000000"));
    assert_eq!(got.one("x-cloakroom-jwt").unwrap_or_default(), "");
    assert_eq!(got.one("host"), Some(&*stage.proxy.wiki()));
    assert_eq!(got.one("x-forwarded-host"), Some(&*stage.proxy.wiki()));
    assert_eq!(got.one("x-forwarded-proto"), Some("http"));
    // Envoy gives its own address for a client on the same machine.
    if stage.setup() != Setup::Envoy {
        assert_eq!(got.one("x-forwarded-for"), Some("127.0.0.1"));
        assert_eq!(asked.head.one("x-forwarded-for"), Some("127.0.0.1"));
    }
}

/// Source: CVE-2025-48865.
fn nothing_that_connection_names_is_taken_away_behind_the_answer(stage: &Stage) {
    let named = "Cookie, Remote-User, X-Cloakroom-Aal, X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Uri, X-Original-URL";
    let answer = stage.send(&signed_in("GET", "/a").field("Connection", named));
    if answer.status == 200 {
        let (got, _) = answer.echo();
        assert_eq!(got.one("remote-user"), Some("alice"));
        assert_eq!(got.one("x-cloakroom-aal"), Some("1"));
        assert_eq!(got.one("x-forwarded-host"), Some(&*stage.proxy.wiki()));
        assert!(!got.all("connection").concat().to_lowercase().contains("remote-user"), "{got:?}");
    } else {
        // Traefik takes the cookie away before it asks, and Envoy the whole request.
        assert!([400, 401].contains(&answer.status), "{answer:?}");
    }
}

fn a_question_has_no_body_and_the_application_gets_all_of_it(stage: &Stage) {
    let body = "0123456789".repeat(30_000);
    let request = signed_in("POST", "/upload").body(body.clone());
    let (_, got) = stage.pass(&request);
    assert!(got == body, "{} octets", got.len());
    let asked = stage.asked(&request);
    assert!(asked.body.is_empty());
    assert_eq!(asked.head.one("content-length").unwrap_or("0"), "0");
    assert_eq!(asked.head.one("transfer-encoding"), None);
}

fn a_body_without_a_length_reaches_the_application_too(stage: &Stage) {
    let request = signed_in("POST", "/upload").chunks(&["01234", "56789"]);
    let (_, got) = stage.pass(&request);
    assert_eq!(got, "0123456789");
    let asked = stage.asked(&request);
    assert!(asked.body.is_empty());
    assert_eq!(asked.head.one("transfer-encoding"), None);
}

fn every_line_of_cookies_is_asked_about_and_ours_stays_here(stage: &Stage) {
    let request = Request::get("/")
        .field("Cookie", "a=1; weird=\"x, y\"")
        .field("Cookie", "session=good")
        .field("Cookie", "b=%20; c==");
    let (got, _) = stage.pass(&request);
    let asked = stage.asked(&request);
    assert_eq!(asked.head.all("cookie").join("; "), "a=1; weird=\"x, y\"; session=good; b=%20; c==");
    assert_eq!(got.one("cookie"), Some("a=1; weird=\"x, y\"; b=%20; c=="));
}

fn without_cookies_left_the_application_gets_none(stage: &Stage) {
    let (got, _) = stage.pass(&signed_in("GET", "/"));
    assert_eq!(got.one("cookie").unwrap_or_default(), "");
}

/// They come back in the head of the gateway's answer, for which nginx has 4 KiB when nothing is said.
fn seven_kilobytes_of_cookies_pass_and_come_back(stage: &Stage) {
    let large = format!("large={}", "x".repeat(7000));
    let (got, _) = stage.pass(&Request::get("/").field("Cookie", &format!("session=good; {large}")));
    assert_eq!(got.one("cookie"), Some(&*large));
}

fn what_decides_is_asked_about(stage: &Stage) {
    let fields = [
        ("Accept", "text/html;q=0.5"),
        ("Authorization", "Bearer abc"),
        ("Origin", "http://other.example"),
        ("Referer", "http://other.example/page"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("X-Requested-With", "XMLHttpRequest"),
        ("Access-Control-Request-Method", "PUT"),
    ];
    let request =
        fields.iter().fold(Request::new("OPTIONS", "/"), |request, (name, value)| request.field(name, value));
    assert_eq!(stage.send(&request).status, 401);
    let asked = stage.asked(&request);
    assert_eq!(stage.question(&asked).method, "OPTIONS");
    for (name, value) in fields {
        assert_eq!(asked.head.one(&name.to_lowercase()), Some(value), "{name}");
    }
}

fn a_socket_is_asked_about_as_one_and_carried(stage: &Stage) {
    let origin = format!("http://{}", stage.proxy.wiki());
    let stranger = Request::get("/socket").socket(&origin);
    assert_eq!(stage.send(&stranger).status, 401);
    let asked = stage.asked(&stranger);
    assert_eq!(asked.head.one("origin"), Some(&*origin));
    // Traefik takes the first of these away.
    let signs = ["upgrade", "sec-websocket-key"].map(|name| asked.head.one(name).is_some());
    assert!(signs.contains(&true), "{asked:?}");
    let request = signed_in("GET", "/socket").socket(&origin);
    let (mut stream, answer) = request.open(stage.proxy.port, &stage.proxy.wiki());
    assert_eq!(answer.status, 101, "{answer:?}");
    assert_eq!(echo_over(&mut stream, b"ping"), b"ping");
    let got = stage.application.asked(request.mark());
    assert_eq!(got[0].head.one("remote-user"), Some("alice"));
}

/// A connection that becomes HTTP/2 behind the proxy carries requests that nobody is asked about.
///
/// Source: Jake Miller, "h2c Smuggling", Bishop Fox, 2020.
fn nothing_but_a_socket_is_upgraded(stage: &Stage) {
    for protocol in ["h2c", "H2C", "h2c, websocket", "TLS/1.0", "other"] {
        let request = signed_in("GET", "/")
            .field("Connection", "Upgrade, HTTP2-Settings")
            .field("Upgrade", protocol)
            .field("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA");
        let answer = stage.send(&request);
        assert_ne!(answer.status, 101, "{protocol}: {answer:?}");
        for got in stage.application.asked(request.mark()) {
            assert_eq!(got.head.one("upgrade"), None, "{protocol}: {got:?}");
        }
    }
    for (first, second) in [("websocket", "h2c"), ("h2c", "websocket")] {
        let request = signed_in("GET", "/")
            .field("Connection", "Upgrade")
            .field("Upgrade", first)
            .field("Upgrade", second)
            .field("Sec-WebSocket-Version", "13")
            .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        stage.send(&request);
        for got in stage.application.asked(request.mark()) {
            assert!(!got.head.all("upgrade").concat().contains("h2c"), "{got:?}");
        }
    }
}

fn questions_share_connections(stage: &Stage) {
    let asked_on = |_| {
        let request = signed_in("GET", "/");
        stage.pass(&request);
        stage.asked(&request).connection
    };
    let mut connections: Vec<usize> = (0..8).map(asked_on).collect();
    connections.sort_unstable();
    connections.dedup();
    // Other tests use the proxy at the same time, so that it need not be one alone.
    assert!(connections.len() < 8, "{connections:?}");
}

fn nobody_outside_can_ask(stage: &Stage) {
    for host in [stage.proxy.wiki(), stage.proxy.login()] {
        for target in [
            "/_cloakroom/verify/nginx",
            "/_cloakroom/verify/envoy/",
            "/_cloakroom/verify",
            "/_cloakroom/./verify/nginx",
            "/x/../_cloakroom/verify/nginx",
            "//_cloakroom/verify/nginx",
            "/_cloakroom//verify/nginx",
            "/_cloakroom/%76erify/nginx",
            "/_cloakroom%2Fverify/nginx",
        ] {
            let request = Request::get(target)
                .field("Cookie", "session=good")
                .field("X-Original-URL", "http://forged.example/")
                .field("X-Forwarded-Uri", "/forged");
            let answer = request.send(stage.proxy.port, &host);
            assert_eq!(answer.one("remote-user"), None, "{target}");
            for asked in stage.gateway.asked(request.mark()) {
                // A question of the proxy's own is about this very target.
                let is_question = asked.head.word(1).starts_with("/_cloakroom/verify");
                assert!(!is_question || stage.question(&asked).url.contains("_cloakroom"), "{asked:?}");
            }
        }
        let request = Request::get("/_cloakroom/verify/nginx").field("Cookie", "session=good");
        assert_eq!(request.send(stage.proxy.port, &host).status, 404);
        assert_eq!(stage.gateway.asked(request.mark()).len(), 0);
    }
}

fn own_paths_go_to_the_gateway_unasked(stage: &Stage) {
    let request = Request::new("POST", "/_cloakroom/callback?code=a%20b")
        .field("Cookie", "session=good; other=1")
        .field("X-Forwarded-For", "6.6.6.6")
        .body("code=1");
    let answer = stage.send(&request);
    let (got, body) = answer.echo();
    assert_eq!((got.word(0), got.word(1)), ("POST", "/_cloakroom/callback?code=a%20b"));
    assert_eq!(body, "code=1");
    assert_eq!(got.one("host"), Some(&*stage.proxy.wiki()));
    assert_eq!(got.one("cookie"), Some("session=good; other=1"));
    assert!(!got.one("x-forwarded-for").unwrap().contains("6.6.6.6"));
    assert_eq!(stage.gateway.asked(request.mark()).len(), 1);
    assert_eq!(stage.application.asked(request.mark()).len(), 0);
}

fn the_sign_in_host_is_the_gateways(stage: &Stage) {
    for target in ["/", "/_cloakroom/login?rd=a", "/any/path"] {
        let request = Request::get(target).field("X-Forwarded-For", "6.6.6.6");
        let answer = request.send(stage.proxy.port, &stage.proxy.login());
        let (got, _) = answer.echo();
        assert_eq!(got.word(1), target);
        assert_eq!(got.one("host"), Some(&*stage.proxy.login()));
        assert!(!got.one("x-forwarded-for").unwrap().contains("6.6.6.6"));
        assert_eq!(stage.gateway.asked(request.mark()).len(), 1);
    }
}

fn hosts_that_are_nobodys_are_refused(stage: &Stage) {
    let port = stage.proxy.port;
    for host in [format!("evil.localhost:{port}"), format!("127.0.0.1:{port}"), "evil.example".to_owned()] {
        let request = signed_in("GET", "/");
        let answer = request.send(port, &host);
        // Traefik knows no other answer than 404.
        let refusal = if stage.setup() == Setup::Traefik { 404 } else { 421 };
        assert_eq!(answer.status, refusal, "{host}");
        assert_eq!(stage.gateway.asked(request.mark()).len(), 0);
        assert_eq!(stage.application.asked(request.mark()).len(), 0);
    }
}

fn a_target_with_a_host_of_its_own_is_asked_about_as_that_host(stage: &Stage) {
    let (port, wiki) = (stage.proxy.port, stage.proxy.wiki());
    let evil = signed_in("GET", "http://evil.localhost/a");
    assert!([400, 404, 421].contains(&evil.send(port, &wiki).status));
    assert_eq!(stage.gateway.asked(evil.mark()).len(), 0);
    let request = signed_in("GET", &format!("http://{wiki}/a"));
    let answer = request.send(port, "evil.localhost");
    if answer.status == 200 {
        let (got, _) = answer.echo();
        assert_eq!(got.one("host"), Some(&*wiki));
        assert_eq!(stage.question(&stage.asked(&request)).url, format!("http://{wiki}/a"));
    } else {
        // HAProxy wants the two to agree.
        assert_eq!((stage.setup(), answer.status), (Setup::HaProxy, 400));
    }
}
