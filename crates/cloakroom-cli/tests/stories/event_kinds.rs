//! Every kind of event, driven until it is in the trail; and what a stolen cookie looks like there.

use std::collections::BTreeSet;
use std::time::Duration;

use cloakroom_gateway::EventKind;
use serde_json::{Value, json};

use crate::events::listed;
use crate::forward_auth::{LOGIN, Site, WIKI, asked};
use crate::support::visits::{sign_in, trusting};
use crate::support::{API, Api, Browser, Gateway, PASSWORD, Provider, within};

const COOKIE: &str = "__Host-Http-cloakroom";

/// Kinds that no story drives, each with the test that does and where that is.
const ELSEWHERE: [(EventKind, &str, &str); 3] = [
    (
        EventKind::PrivilegesChanged,
        include_str!("../../../cloakroom-gateway/src/events/library.rs"),
        "what_the_library_tells_of_is_in_the_trail_under_its_own_name",
    ),
    (
        EventKind::UntrustedProxy,
        include_str!("../../../cloakroom-gateway/src/verify/endpoint.rs"),
        "a_proxy_that_nobody_has_named_learns_nothing_and_is_told_of",
    ),
    (
        EventKind::EventsLost,
        include_str!("../../../cloakroom-gateway/src/events/writing.rs"),
        "what_finds_no_room_is_counted_and_told_of_and_leaves_a_gap",
    ),
];

#[test]
fn every_kind_of_event_is_driven_by_these_stories_or_has_a_test_of_its_own() {
    let scenes = [
        accounts(),
        administration(),
        strangers(),
        applications(),
        provider(),
        remembered(),
        theft(),
        damage(),
    ];
    let mut seen: BTreeSet<EventKind> = scenes.into_iter().flatten().collect();
    for (kind, source, test) in ELSEWHERE {
        assert!(source.contains(&format!("fn {test}()")), "{kind}: there is no test {test}");
        assert!(seen.insert(kind), "{kind} is driven here too");
    }
    let missing: Vec<&EventKind> = EventKind::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "nobody drives {missing:?}");
}

#[test]
fn a_cookie_that_was_renewed_away_and_comes_back_ends_the_session_and_sounds_an_alarm() {
    let gateway = Gateway::set_up(&[]);
    let (mut owner, mut thief) = stolen(&gateway);
    assert_eq!(thief.get("/_cloakroom/account").status, 303, "the old cookie opens nothing");
    assert_eq!(owner.get("/_cloakroom/account").status, 303, "and the session is over for both");
    let alarm = || listed(&gateway, &["--kind", "token_reused"]);
    within(Duration::from_secs(5), "the alarm is written down", || alarm().len() == 1);
    let [alarm] = alarm().try_into().unwrap();
    assert_eq!((&alarm["severity"], &alarm["user"]), (&json!("alarm"), &json!("root")));
    assert_eq!(
        (&alarm["agent"], &alarm["actor"]),
        (&json!("curl/8.5.0"), &json!("gateway")),
        "who it was shows"
    );
    let [ended] = listed(&gateway, &["--kind", "session_ended"]).try_into().unwrap();
    assert_eq!((&ended["reason"], &ended["session"]), (&json!("reused"), &alarm["session"]));
}

/// A browser, and another with a copy of the cookie that the first had before the last renewal, half an hour after the sign-in.
fn stolen(gateway: &Gateway) -> (Browser, Browser) {
    let mut owner = gateway.signed_in();
    let mut thief = Browser::new(gateway.address, "curl/8.5.0");
    thief.jar.clone_from(&owner.jar);
    age(gateway, Duration::from_mins(31));
    assert_eq!(owner.get("/_cloakroom/account").status, 200);
    assert_ne!(owner.jar[COOKIE], thief.jar[COOKIE], "it was renewed");
    assert_eq!(owner.get("/_cloakroom/account").status, 200, "and the new one has arrived");
    age(gateway, Duration::from_mins(1));
    (owner, thief)
}

/// Makes all sessions older. Every other time of a session is kept as a distance from its beginning, and moves with it.
fn age(gateway: &Gateway, by: Duration) {
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    let older = "UPDATE sessions SET created_at = created_at - ?1, last_seen_at = last_seen_at - ?1, expires_at = expires_at - ?1";
    let by = i64::try_from(by.as_millis()).unwrap();
    assert_ne!(database.execute(older, [by]).unwrap(), 0);
}

/// The kinds in a trail, once these are there.
fn kinds(gateway: &Gateway, expected: &[EventKind]) -> BTreeSet<EventKind> {
    let seen = || -> BTreeSet<EventKind> {
        let events = listed(gateway, &[]);
        events.iter().map(|event| event["event"].as_str().unwrap().parse().unwrap()).collect()
    };
    let is_there = |kind: &&EventKind| seen().contains(*kind);
    within(Duration::from_secs(10), &format!("{expected:?} are written down"), || {
        expected.iter().filter(is_there).count() == expected.len()
    });
    seen()
}

fn done(gateway: &Gateway, words: &[&str], input: &str) {
    let output = gateway.command(words, input);
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// A gateway's beginning and end, accounts, keys and what administrators do.
fn accounts() -> BTreeSet<EventKind> {
    const HASH: &str = "$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G";
    let mut gateway = Gateway::set_up(&[]);
    let mut root = gateway.signed_in();
    let prove = |root: &mut Browser, password| {
        let page = root.get("/_cloakroom/reauthenticate");
        root.submit(&page, "/reauthenticate", &[("password", password)]).status
    };
    assert_eq!((prove(&mut root, "wrong wrong wrong"), prove(&mut root, PASSWORD)), (403, 303));
    let page = root.get("/_cloakroom/logout");
    assert_eq!(root.submit(&page, "/_cloakroom/logout", &[]).status, 303);
    for (words, input) in [
        (&["user", "add", "alice", "--group", "dev"][..], PASSWORD),
        (&["import", "htpasswd", "-"], &format!("bob:{HASH}\n")),
        (&["user", "edit", "alice", "--email", "a@example.org", "--add-group", "ops"], ""),
        (&["user", "passwd", "alice"], "lantern fog otter gravel"),
        (&["user", "link", "alice", "--issuer", "https://id.example.org", "--subject", "7"], ""),
        (&["user", "unlink", "alice", "--issuer", "https://id.example.org", "--subject", "7"], ""),
        (&["user", "disable", "alice"], ""),
        (&["user", "enable", "alice"], ""),
        (&["session", "revoke-user", "alice"], ""),
        (&["session", "revoke-all"], ""),
        (&["key", "rotate"], ""),
    ] {
        done(&gateway, words, input);
    }
    let api = Api::of(gateway, "localhost");
    let key = api.key(&["users:read"]);
    assert_eq!(api.by_key(&key, "GET", "/users", None).status, 200);
    done(&api.gateway, &["api-key", "revoke", key.split('_').nth(1).unwrap()], "");
    within(Duration::from_secs(5), "the key opens nothing", || {
        api.by_key(&key, "GET", "/users", None).status == 401
    });
    gateway = api.gateway;
    gateway.terminate();
    kinds(&gateway, &[EventKind::GatewayEnded])
}

/// What administrators do on pages.
fn administration() -> BTreeSet<EventKind> {
    const SESSIONS: &str = "/_cloakroom/admin/sessions";
    let gateway = Gateway::set_up(&[]);
    done(&gateway, &["user", "add", "alice"], PASSWORD);
    let mut root = gateway.signed_in();
    let page = root.get("/_cloakroom/admin/users/alice/change");
    assert_eq!(root.submit(&page, "/alice/reset-link", &[]).status, 200);
    done(&gateway, &["user", "role", "alice", "auditor"], "");
    assert_eq!(gateway.browser().sign_in("alice", PASSWORD).status, 303);
    let ask = root.get(&format!("{SESSIONS}/end-matching?address=127.0.0.0%2F8"));
    let begun = root.submit(&ask, "/end-matching", &[("reason", "a network that is not ours")]);
    assert_eq!(begun.status, 303, "{}", begun.body);
    kinds(&gateway, &[EventKind::RoleChanged, EventKind::ResetLinkIssued, EventKind::SessionsEnded])
}

/// What people without an account can cause.
fn strangers() -> BTreeSet<EventKind> {
    let gateway = Gateway::set_up(&[]);
    let mut stranger = gateway.browser();
    let page = stranger.get("/_cloakroom/login");
    let mut guess = || {
        let fields = [("username", "root"), ("password", "wrong wrong wrong")];
        stranger.submit(&page, "/_cloakroom/login", &fields).status
    };
    let answers: Vec<u16> = (0..21).map(|_| guess()).collect();
    assert_eq!((answers[0], answers[20]), (401, 429), "{answers:?}");
    stranger.get("/_cloakroom/login?rd=https://evil.example/");
    let forged = stranger.request("POST", "/_cloakroom/logout").header("Sec-Fetch-Site", "cross-site").send();
    assert_eq!(forged.status, 403);
    kinds(&gateway, &[EventKind::CrossOriginRefused])
}

/// A hand-over, questions of a proxy, two cookies in one request, and a session in another browser.
fn applications() -> BTreeSet<EventKind> {
    let site = Site::with("", &["--bind", "agent=log"]);
    let (mut one, mut other) = (site.user(), site.user());
    for user in [&mut one, &mut other] {
        user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    }
    let two = format!("{COOKIE}={}; {COOKIE}={}", one.wiki.jar[COOKIE], other.wiki.jar[COOKIE]);
    let shadowed = [&asked("GET", WIKI, "/")[..], &[("Cookie", &two)]].concat();
    assert_eq!(site.ask("caddy", &one.shop, &shadowed).status, 401);
    assert_eq!(site.ask("caddy", &one.shop, &asked("GET", "nobody.localhost:9000", "/")).status, 400);
    let (gateway, _application) = site.into_parts();
    let mut moved = Browser::spread(std::iter::repeat(gateway.address), LOGIN, "curl/8.5.0");
    moved.jar.clone_from(&other.login.jar);
    assert_eq!(moved.get("/_cloakroom/account").status, 200);
    kinds(
        &gateway,
        &[EventKind::HandedOver, EventKind::BadQuestion, EventKind::TokensAmbiguous, EventKind::SessionMoved],
    )
}

/// What a provider does to sessions.
fn provider() -> BTreeSet<EventKind> {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    let tell = |token: &str| {
        let fields = [("logout_token", token)];
        gateway.browser().request("POST", "/_cloakroom/oidc/backchannel-logout").form(&fields).send().status
    };
    assert_eq!(tell(&provider.logout_token(&json!({"sub": "alice-1", "jti": "1"}))), 200);
    assert_eq!(tell("x"), 400);
    kinds(&gateway, &[EventKind::ProviderSignedOut, EventKind::ProviderSignOutRefused])
}

/// A browser that is remembered, and comes back.
fn remembered() -> BTreeSet<EventKind> {
    let gateway = Gateway::set_up(&["--remember-me", "30d"]);
    let mut browser = gateway.browser();
    let page = browser.get("/_cloakroom/login");
    let fields = [("username", "root"), ("password", PASSWORD), ("remember", "1")];
    assert_eq!(browser.submit(&page, "/_cloakroom/login", &fields).status, 303);
    browser.jar.remove(COOKIE);
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
    kinds(&gateway, &[EventKind::Remembered, EventKind::Restored])
}

/// A stolen cookie.
fn theft() -> BTreeSet<EventKind> {
    let gateway = Gateway::set_up(&[]);
    let (_owner, mut thief) = stolen(&gateway);
    thief.get("/_cloakroom/account");
    kinds(&gateway, &[EventKind::TokenReused, EventKind::SessionEnded])
}

/// A row that is no session any more.
fn damage() -> BTreeSet<EventKind> {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    database.execute("UPDATE sessions SET record = x'00'", []).unwrap();
    assert_eq!(browser.get("/_cloakroom/account").status, 303);
    let answer: Value =
        serde_json::from_str(&browser.request("GET", &format!("{API}/session")).send().body).unwrap();
    assert_eq!(answer["status"], 401);
    kinds(&gateway, &[EventKind::SessionUnreadable])
}
