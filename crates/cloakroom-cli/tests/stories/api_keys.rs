//! Services that call the JSON API by keys.

#![expect(clippy::disallowed_methods, reason = "the bound of a revocation is one of real time")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{API, Api, Application, Browser, Gateway, PASSWORD, pause};

const LOGIN: &str = "login.localhost:9000";
const WIKI: &str = "wiki.localhost:9000";

/// What docs/api.md promises.
const BOUND: Duration = Duration::from_secs(1);

fn open() -> Api {
    let api = Api::of(Gateway::set_up(&[]), "localhost");
    assert!(api.gateway.command(&["user", "add", "alice", "--group", "dev"], PASSWORD).status.success());
    api
}

fn alice(api: &Api) -> Browser {
    let mut alice = api.gateway.browser();
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    alice
}

#[test]
fn a_key_does_what_its_scopes_say_on_every_route_and_nothing_else() {
    let api = open();
    let all = ["verify", "sessions:read", "sessions:end", "users:read", "users:write", "events:read"];
    let mut tried = 0;
    for (method, path, route) in api.document.routes() {
        let Some(scope) = route["security"][0]["key"][0].as_str() else { continue };
        let others: Vec<&str> = all.into_iter().filter(|other| *other != scope).collect();
        let path =
            path.strip_prefix(API).unwrap().replace("{id}", &"0".repeat(32)).replace("{name}", "nobody");
        let method: &'static str =
            ["GET", "POST", "DELETE"].into_iter().find(|known| *known == method).unwrap();
        let refused = api.by_key(&api.key(&others), method, &path, None);
        assert_eq!((refused.status, refused.problem().as_str()), (403, "scope_missing"), "{method} {path}");
        assert!(refused.header("www-authenticate").unwrap().ends_with(&format!("scope=\"{scope}\"")));
        let let_in = api.by_key(&api.key(&[scope]), method, &path, None);
        assert!(![401, 403].contains(&let_in.status), "{method} {path}: {}", let_in.body);
        tried += 1;
    }
    assert_eq!(tried, 11);
}

#[test]
fn what_is_no_key_opens_nothing_and_a_key_is_taken_from_one_place_alone() {
    let api = open();
    let key = api.key(&["users:read"]);
    let (id, secret) = key.strip_prefix("cloakroom_").unwrap().split_once('_').unwrap();
    let other = api.key(&["users:read"]);
    let other_secret = other.rsplit_once('_').map(|(start, _)| &other[start.len() + 1..]).unwrap();
    for wrong in [
        format!("cloakroom_{id}_{}", "A".repeat(43)),
        format!("cloakroom_{}_{secret}", "0".repeat(16)),
        format!("cloakroom_{id}_{other_secret}"),
        key.to_uppercase(),
        key[..key.len() - 1].to_owned(),
        id.to_owned(),
    ] {
        let refused = api.by_key(&wrong, "GET", "/users", None);
        assert_eq!((refused.status, refused.problem().as_str()), (401, "key_invalid"), "{wrong}");
    }
    let path = format!("{API}/users");
    let mut service = api.browser("localhost");
    for (path, field) in [
        (format!("{path}?key={key}"), ("Accept", "*/*")),
        (format!("{path}?access_token={key}"), ("Accept", "*/*")),
        (path.clone(), ("X-Api-Key", key.as_str())),
        (path.clone(), ("Cookie", &format!("__Host-Http-cloakroom={key}"))),
        (path.clone(), ("Authorization", &format!("Basic {key}"))),
    ] {
        let refused = service.request("GET", &path).header(field.0, field.1).send();
        assert_eq!(api.checked("GET", &path, refused).problem(), "key_required", "{path} {field:?}");
    }
    let bearer = format!("bearer {key}");
    let twice =
        service.request("GET", &path).header("Authorization", &bearer).header("Authorization", &bearer);
    assert_eq!(api.checked("GET", &path, twice.send()).problem(), "key_invalid", "which of the two?");
    let in_the_url_too = format!("{path}?key={key}");
    let refused = service.request("GET", &in_the_url_too).header("Authorization", &bearer).send();
    assert_eq!(api.checked("GET", &path, refused).problem(), "invalid");
    assert_eq!(api.by_key(&key, "GET", "/users", None).status, 200);
    let list = api.gateway.command(&["api-key", "list"], "");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains(id) && !list.contains(secret), "{list}");
    let database = std::fs::read(api.gateway.directory().join("cloakroom.db")).unwrap();
    assert!(!database.windows(secret.len()).any(|octets| octets == secret.as_bytes()), "it is kept nowhere");
}

#[test]
fn a_key_that_is_revoked_elsewhere_is_refused_within_a_second_and_one_that_ends_at_its_end() {
    let api = open();
    let key = api.key(&["users:read"]);
    let id = key.split('_').nth(1).unwrap();
    assert_eq!(api.by_key(&key, "GET", "/users", None).status, 200);
    let list = || -> Value {
        serde_json::from_slice(&api.gateway.command(&["api-key", "list", "--json"], "").stdout).unwrap()
    };
    let used = list()[0]["last_used"].as_str().unwrap().to_owned();
    assert!(used.ends_with(":00:00Z"), "{used}: to the hour");
    let revoked = api.gateway.command(&["api-key", "revoke", id], "");
    assert_eq!(String::from_utf8_lossy(&revoked.stdout), "Revoked.\n");
    let since = Instant::now();
    loop {
        let asked = Instant::now();
        if api.by_key(&key, "GET", "/users", None).status == 401 {
            break;
        }
        assert!(asked - since < BOUND, "it is still let in {:?} after it was revoked", asked - since);
        pause();
    }
    assert_eq!(list()[0]["state"], "revoked");
    assert_eq!(api.gateway.command(&["api-key", "revoke", id], "").status.code(), Some(1));
    assert_eq!(api.gateway.command(&["api-key", "revoke", "x"], "").status.code(), Some(1));

    let words = ["api-key", "create", "short", "--scope", "users:read", "--expires"];
    let made = api.gateway.command(&[&words[..], &["2s"]].concat(), "");
    let (key, since) = (String::from_utf8(made.stdout).unwrap().trim().to_owned(), Instant::now());
    while api.by_key(&key, "GET", "/users", None).status == 200 {
        assert!(since.elapsed() < Duration::from_secs(5), "it has ended");
        pause();
    }
    for wrong in ["0s", "x", "1y"] {
        assert_eq!(
            api.gateway.command(&[&words[..], &[wrong]].concat(), "").status.code(),
            Some(2),
            "{wrong}"
        );
    }
    assert_eq!(api.gateway.command(&["api-key", "create", "none"], "").status.code(), Some(2));
    assert_eq!(
        api.gateway.command(&["api-key", "create", "a b", "--scope", "verify"], "").status.code(),
        Some(1)
    );
    assert_eq!(api.gateway.command(&["api-key", "create", "a", "--scope", "all"], "").status.code(), Some(1));
}

#[test]
fn rev_06_rev_07_log_01_a_service_ends_sessions_and_disables_users_and_the_log_says_who() {
    let api = open();
    let key = api.key(&["sessions:read", "sessions:end", "users:read", "users:write"]);
    let (mut first, mut second, mut root) = (alice(&api), alice(&api), api.gateway.signed_in());
    let status = |browser: &mut Browser| api.by_cookie(browser, "GET", "/session").status;
    let list = api.by_key(&key, "GET", "/users/ALICE/sessions?limit=1", None).json();
    let next = list["next"].as_str().unwrap();
    let rest = api.by_key(&key, "GET", &format!("/users/alice/sessions?limit=1&cursor={next}"), None).json();
    assert_eq!((list["sessions"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    let one = list["sessions"][0]["id"].as_str().unwrap();
    assert_ne!(one, rest["sessions"][0]["id"]);
    assert_eq!(api.by_key(&key, "GET", &format!("/sessions/{one}"), None).json()["user"], "alice");
    assert_eq!(api.by_key(&key, "DELETE", &format!("/sessions/{one}"), None).status, 204);
    assert_eq!(api.by_key(&key, "DELETE", &format!("/sessions/{one}"), None).problem(), "no_such_session");
    assert_eq!(api.by_key(&key, "GET", &format!("/sessions/{one}"), None).status, 404);
    assert_eq!(status(&mut first) + status(&mut second), 601, "one of the two");
    assert_eq!(api.by_key(&key, "DELETE", "/users/alice/sessions", None).json()["ended"], 1);
    assert_eq!([&mut first, &mut second, &mut root].map(status), [401, 401, 200]);

    let mut alices = alice(&api);
    assert_eq!(api.by_key(&key, "POST", "/users/alice/disable", None).json()["ended"], 1);
    assert_eq!(status(&mut alices), 401);
    assert_eq!(api.gateway.browser().sign_in("alice", PASSWORD).status, 401);
    let users = api.by_key(&key, "GET", "/users?limit=1", None).json();
    assert!(users["accounts"][0]["disabled_at"].is_string(), "{users}");
    let cursor = users["next"].as_str().unwrap();
    let users = api.by_key(&key, "GET", &format!("/users?cursor={cursor}"), None).json();
    assert_eq!((&users["accounts"][0]["user"]["name"], &users["next"]), (&"root".into(), &Value::Null));
    assert_eq!(api.by_key(&key, "POST", "/users/alice/enable", None).status, 204);
    assert_eq!(status(&mut alices), 401, "enabling revives nothing");
    let _signed_in = alice(&api);
    for path in ["/users/nobody/disable", "/users/a%2Fb/disable", "/users/%ff/enable"] {
        assert_eq!(api.by_key(&key, "POST", path, None).problem(), "no_such_user", "{path}");
    }

    let log = std::fs::read_to_string(api.gateway.directory().join("log")).unwrap();
    let id = key.split('_').nth(1).unwrap();
    for event in ["session_ended", "user_revoked", "user_disabled", "user_enabled"] {
        let lines: Vec<&str> =
            log.lines().filter(|line| line.contains(&format!("event=\"{event}\""))).collect();
        let says_who = |line: &&str| line.contains(&format!("actor=api_key:{id}"));
        assert!(!lines.is_empty() && lines.iter().all(says_who), "{event}: {log}");
    }
    // The secret may have such a character in it.
    assert!(!log.contains(key.splitn(3, '_').nth(2).unwrap()), "a secret in the log");
}

#[test]
fn log_02_no_log_has_a_key_or_a_cookie_at_the_most_talkative_level() {
    let gateway = Gateway::set_up(&["--log", "trace"]);
    let api = Api::of(gateway, "localhost");
    let key = api.key(&["verify", "users:read"]);
    let browser = api.gateway.signed_in();
    let cookie = format!("__Host-Http-cloakroom={}", browser.jar["__Host-Http-cloakroom"]);
    let question = json!({ "method": "GET", "url": "http://localhost/", "cookie": cookie });
    api.by_key(&key, "POST", "/verify", Some(&question));
    api.by_key(&key, "GET", "/users", None);
    api.by_key(&key, "DELETE", "/users/root/sessions", None);
    api.by_key(&format!("{}A", &key[..key.len() - 1]), "GET", "/users", None);
    let log = std::fs::read_to_string(api.gateway.directory().join("log")).unwrap();
    assert!(log.contains("api_key_refused"), "{log}");
    for secret in [&key[key.len() - 30..key.len() - 1], &cookie[cookie.len() - 30..]] {
        assert!(!log.contains(secret), "a secret in the log");
    }
}

/// A sign-in, and a wiki that asks for itself.
fn with_a_wiki() -> (Api, Application) {
    let application = Application::start();
    let file = format!(
        r#"
        public_url = "http://{LOGIN}"
        [[app]]
        name = "wiki"
        origin = "http://{WIKI}"
        upstream = "{}"
        cross_site = "refuse"
        [[app.rule]]
        path = "/static/*"
        public = true
        [[app.rule]]
        path = "/ops/*"
        groups = ["ops"]
        [[app.rule]]
        path = "/money/*"
        proven_within = "1s"
        "#,
        application.url()
    );
    let gateway = Gateway::configured(&file, &[]);
    let added = gateway.command(&["user", "add", "alice", "--group", "dev"], PASSWORD);
    assert!(added.status.success(), "{added:?}");
    (Api::of(gateway, LOGIN), application)
}

#[test]
fn a_service_is_told_of_a_request_what_a_proxy_would_be() {
    let (api, _application) = with_a_wiki();
    let key = api.key(&["verify"]);
    let (mut login, mut wiki) = (api.browser(LOGIN), api.browser(WIKI));
    let ask = |cookie: Option<&str>, method: &str, path: &str, headers: Value| {
        let mut question =
            json!({ "method": method, "url": format!("http://{WIKI}{path}"), "address": "192.0.2.7" });
        if let Some(cookie) = cookie {
            question["cookie"] = cookie.into();
        }
        if !headers.is_null() {
            question["headers"] = headers;
        }
        let answer = api.by_key(&key, "POST", "/verify", Some(&question));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let public = ask(None, "GET", "/static/a.css", Value::Null);
    assert_eq!(public, json!({ "decision": "pass", "visitor": null }));
    let stranger = ask(None, "GET", "/a?b=c", Value::Null);
    let login_url =
        "http://login.localhost:9000/_cloakroom/login?rd=http%3A%2F%2Fwiki%2Elocalhost%3A9000%2Fa%3Fb%3Dc";
    assert_eq!(stranger, json!({ "decision": "sign_in", "login_url": login_url }));
    let posted = ask(Some("a=b"), "POST", "/form", json!({ "sec_fetch_site": "same-origin" }));
    assert!(posted["login_url"].as_str().unwrap().ends_with("%2F&lost=POST"), "{posted}");

    assert_eq!(login.sign_in("alice", PASSWORD).status, 303);
    let begun = wiki.get("/_cloakroom/begin?to=%2F");
    let here =
        |answer: &str, origin: &str| answer.strip_prefix(&format!("http://{origin}")).unwrap().to_owned();
    let handed = login.get(&here(begun.header("location").unwrap(), LOGIN));
    wiki.get(&here(handed.header("location").unwrap(), WIKI));
    let cookie = format!("theme=dark; __Host-Http-cloakroom={}", wiki.jar["__Host-Http-cloakroom"]);
    let cookie = Some(cookie.as_str());

    let passed = ask(cookie, "GET", "/a", Value::Null);
    assert_eq!((&passed["decision"], &passed["visitor"]["user"]["name"]), (&"pass".into(), &"alice".into()));
    assert_eq!(passed["visitor"]["user"]["groups"], json!(["dev"]));
    let refused = ask(cookie, "GET", "/ops/", Value::Null);
    assert_eq!(
        (&refused["decision"], &refused["visitor"]["user"]["name"]),
        (&"not_allowed".into(), &"alice".into())
    );
    assert_eq!(ask(cookie, "GET", "/static/../ops/", Value::Null)["decision"], "not_allowed");
    assert_eq!(
        ask(cookie, "POST", "/a", json!({ "sec_fetch_site": "cross-site" })),
        json!({ "decision": "forged" })
    );
    assert_eq!(
        ask(cookie, "GET", "/a", json!({ "upgrade": "websocket", "origin": "http://evil" }))["decision"],
        "forged"
    );
    let since = Instant::now();
    loop {
        let money = ask(cookie, "GET", "/money/", Value::Null);
        if money["decision"] == "step_up" {
            assert!(money["login_url"].as_str().unwrap().ends_with("aal=2"), "{money}");
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(5), "{money}");
    }
    let at_login = format!("__Host-Http-cloakroom={}", login.jar["__Host-Http-cloakroom"]);
    assert_eq!(
        ask(Some(&at_login), "GET", "/a", Value::Null)["decision"],
        "sign_in",
        "another origin's token"
    );
    let unknown = json!({ "method": "GET", "url": "http://evil.localhost:9000/" });
    assert_eq!(api.by_key(&key, "POST", "/verify", Some(&unknown)).problem(), "unknown_application");
    assert_eq!(api.by_cookie(&mut wiki, "DELETE", "/session").status, 204);
    assert_eq!(ask(cookie, "GET", "/a", Value::Null)["decision"], "sign_in", "signed out is signed out");
}
