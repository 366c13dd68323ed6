//! Looking for anybody's sessions, and ending some, by a key of the JSON API.

use serde_json::{Value, json};

use crate::support::{Api, Gateway, PASSWORD};

fn open() -> Api {
    let api = Api::of(Gateway::set_up(&[]), "localhost");
    for user in ["alice", "bob"] {
        assert!(api.gateway.command(&["user", "add", user], PASSWORD).status.success());
        for _ in 0..3 {
            assert_eq!(api.gateway.browser().sign_in(user, PASSWORD).status, 303);
        }
    }
    api
}

fn users(page: &Value) -> Vec<&str> {
    page["sessions"].as_array().unwrap().iter().map(|session| session["user"].as_str().unwrap()).collect()
}

#[test]
fn a_service_finds_sessions_by_each_word_of_a_filter_a_page_at_a_time() {
    let api = open();
    let key = api.key(&["sessions:read"]);
    let found = |query: &str| api.by_key(&key, "GET", &format!("/sessions/search{query}"), None).json();
    let all = found("");
    assert_eq!(users(&all), ["bob", "bob", "bob", "alice", "alice", "alice"], "the newest first");
    assert_eq!((&all["next"], &all["looked_at"]), (&Value::Null, &json!(6)));
    assert_eq!(
        (&all["sessions"][0]["method"], &all["sessions"][0]["apps"]),
        (&json!("password"), &json!([]))
    );
    for (query, number) in [
        ("?user=ALICE", 3),
        ("?address=127.0.0.0%2F8", 6),
        ("?address=192.0.2.7", 0),
        ("?method=password&younger=1h", 6),
        ("?method=federated", 0),
        ("?older=1h", 0),
        ("?unseen=1h", 0),
    ] {
        assert_eq!(users(&found(query)).len(), number, "{query}");
    }
    for query in ["?", "?user=bob&", "?address=127.0.0.0%2F16&", "?method=password&"] {
        let (mut met, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = found(&format!("{query}limit=2{cursor}"));
            met.extend(page["sessions"].as_array().unwrap().iter().map(|session| session["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let number = met.len();
        met.sort_by_key(Value::to_string);
        met.dedup();
        assert_eq!((met.len(), number), if query.contains("bob") { (3, 3) } else { (6, 6) }, "{query}");
    }
    for (query, problem) in [
        ("?user=carol", "no_such_user"),
        ("?user=", "invalid"),
        ("?address=127", "invalid"),
        ("?app=wiki", "invalid"),
        ("?method=magic", "invalid"),
        ("?older=soon", "invalid"),
        ("?cursor=6a6b6c6d6e", "invalid"),
        ("?colour=red", "invalid"),
    ] {
        let refused = api.by_key(&key, "GET", &format!("/sessions/search{query}"), None);
        assert_eq!(refused.problem(), problem, "{query}");
    }
}

#[test]
fn a_service_ends_sessions_for_a_reason_that_is_written_down() {
    let api = open();
    let key = api.key(&["sessions:read", "sessions:end"]);
    let found = api.by_key(&key, "GET", "/sessions/search?user=alice", None).json();
    let ids: Vec<Value> =
        found["sessions"].as_array().unwrap().iter().map(|session| session["id"].clone()).collect();
    for (question, problem) in [
        (json!({ "sessions": ids }), "invalid"),
        (json!({ "sessions": ids, "reason": " " }), "invalid"),
        (json!({ "sessions": [], "reason": "x" }), "invalid"),
        (json!({ "sessions": ["x"], "reason": "x" }), "invalid"),
    ] {
        assert_eq!(
            api.by_key(&key, "POST", "/sessions/end", Some(&question)).problem(),
            problem,
            "{question}"
        );
    }
    let gone = "0".repeat(32);
    let question = json!({ "sessions": [ids[0], ids[1], gone], "reason": "left the company" });
    let ended = api.by_key(&key, "POST", "/sessions/end", Some(&question));
    assert_eq!(ended.json(), json!({ "ended": 2 }));
    assert_eq!(users(&api.by_key(&key, "GET", "/sessions/search?user=alice", None).json()).len(), 1);
    let events = api.gateway.command(&["event", "list", "--json", "--kind", "session_ended"], "");
    let events: Value = serde_json::from_slice(&events.stdout).unwrap();
    for event in events.as_array().unwrap() {
        assert_eq!(event["detail"], "left the company");
        assert!(event["actor"].as_str().unwrap().starts_with("api_key:"), "{event}");
    }
    let reader = api.key(&["sessions:read"]);
    let refused = api.by_key(&reader, "POST", "/sessions/end", Some(&question));
    assert_eq!(refused.problem(), "scope_missing");
    let ends_only = api.key(&["sessions:end"]);
    assert_eq!(api.by_key(&ends_only, "GET", "/sessions/search", None).problem(), "scope_missing");
}
