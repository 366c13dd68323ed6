//! The audit trail: every event once, in every process's view, and nothing secret in any.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Api, Browser, Gateway, PASSWORD, within};

const COOKIE: &str = "__Host-Http-cloakroom";

/// The events that a command lists.
pub(crate) fn listed(gateway: &Gateway, more: &[&str]) -> Vec<Value> {
    let words = [&["event", "list", "--json"][..], more].concat();
    let output = gateway.command(&words, "");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

/// What the lines of `event tail --json` say.
fn lines(printed: &str) -> Vec<Value> {
    let whole = printed.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A follower's start is over when it prints what comes.
fn when_it_follows(gateway: &Gateway, printed: impl Fn() -> String) {
    within(Duration::from_secs(20), "the tail follows", || {
        assert!(gateway.command(&["key", "rotate"], "").status.success());
        printed().contains("keys_rotated")
    });
}

#[test]
fn a_sign_in_is_in_the_tail_of_another_process_within_a_second_and_survives_a_kill() {
    let mut gateway = Gateway::set_up(&[]);
    let tail = gateway.follow(&["event", "tail", "--json"]);
    when_it_follows(&gateway, || tail.printed());
    let _signed_in = gateway.signed_in();
    within(Duration::from_secs(1), "the sign-in is in the tail", || tail.printed().contains("signed_in"));
    gateway.kill();
    gateway.start_again();
    let starts = || kinds(&listed(&gateway, &[])).iter().filter(|kind| **kind == "gateway_started").count();
    within(Duration::from_secs(5), "the other start is written down", || starts() == 2);
    let events = listed(&gateway, &[]);
    let signed_in = events.iter().find(|event| event["event"] == "signed_in").unwrap();
    assert_eq!((&signed_in["user"], &signed_in["actor"]), (&"root".into(), &"user:root".into()));
    assert_eq!((&signed_in["reason"], &signed_in["address"]), (&"password".into(), &"127.0.0.1".into()));
    let kinds = kinds(&events);
    assert!(!kinds.contains(&"gateway_ended"), "who is killed says no farewell: {kinds:?}");
    gateway.terminate();
    assert!(
        listed(&gateway, &[]).iter().any(|event| event["event"] == "gateway_ended"),
        "who is told to end does"
    );
}

#[test]
fn two_gateways_on_one_file_are_followed_without_a_loss_and_without_a_double() {
    const EACH: usize = 12;
    let one = Gateway::set_up(&[]);
    let database = format!("sqlite:{}", one.directory().join("cloakroom.db").display());
    let other = Gateway::start(&["--store", &database]);
    let tail = one.follow(&["event", "tail", "--json"]);
    when_it_follows(&one, || tail.printed());
    let wrong = |gateway: &Gateway, number: usize| {
        let mut browser = gateway.browser();
        browser.request("GET", &format!("/_cloakroom/login?rd=http://{number}.evil")).navigating().send();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| (0..EACH).for_each(|number| wrong(&one, number)));
        scope.spawn(|| (0..EACH).for_each(|number| wrong(&other, EACH + number)));
    });
    let refused = || -> Vec<String> {
        let events = lines(&tail.printed());
        let of = events.iter().filter(|event| event["event"] == "return_refused");
        of.map(|event| event["detail"].as_str().unwrap().to_owned()).collect()
    };
    within(Duration::from_secs(5), "all are in the tail", || refused().len() >= 2 * EACH);
    let mut all = refused();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 2 * EACH);
    let events = lines(&tail.printed());
    let numbers: Vec<i64> = events.iter().map(|event| event["number"].as_i64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

fn change_password(browser: &mut Browser, current: &str, new: &str) -> u16 {
    let page = browser.get("/_cloakroom/account/password");
    let fields = [("password", current), ("new_password", new), ("repeated", new)];
    browser.submit(&page, "/account/password", &fields).status
}

#[test]
fn log_01_log_05_each_event_of_a_life_is_recorded_once_with_who_and_where() {
    let gateway = Gateway::set_up(&[]);
    let added = gateway.command(&["user", "add", "Alice", "--group", "dev"], PASSWORD);
    assert!(added.status.success());
    let mut alice = gateway.browser();
    assert_eq!(alice.sign_in("alice", "wrong wrong wrong").status, 401);
    assert_eq!(alice.sign_in("ALICE", PASSWORD).status, 303);
    let page = alice.get("/_cloakroom/reauthenticate");
    assert_eq!(alice.submit(&page, "/reauthenticate", &[("password", "wrong wrong wrong")]).status, 403);
    assert_eq!(alice.submit(&page, "/reauthenticate", &[("password", PASSWORD)]).status, 303);
    let mut other = gateway.browser();
    assert_eq!(other.sign_in("alice", PASSWORD).status, 303);
    let page = alice.get("/_cloakroom/account");
    assert_eq!(alice.submit(&page, "/revoke", &[]).status, 303);
    assert_eq!(change_password(&mut alice, PASSWORD, "lantern fog otter gravel"), 303);
    let forged = alice.request("POST", "/_cloakroom/logout").header("Sec-Fetch-Site", "cross-site").send();
    assert_eq!(forged.status, 403);
    let page = alice.get("/_cloakroom/logout");
    assert_eq!(alice.submit(&page, "/_cloakroom/logout", &[]).status, 303);
    for words in [
        &["user", "edit", "alice", "--email", "a@example.org", "--add-group", "ops", "--remove-group", "dev"]
            [..],
        &["user", "link", "alice", "--issuer", "https://id.example.org", "--subject", "7"],
        &["user", "unlink", "alice", "--issuer", "https://id.example.org", "--subject", "7"],
        &["user", "disable", "alice"],
        &["user", "enable", "alice"],
        &["session", "revoke-user", "alice"],
        &["session", "revoke-all"],
    ] {
        let done = gateway.command(words, "");
        assert!(done.status.success(), "{words:?}: {done:?}");
    }
    assert_eq!(gateway.browser().sign_in("alice", PASSWORD).status, 401);
    let about_alice = || listed(&gateway, &["--user", "ALICE"]);
    within(Duration::from_secs(5), "the last is written down", || about_alice().len() >= 18);
    let told: Vec<String> = about_alice().iter().map(told).collect();
    assert_eq!(
        told,
        [
            "user_added by command_line",
            "sign_in_failed wrong_password by stranger",
            "signed_in password by user:alice",
            "reauthentication_failed wrong_password by user:alice",
            "reauthenticated password by user:alice",
            "signed_in password by user:alice",
            "session_ended revoked by user:alice",
            "password_changed changed by user:alice",
            "reauthenticated password by user:alice",
            "signed_out by user:alice",
            "user_edited by command_line",
            "groups_changed by command_line",
            "provider_linked by command_line",
            "provider_unlinked by command_line",
            "user_disabled by command_line",
            "user_enabled by command_line",
            "user_revoked by command_line",
            "sign_in_failed wrong_password by stranger",
        ]
    );
    let all = listed(&gateway, &[]);
    for once in
        ["set_up", "set_up_link_issued", "cross_origin_refused", "everyone_revoked", "gateway_started"]
    {
        assert_eq!(kinds(&all).iter().filter(|kind| **kind == once).count(), 1, "{once}");
    }
    for event in &all {
        let at = event["at"].as_str().unwrap();
        assert!(at.len() == 24 && at.ends_with('Z') && &at[10..11] == "T", "{at}");
        let by_command = event["actor"].as_str().unwrap().starts_with("command_line");
        let by_itself = event["actor"] == "gateway";
        if !by_command && !by_itself {
            assert_eq!(
                (&event["address"], event["request"].is_string()),
                (&"127.0.0.1".into(), true),
                "{event}"
            );
            assert!(event["agent"].as_str().unwrap().contains("Firefox/153.0"), "{event}");
        }
    }
    let sessions: Vec<&str> = all.iter().filter_map(|event| event["session"].as_str()).collect();
    let first = all.iter().find(|event| event["event"] == "signed_in").unwrap()["session"].as_str().unwrap();
    assert_eq!(
        sessions.iter().filter(|id| **id == first).count(),
        5,
        "one handle from the sign-in to the sign-out"
    );
}

/// What happened, why and by whom, without the name that this machine's environment has for who runs commands.
fn told(event: &Value) -> String {
    let reason = event["reason"].as_str().map(|reason| format!(" {reason}")).unwrap_or_default();
    let actor = event["actor"].as_str().unwrap();
    let actor = if actor.starts_with("command_line") { "command_line" } else { actor };
    format!("{}{reason} by {actor}", event["event"].as_str().unwrap())
}

#[test]
fn log_01_what_services_do_is_recorded_under_their_keys_and_read_by_those_that_may() {
    let api = Api::of(Gateway::set_up(&[]), "localhost");
    assert!(api.gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let key = api.key(&["users:write", "events:read"]);
    let id = key.split('_').nth(1).unwrap().to_owned();
    assert_eq!(api.by_key(&key, "POST", "/users/alice/disable", None).status, 200);
    assert_eq!(api.by_key(&key, "GET", "/users", None).status, 403);
    let other_end = if key.ends_with('A') { 'B' } else { 'A' };
    let guessed = format!("{}{other_end}", &key[..key.len() - 1]);
    assert_eq!(api.by_key(&guessed, "GET", "/users", None).status, 401);
    let events = |query: &str| {
        let answer = api.by_key(&key, "GET", &format!("/events{query}"), None);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let refused = "?kind=api_key_refused";
    within(Duration::from_secs(5), "both are written down", || {
        events(refused)["events"].as_array().unwrap().len() == 2
    });
    let disabled = &events("?kind=user_disabled&user=ALICE&since=1h")["events"][0];
    assert_eq!((&disabled["actor"], &disabled["user"]), (&format!("api_key:{id}").into(), &"alice".into()));
    let first = events("?limit=1");
    let next = events(&format!("?limit=1&cursor={}", first["next"].as_str().unwrap()));
    assert!(first["events"][0]["number"].as_u64() > next["events"][0]["number"].as_u64());
    let used = events("?kind=api_key_first_used");
    assert_eq!(used["events"].as_array().unwrap().len(), 1);
    for wrong in ["?kind=signed_up", "?since=yesterday", "?user=a&user=b", "?cursor=61"] {
        assert_eq!(api.by_key(&key, "GET", &format!("/events{wrong}"), None).status, 422, "{wrong}");
    }
    assert_eq!(api.by_key(&key, "GET", "/events?user=nobody", None).problem(), "no_such_user");
    for (words, code) in [(&["--kind", "x"][..], 1), (&["--since", "x"], 2), (&["--user", "nobody"], 1)] {
        let words = [&["event", "list"][..], words].concat();
        assert_eq!(api.gateway.command(&words, "").status.code(), Some(code), "{words:?}");
    }
}

#[test]
fn log_02_no_event_holds_a_password_a_token_or_a_key_wherever_they_were_put() {
    const TYPED: &str = "walnut comet tunic harbor";
    let gateway = Gateway::set_up(&["--log", "trace"]);
    let link = gateway.setup_path.clone().unwrap();
    let api = Api::of(gateway, "localhost");
    let key = api.key(&["users:read"]);
    let mut browser = api.gateway.signed_in();
    let cookie = browser.jar[COOKIE].clone();
    api.by_key(&key, "GET", "/users", None);
    assert_eq!(
        api.gateway.browser().sign_in(TYPED, TYPED).status,
        401,
        "a password in the place of the name"
    );
    assert_eq!(api.gateway.browser().sign_in("root", TYPED).status, 401);
    let with_secrets = format!("/_cloakroom/login?rd=https://evil.example/?token={cookie}");
    browser.request("GET", &with_secrets).navigating().send();
    assert_eq!(change_password(&mut browser, PASSWORD, TYPED), 303);
    within(Duration::from_secs(5), "the last is written down", || {
        kinds(&listed(&api.gateway, &[])).contains(&"password_changed")
    });
    let all = listed(&api.gateway, &[]).iter().map(Value::to_string).collect::<String>();
    let database = std::fs::read(api.gateway.directory().join("cloakroom.db")).unwrap();
    let log_ahead = std::fs::read(api.gateway.directory().join("cloakroom.db-wal")).unwrap_or_default();
    let kept = String::from_utf8_lossy(&[database, log_ahead].concat()).into_owned();
    let secrets = [
        PASSWORD,
        TYPED,
        &cookie[cookie.len() - 12..],
        &browser.jar[COOKIE][cookie.len() - 12..],
        &key[key.len() - 12..],
        &link[link.len() - 12..],
    ];
    for secret in secrets {
        for (place, text) in [("the trail", &all), ("the database", &kept), ("the log", &api.gateway.log())] {
            assert!(!text.contains(secret), "{secret} is in {place}");
        }
    }
    assert!(all.contains("\"detail\":\"https://evil.example/\""), "{all}");
}

/// The sessions are in memory here, so that only the trail is in the file that cannot be written.
#[test]
fn while_the_database_takes_no_event_nobody_is_refused_and_nothing_is_lost() {
    let gateway = Gateway::set_up(&["--store", "memory:"]);
    within(Duration::from_secs(5), "the start is written down", || {
        kinds(&listed(&gateway, &[])).contains(&"set_up")
    });
    let locked = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    locked.execute_batch("BEGIN IMMEDIATE").unwrap();
    let _first = gateway.signed_in();
    within(Duration::from_secs(20), "the log says that events wait", || {
        gateway.log().contains("events cannot be written down")
    });
    let _second = gateway.signed_in();
    assert!(
        gateway.log().matches("cloakroom::events: event=\"signed_in\"").count() == 2,
        "the log has them at once"
    );
    let count = "SELECT count(*) FROM cloakroom_events WHERE kind = 'signed_in'";
    let sign_ins = |by: &rusqlite::Connection| by.query_row(count, (), |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(sign_ins(&locked), 0);
    locked.execute_batch("ROLLBACK").unwrap();
    within(Duration::from_secs(15), "they are written down", || sign_ins(&locked) == 2);
}

#[test]
fn the_log_is_json_when_that_is_said_and_every_line_of_it_is() {
    let gateway = Gateway::set_up(&["--log-format", "json"]);
    let _signed_in = gateway.signed_in();
    let log = gateway.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let signed_in =
        lines.iter().find(|line| line["target"] == "cloakroom::events" && line["event"] == "signed_in");
    let signed_in = signed_in.unwrap_or_else(|| panic!("{log}"));
    assert_eq!((&signed_in["user"], &signed_in["severity"]), (&"root".into(), &"info".into()));
    assert!(signed_in["at"].as_str().unwrap().ends_with('Z'));
}
