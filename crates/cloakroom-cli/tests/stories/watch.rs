//! Metrics, and whether a gateway can do its work.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Application, Browser, Gateway, PASSWORD, within};

/// The samples of a scrape by their names and labels, whose text is as Prometheus wants it.
fn scraped(address: SocketAddr) -> BTreeMap<String, f64> {
    let answer = Browser::new(address, "Prometheus/3").request("GET", "/metrics").send();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let (mut samples, mut family) = (BTreeMap::new(), String::new());
    for line in answer.body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            rest.split_once(' ').unwrap().0.clone_into(&mut family);
            assert!(is_name(&family), "{line}");
        } else if !line.starts_with("# HELP ") {
            let (series, number) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            assert!(is_name(name) && name.starts_with(&family), "{line}");
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split(',').filter(|label| !label.is_empty()) {
                let (name, value) = label.split_once('=').unwrap();
                let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap();
                let is_word = |c: char| c.is_ascii_alphanumeric() || "_.+-".contains(c);
                assert!(is_name(name) && !value.is_empty() && value.chars().all(is_word), "{line}");
            }
            assert!(samples.insert(series.to_owned(), number.parse().unwrap()).is_none(), "twice: {line}");
        }
    }
    samples
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

#[test]
fn metrics_are_scraped_while_requests_run_and_nothing_of_a_client_makes_a_series() {
    let application = Application::start();
    let gateway = Gateway::set_up(&["--metrics-listen", "127.0.0.1:0", "--proxy", &application.url()]);
    let metrics = gateway.metrics.unwrap();
    let before = scraped(metrics);
    let mut desk = gateway.signed_in();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..10).for_each(|_| drop(scraped(metrics))));
        for number in 0..30 {
            let evil = format!("/evil{number}%22%7D%0a?x=%22");
            let agent = format!("evil\"}} {number}");
            desk.request("GET", &evil).header("X-Evil", &agent).navigating().send();
        }
    });
    assert_eq!(gateway.browser().sign_in("root", "wrong wrong wrong").status, 401);
    assert_eq!(gateway.browser().get("/else").status, 302);
    let nginx = gateway.browser().request("GET", "/_cloakroom/verify/nginx").send();
    assert_eq!(nginx.status, 400);
    let after = scraped(metrics);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>(),
        "no series comes or goes"
    );
    let grown = |series: &str| after[series] - before[series];
    for (series, by) in [
        (r#"cloakroom_sign_ins_total{method="password",outcome="done"}"#, 1.0),
        (r#"cloakroom_sign_ins_total{method="password",outcome="refused"}"#, 1.0),
        (r#"cloakroom_sessions_begun_total{how="sign_in"}"#, 1.0),
        (r#"cloakroom_events_total{event="signed_in"}"#, 1.0),
        (r#"cloakroom_verifications_total{door="proxy",decision="pass"}"#, 30.0),
        (r#"cloakroom_verifications_total{door="proxy",decision="sign_in"}"#, 1.0),
        (r#"cloakroom_verifications_total{door="nginx",decision="refused"}"#, 1.0),
        (r#"cloakroom_requests_total{route="application",status="2xx"}"#, 30.0),
        (r#"cloakroom_requests_total{route="verify",status="4xx"}"#, 1.0),
        (r#"cloakroom_password_seconds_count{work="check"}"#, 2.0),
        (r#"cloakroom_store_calls_total{operation="insert",outcome="done"}"#, 1.0),
    ] {
        assert!((grown(series) - by).abs() < 0.5, "{series}: {} instead of {by}", grown(series));
    }
    assert!(grown(r#"cloakroom_store_calls_total{operation="load",outcome="done"}"#) >= 30.0);
    assert!(after[r#"cloakroom_store_seconds_count{operation="load"}"#] >= 1.0);
    assert!(after[r#"cloakroom_build_info{version="0.1.0"}"#] > 0.5);
}

#[test]
fn what_outlasts_its_request_is_counted_while_it_is_open() {
    let application = Application::start();
    let gateway = Gateway::set_up(&["--metrics-listen", "127.0.0.1:0", "--proxy", &application.url()]);
    let open = || scraped(gateway.metrics.unwrap())["cloakroom_open"];
    let mut desk = gateway.signed_in();
    let origin = format!("http://localhost:{}", gateway.address.port());
    let socket = desk
        .request("GET", "/socket")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Key", "x")
        .header("Origin", &origin)
        .open("Upgrade");
    let stream = desk.request("GET", "/stream").open("keep-alive");
    within(Duration::from_secs(5), "both are open", || open() > 1.5);
    drop((socket, stream));
    within(Duration::from_secs(10), "both are closed", || open() < 0.5);
}

#[test]
fn metrics_are_nowhere_unless_that_is_said_and_never_where_browsers_are() {
    let gateway = Gateway::set_up(&[]);
    assert_eq!(gateway.metrics, None);
    let mut root = gateway.signed_in();
    for path in ["/metrics", "/_cloakroom/metrics"] {
        assert_eq!(root.get(path).status, 404, "{path}");
    }
    let started = |listen: &str, more: &[&str]| {
        let words = [&["serve", "--listen", "127.0.0.1:7464", "--metrics-listen", listen][..], more].concat();
        gateway.command(&words, "").status.code()
    };
    assert_eq!(started("127.0.0.1:7464", &[]), Some(2), "browsers are answered there");
    assert_eq!(started("0.0.0.0:0", &[]), Some(2), "everybody would be");
    assert_eq!(started("0.0.0.0:0", &["--metrics-from", "x"]), Some(2));
}

#[test]
fn readiness_names_the_part_that_does_not_work_and_nothing_else() {
    let gateway = Gateway::set_up(&[]);
    let ready = || {
        let answer = gateway.browser().get("/_cloakroom/ready");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let well =
        json!({ "ready": true, "parts": { "accounts": true, "clock": true, "keys": true, "store": true } });
    assert_eq!(ready(), (200, well.clone()));
    let locked = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    locked.execute_batch("BEGIN IMMEDIATE").unwrap();
    within(Duration::from_secs(5), "it is felt", || ready().0 == 503);
    let ill =
        json!({ "ready": false, "parts": { "accounts": true, "clock": true, "keys": true, "store": false } });
    assert_eq!(ready(), (503, ill));
    assert_eq!(gateway.browser().get("/_cloakroom/live").body, "live\n");
    drop(locked);
    within(Duration::from_secs(10), "it works again", || ready() == (200, well.clone()));
    let listed = gateway.command(&["session", "list", "--json"], "");
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), "[]", "no trial is left");
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 303);
}
