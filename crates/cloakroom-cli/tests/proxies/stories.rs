//! The real gateway behind each proxy: who gets to the application, and as whom.

use crate::forged::FORGED;
use crate::http::{Answer, Request, echo_over};
use crate::setup::Setup;
use crate::shared::on_every_proxy;
use crate::storms;
use crate::town::Town;

on_every_proxy!(
    Town,
    [
        a_sign_in_on_the_way_leads_back_to_the_page_with_its_query,
        a_page_of_a_stranger_is_led_to_the_sign_in_with_its_whole_address,
        a_form_of_a_stranger_leads_back_to_the_page_that_it_was_on,
        a_script_of_a_stranger_is_told_where_the_sign_in_is,
        nobody_can_pretend_to_be_another_user_or_a_proxy,
        the_application_never_sees_our_cookies_and_all_others_octet_for_octet,
        a_body_reaches_the_application_whole,
        a_socket_needs_a_session_and_its_own_origin,
        what_another_site_posts_is_refused,
        a_session_is_listed_with_the_address_that_the_proxy_saw,
        a_sign_out_is_felt_at_the_next_request,
        an_open_door_is_open_by_its_own_path_alone,
        a_locked_room_has_no_side_door,
        another_port_in_the_host_is_no_application,
        nobody_outside_learns_what_a_proxy_is_told,
        a_dead_store_is_a_503_and_the_cookie_lives_on,
        a_gateway_that_is_gone_lets_nobody_in,
    ]
);

fn as_resident(town: &Town, method: &str, target: &str) -> Request {
    Request::new(method, target).field("Cookie", &town.resident())
}

fn a_sign_in_on_the_way_leads_back_to_the_page_with_its_query(town: &Town) {
    let _calm = town.calm();
    let url = format!("http://{}/notes/a%20b?q=1&r=%20+&s=http://x/", town.proxy.wiki());
    let (arrived, at) = town.visitor().sign_in_on_the_way_to(&url);
    assert_eq!(at, url);
    let echo = arrived.body;
    assert!(echo.starts_with("GET /notes/a%20b?q=1&r=%20+&s=http://x/ HTTP/1.1\r\n"), "{echo}");
    for line in ["remote-user: alice", "remote-groups: staff", "remote-email: alice@example.org"] {
        assert!(echo.contains(&format!("\r\n{line}\r\n")), "{line}: {echo}");
    }
    assert!(!echo.contains("cloakroom="), "{echo}");
}

fn a_page_of_a_stranger_is_led_to_the_sign_in_with_its_whole_address(town: &Town) {
    let _calm = town.calm();
    let answer = town.send(&Request::get("/a?b=c&d=%20").page());
    assert_eq!(answer.status, if town.proxy.setup.is_nginx() { 303 } else { 302 });
    let rd = format!("http%3A%2F%2Fwiki%2Elocalhost%3A{}%2Fa%3Fb%3Dc%26d%3D%2520", town.proxy.port);
    let location = format!("http://{}/_cloakroom/login?rd={rd}", town.proxy.login());
    assert_eq!(answer.one("location"), Some(&*location));
    assert_eq!(answer.one("set-cookie"), None);
}

fn a_form_of_a_stranger_leads_back_to_the_page_that_it_was_on(town: &Town) {
    let _calm = town.calm();
    let page = format!("http://{}/form?x", town.proxy.wiki());
    let answer = town.send(&Request::new("POST", "/submit").page().field("Referer", &page).body("a=1"));
    assert_eq!(answer.status, 303);
    let location = answer.one("location").unwrap();
    assert!(location.ends_with("%2Fform%3Fx&lost=POST"), "{location}");
}

fn a_script_of_a_stranger_is_told_where_the_sign_in_is(town: &Town) {
    let _calm = town.calm();
    let login = format!("http://{}/_cloakroom/login", town.proxy.login());
    let scripts = [
        Request::get("/data").fetch(),
        Request::get("/data").field("Accept", "application/json"),
        Request::get("/data").field("Accept", "text/html").field("X-Requested-With", "XMLHttpRequest"),
        Request::new("OPTIONS", "/data").field("Access-Control-Request-Method", "PUT").fetch(),
    ];
    for script in scripts {
        let answer = town.send(&script);
        assert_eq!((answer.status, answer.one("location")), (401, None), "{answer:?}");
        assert!(answer.one("x-cloakroom-login").unwrap().starts_with(&login), "{answer:?}");
        assert!(answer.one("www-authenticate").unwrap().starts_with("Cloakroom realm=\"wiki\""));
        if !town.proxy.setup.is_nginx() {
            assert!(answer.body.starts_with(r#"{"error":"session_required","login_url":"http://login"#));
            assert_eq!(answer.one("content-type"), Some("application/json"));
        }
    }
}

fn nobody_can_pretend_to_be_another_user_or_a_proxy(town: &Town) {
    let _calm = town.calm();
    let request = FORGED
        .iter()
        .fold(as_resident(town, "GET", "/a"), |request, (name, value)| request.field(name, value));
    let answer = town.send(&request);
    let (mut got, _) = answer.echo();
    if town.proxy.setup == Setup::Traefik {
        // The one field of these that it cannot be told to take away by every spelling, and no identity.
        got.fields.retain(|(name, _)| name != "x_original_url");
    }
    for evil in ["evil", "EVIL", "6.6.6.6"] {
        assert!(!got.mentions(evil), "{evil}: {got:?}");
    }
    assert_eq!(got.one("remote-user"), Some("alice"));
    assert_eq!(got.one("remote-groups"), Some("staff"));
    assert_eq!(got.one("remote-email"), Some("alice@example.org"));
    assert_eq!(got.one("x-cloakroom-aal"), Some("1"));
    assert_eq!(got.one("x-cloakroom-session").map(str::len), Some(32));
    assert!(got.one("x-cloakroom-auth-time").unwrap().parse::<u64>().is_ok());
    assert_eq!(got.one("x-cloakroom-jwt").unwrap().split('.').count(), 3);
    // A stranger with the same fields is a stranger.
    let stranger =
        FORGED.iter().fold(Request::get("/a").fetch(), |request, (name, value)| request.field(name, value));
    assert_eq!(town.send(&stranger).status, 401);
    let open =
        FORGED.iter().fold(Request::get("/static/a"), |request, (name, value)| request.field(name, value));
    let answer = town.send(&open);
    let (got, _) = answer.echo();
    assert_eq!(got.one("remote-user").unwrap_or_default(), "", "nobody is nobody behind an open door");
}

fn the_application_never_sees_our_cookies_and_all_others_octet_for_octet(town: &Town) {
    let _calm = town.calm();
    let request = Request::get("/")
        .field("Cookie", "a=1; weird=\"x, y\"; =nameless")
        .field("Cookie", &town.resident())
        .field("Cookie", "b=%20; c==");
    let answer = town.send(&request);
    let (got, _) = answer.echo();
    assert_eq!(got.one("cookie"), Some("a=1; weird=\"x, y\"; =nameless; b=%20; c=="));
    let answer = town.send(&as_resident(town, "GET", "/"));
    assert_eq!(answer.echo().0.one("cookie").unwrap_or_default(), "");
}

fn a_body_reaches_the_application_whole(town: &Town) {
    let _calm = town.calm();
    let body = "0123456789".repeat(200_000);
    let answer = town.send(&as_resident(town, "POST", "/upload").body(body.clone()));
    let (_, got) = answer.echo();
    assert!(got == body, "{} octets", got.len());
}

fn a_socket_needs_a_session_and_its_own_origin(town: &Town) {
    let _calm = town.calm();
    let origin = format!("http://{}", town.proxy.wiki());
    assert_eq!(town.send(&Request::get("/socket").socket(&origin)).status, 401);
    for foreign in ["http://evil.localhost", &format!("http://{}", town.proxy.login()), "null"] {
        let answer = town.send(&as_resident(town, "GET", "/socket").socket(foreign));
        assert_eq!(answer.status, 403, "{foreign}");
    }
    let request = as_resident(town, "GET", "/socket").socket(&origin);
    let (mut stream, answer) = request.open(town.proxy.port, &town.proxy.wiki());
    assert_eq!(answer.status, 101, "{answer:?}");
    assert_eq!(echo_over(&mut stream, b"ping"), b"ping");
}

fn what_another_site_posts_is_refused(town: &Town) {
    let _calm = town.calm();
    let post = |site: &str| {
        let request = as_resident(town, "POST", "/").field("Sec-Fetch-Site", site).body("a=1");
        town.send(&request).status
    };
    assert_eq!(post("cross-site"), 403);
    assert_eq!(post("same-origin"), 200);
}

fn a_session_is_listed_with_the_address_that_the_proxy_saw(town: &Town) {
    let back = town.calm();
    town.visitor().sign_in_with("X-Forwarded-For", "6.6.6.6");
    let list = ["session", "list", "alice", "--json", "--store", &back.redis.url()];
    let listed = back.gateway.command(&list, "");
    let sessions: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let addresses = sessions.as_array().unwrap().iter().map(|session| session["address"].as_str().unwrap());
    let mut addresses: Vec<&str> = addresses.collect();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    // Envoy gives its own address for a client on the same machine.
    assert!(addresses == ["127.0.0.1"] || town.proxy.setup == Setup::Envoy, "{addresses:?}");
    assert_ne!(addresses, ["6.6.6.6"]);
}

fn a_sign_out_is_felt_at_the_next_request(town: &Town) {
    let _calm = town.calm();
    let mut visitor = town.signed_in();
    let cookies = visitor.cookies();
    let ask = || town.send(&Request::get("/").fetch().field("Cookie", &cookies)).status;
    assert_eq!(ask(), 200);
    visitor.sign_out();
    assert_eq!(ask(), 401);
    let (_, at) = visitor.go(&format!("http://{}/", town.proxy.wiki()));
    assert!(at.contains("/_cloakroom/login"), "{at}");
}

/// Whether a path could mean another one to some server.
fn is_ambiguous(path: &str) -> bool {
    let path = path.split('?').next().unwrap().to_lowercase();
    ["//", "/.", "%2", "%5c", "%00", "%6", "\\", ";"].iter().any(|part| path.contains(part))
}

fn an_open_door_is_open_by_its_own_path_alone(town: &Town) {
    let _calm = town.calm();
    assert_eq!(town.send(&Request::get("/static/a.css?x=/ops/../").fetch()).status, 200);
    for target in [
        "/static/../ops/",
        "/static/%2e%2e/ops/",
        "/static/..%2fops/",
        "/static//a.css",
        "//static/a.css",
        "/static/./a.css",
        "/static%2fa.css",
        "/static/%2Fa.css",
        "/static;v=1/a.css",
        "/static/..;/ops/",
        "/static\\a.css",
        "/static/%5ca",
        "/%73tatic/a.css",
        "/static/%00",
        "/x?/static/a.css",
        "/STATIC/a.css",
    ] {
        let request = Request::get(target).fetch();
        let answer = town.send(&request);
        if answer.status == 200 {
            // A proxy that tidies paths tidies them for all: what was let through is what the door is for.
            let (got, _) = answer.echo();
            let path = got.word(1);
            assert!(path.starts_with("/static/") && !is_ambiguous(path), "{target} came as {path}");
        } else {
            assert!([400, 401].contains(&answer.status), "{target}: {answer:?}");
            assert_eq!(town.application.asked(request.mark()).len(), 0, "{target}");
        }
    }
}

fn a_locked_room_has_no_side_door(town: &Town) {
    let _calm = town.calm();
    for target in [
        "/ops/",
        "/ops/a?b",
        "/x/../ops/",
        "/x/%2e%2e/ops/",
        "//ops/a",
        "/./ops/a",
        "/ops//a",
        "/%6fps/a",
        "/ops;x/a",
        "/static/..;/ops/",
        "/x/..%2fops/",
        "/x\\..\\ops/",
    ] {
        let request = as_resident(town, "GET", target).page();
        let answer = town.send(&request);
        assert!([400, 403, 404].contains(&answer.status), "{target}: {answer:?}");
        assert_eq!(town.application.asked(request.mark()).len(), 0, "{target}");
    }
}

fn another_port_in_the_host_is_no_application(town: &Town) {
    let _calm = town.calm();
    let request = as_resident(town, "GET", "/");
    let answer = request.send(town.proxy.port, "wiki.localhost:1");
    if town.proxy.setup.is_nginx() {
        // Its configuration names the origin, whatever the client says of the port.
        assert_eq!(answer.echo().0.one("host"), Some(&*town.proxy.wiki()));
    } else {
        assert!([400, 404, 421].contains(&answer.status), "{answer:?}");
        assert_eq!(town.application.asked(request.mark()).len(), 0);
    }
}

fn nobody_outside_learns_what_a_proxy_is_told(town: &Town) {
    let _calm = town.calm();
    let tells = |answer: &Answer| answer.head.fields.iter().any(|(name, _)| name.starts_with("remote-"));
    for host in [town.proxy.wiki(), town.proxy.login()] {
        for door in ["nginx", "caddy", "traefik", "haproxy", "envoy/", "./nginx", "%6eginx"] {
            let request = as_resident(town, "GET", &format!("/_cloakroom/verify/{door}"))
                .field("X-Original-URL", &format!("http://{}/", town.proxy.wiki()))
                .field("X-Original-Method", "GET");
            let answer = request.send(town.proxy.port, &host);
            assert!(answer.status >= 400 && !tells(&answer), "{door}: {answer:?}");
        }
    }
    let passed = town.send(&as_resident(town, "GET", "/"));
    assert!(!tells(&passed), "{passed:?}");
}

fn a_dead_store_is_a_503_and_the_cookie_lives_on(town: &Town) {
    storms::a_dead_store_is_a_503_and_the_cookie_lives_on(town);
}

fn a_gateway_that_is_gone_lets_nobody_in(town: &Town) {
    storms::a_gateway_that_is_gone_lets_nobody_in(town);
}
