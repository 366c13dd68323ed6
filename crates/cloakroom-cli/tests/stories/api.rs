//! What every answer of the JSON API has, whatever was asked.

use serde_json::json;

use crate::support::{API, Api, Gateway};

fn open() -> Api {
    Api::of(Gateway::set_up(&[]), "localhost")
}

#[test]
fn the_document_and_the_routes_are_the_same() {
    let api = open();
    let mut anybody = api.browser("localhost");
    let routes = api.document.routes();
    for (_, path, _) in &routes {
        let path_sent = path.replace("{id}", &"0".repeat(32)).replace("{name}", "nobody");
        let described = |method: &str| routes.iter().any(|(m, p, _)| m == method && p == path);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = anybody.request(method, &path_sent).send();
            if described(method) {
                // Nobody is known here: what is there asks who it is, refuses for want of a field, or has nothing to do.
                assert!([401, 403, 204].contains(&answer.status), "{method} {path}: {}", answer.body);
                api.checked(method, &path_sent, answer);
            } else {
                assert_eq!((answer.status, answer.problem().as_str()), (405, "method_not_allowed"));
                let allowed: Vec<&str> =
                    answer.header("allow").unwrap().split(',').filter(|method| *method != "HEAD").collect();
                assert!(allowed.iter().all(|method| described(method)), "{path}: {allowed:?}");
                assert_eq!(allowed.len(), routes.iter().filter(|(_, p, _)| p == path).count(), "{path}");
            }
        }
    }
    assert_eq!(routes.len(), 19, "a route that comes or goes is written down in docs/api.md");
    let documentation = include_str!("../../../../docs/api.md");
    for (method, path, _) in routes {
        let row = format!("| `{method} {}` |", path.strip_prefix(API).unwrap());
        assert!(documentation.contains(&row), "docs/api.md has no row {row}");
    }
}

#[test]
fn whatever_is_asked_is_answered_in_json_or_by_a_problem() {
    let api = open();
    let key = api.key(&["verify"]);
    let mut service = api.browser("localhost");
    let bearer = format!("Bearer {key}");
    let mut sent = |method: &'static str, path: &str, media: &str, body: &str| {
        let request = service.request(method, path).header("Authorization", &bearer);
        let request = if media.is_empty() { request } else { request.header("Content-Type", media) };
        let answer = request.body(body).send();
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        (answer.status, answer.problem())
    };
    let is = |status: u16, problem: &str| (status, problem.to_owned());
    for path in ["", "/", "/v1", "/v1/", "/v1/nothing", "/v2/session", "/v1/session/", "/v1/users/a/b"] {
        assert_eq!(
            sent("GET", &format!("/_cloakroom/api{path}"), "", ""),
            is(404, "no_such_route"),
            "{path}"
        );
    }
    assert_eq!(sent("POST", "/_cloakroom/openapi.json", "", ""), is(405, "method_not_allowed"));
    assert_eq!(sent("TRACE", &format!("{API}/session"), "", ""), is(405, "method_not_allowed"));
    let verify = format!("{API}/verify");
    let question = r#"{"method":"GET","url":"http://localhost/"}"#;
    let large = format!(r#"{{"cookie":"{}"}}"#, "a".repeat(65 * 1024));
    assert_eq!(sent("POST", &verify, "application/json", &large), is(413, "body_too_large"));
    for wrong in ["", "{", "\u{0}", r#"{"method":"GET""#] {
        assert_eq!(sent("POST", &verify, "application/json", wrong), is(400, "malformed"), "{wrong}");
    }
    for wrong in [
        "[]",
        "null",
        "{}",
        r#"{"method":"GET"}"#,
        r#"{"method":"GET","url":"http://localhost/","key":"x"}"#,
        r#"{"method":"GET","method":"GET","url":"http://localhost/"}"#,
        r#"{"method":"get","url":"http://localhost/"}"#,
        r#"{"method":"GET","url":"localhost/"}"#,
        r#"{"method":"GET","url":"http://a@localhost/"}"#,
        r#"{"method":"GET","url":"http://localhost/","address":"nowhere"}"#,
        r#"{"method":"GET","url":"http://localhost/","cookie":"a\nb"}"#,
        r#"{"method":"GET","url":"http://localhost/","headers":{"x":"y"}}"#,
    ] {
        assert_eq!(sent("POST", &verify, "application/json", wrong), is(422, "invalid"), "{wrong}");
    }
    assert_eq!(sent("POST", &verify, "application/json", question), is(422, "unknown_application"));
    assert_eq!(sent("POST", &format!("{verify}?x=1"), "application/json", question), is(422, "invalid"));
}

#[test]
fn csr_16_what_a_form_of_another_site_could_send_is_refused() {
    let api = open();
    let key = api.key(&["verify"]);
    let body = json!({ "method": "GET", "url": "http://localhost/" }).to_string();
    for media in ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let mut service = api.browser("localhost");
        let request = service.request("POST", &format!("{API}/verify"));
        let request = request.header("Authorization", &format!("Bearer {key}"));
        let request = if media.is_empty() { request } else { request.header("Content-Type", media) };
        let answer = api.checked("POST", &format!("{API}/verify"), request.body(&body).send());
        assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported_media_type"), "{media}");
    }
    let mut browser = api.gateway.signed_in();
    let path = format!("{API}/session");
    let bare = api.checked("DELETE", &path, browser.request("DELETE", &path).send());
    assert_eq!((bare.status, bare.problem().as_str()), (403, "header_missing"));
    let from_elsewhere = browser.request("DELETE", &path).header("X-Requested-With", "x");
    let from_elsewhere = from_elsewhere.header("Sec-Fetch-Site", "same-site").send();
    assert_eq!(api.checked("DELETE", &path, from_elsewhere).problem(), "cross_origin");
    let old_browser = browser.request("DELETE", &path).header("X-Requested-With", "x");
    let old_browser = old_browser.header("Origin", "https://evil.example").send();
    assert_eq!(api.checked("DELETE", &path, old_browser).problem(), "cross_origin");
    assert_eq!(api.by_cookie(&mut browser, "GET", "/session").status, 200, "nothing has happened");
}

#[test]
fn csr_18_no_other_origin_is_let_in_by_cors() {
    let api = open();
    let mut browser = api.gateway.signed_in();
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://evil.localhost",
        "https://localhost",
        "",
    ] {
        for path in ["/session", "/verify", "/nothing"] {
            let path = format!("{API}{path}");
            let asked = browser.request("OPTIONS", &path).header("Origin", origin);
            let preflight = asked.header("Access-Control-Request-Method", "DELETE").send();
            let read = browser.request("GET", &path).header("Origin", origin).send();
            assert!(!(200..300).contains(&preflight.status));
            for answer in [preflight, read] {
                let cors = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
                assert_eq!(cors.count(), 0, "{origin}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_store_that_fails_is_a_problem_that_only_time_helps_and_the_cookie_stays() {
    let api = open();
    let key = api.key(&["users:read", "sessions:read"]);
    let mut browser = api.gateway.signed_in();
    let database = rusqlite::Connection::open(api.gateway.directory().join("cloakroom.db")).unwrap();
    let rename = |from: &str, to: &str| {
        database.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
    };
    rename("sessions", "elsewhere");
    let session = api.by_cookie(&mut browser, "GET", "/session");
    assert_eq!((session.status, session.problem().as_str()), (503, "unavailable"));
    assert_eq!((session.header("retry-after"), session.header("set-cookie")), (Some("2"), None));
    assert_eq!(
        api.by_key(&key, "GET", &format!("/sessions/{}", "0".repeat(32)), None).problem(),
        "unavailable"
    );
    rename("elsewhere", "sessions");
    assert_eq!(api.by_cookie(&mut browser, "GET", "/session").status, 200);
    rename("cloakroom_users", "elsewhere");
    assert_eq!(api.by_key(&key, "GET", "/users", None).problem(), "unavailable");
}
