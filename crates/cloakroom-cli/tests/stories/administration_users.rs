//! Users in the administration: who may look, who may act, and what becomes of whom it is done to.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{API, Answer, Browser, Gateway, PASSWORD, within};

const USERS: &str = "/_cloakroom/admin/users";
const NEW: &str = "velvet quarry anchor mint";

/// A gateway with the administrator `root`, the auditor `anna` and the member `alice`.
fn open(flags: &[&str]) -> Gateway {
    let gateway = Gateway::set_up(flags);
    for (name, role) in [("anna", "auditor"), ("alice", "member")] {
        assert!(gateway.command(&["user", "add", name, "--role", role], PASSWORD).status.success());
    }
    gateway
}

fn signed_in(gateway: &Gateway, name: &str) -> Browser {
    let mut browser = gateway.browser();
    assert_eq!(browser.sign_in(name, PASSWORD).status, 303);
    browser
}

/// Does something about a user, by the form for it.
fn act(browser: &mut Browser, user: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("{USERS}/{user}/change"));
    assert_eq!(page.status, 200, "{}", page.body);
    browser.submit(&page, &format!("{USERS}/{user}/{act}"), fields)
}

/// The path of the link that a page shows.
fn link(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, rest) = page.body.split_once("/_cloakroom/reset/").unwrap();
    format!("/_cloakroom/reset/{}", rest.split('"').next().unwrap())
}

/// Sets a password by a link.
fn set_password(browser: &mut Browser, link: &str, password: &str) -> Answer {
    let page = browser.get(link);
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    browser.submit(&page, link, &[("new_password", password), ("repeated", password)])
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

/// The newest event of a kind about a user; it is written down a moment after it happened.
fn last(gateway: &Gateway, kind: &str, user: &str) -> Value {
    let mut found = None;
    within(Duration::from_secs(10), kind, || {
        let output = gateway.command(&["event", "list", "--json", "--kind", kind], "");
        let events: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        found = events.into_iter().rev().find(|event| event["user"] == user);
        found.is_some()
    });
    found.unwrap()
}

fn role_of(gateway: &Gateway, name: &str) -> Value {
    let output = gateway.command(&["user", "show", name, "--json"], "");
    let users: Value = serde_json::from_slice(&output.stdout).unwrap();
    users[0]["role"].clone()
}

#[test]
fn strangers_sign_in_members_are_told_what_it_takes_auditors_look_and_administrators_act() {
    let gateway = open(&[]);
    let [mut root, mut anna, mut alice] = ["root", "anna", "alice"].map(|name| signed_in(&gateway, name));
    let mut stranger = gateway.browser();
    let (look, do_something) = (
        [USERS.to_owned(), format!("{USERS}/alice")],
        [format!("{USERS}/alice/change"), "/_cloakroom/admin/new-user".to_owned()],
    );
    for path in look.iter().chain(&do_something) {
        let led = stranger.get(path);
        let encoded = path.replace('_', "%5F").replace('/', "%2F").replace('-', "%2D");
        assert_eq!(
            (led.status, led.header("location")),
            (303, Some(&*format!("/_cloakroom/login?next={encoded}")))
        );
        let refused = alice.get(path);
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.body.contains("<strong>Administrator</strong>"), "{}", refused.body);
        assert!(refused.body.contains(refused.header("x-request-id").unwrap()), "{}", refused.body);
        assert_eq!(root.get(path).status, 200, "{path}");
    }
    for path in &look {
        let page = anna.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(">Auditor</span>"), "{}", page.body);
        assert!(
            page.forms().is_empty() || page.forms().iter().all(|form| form.action == USERS),
            "{}",
            page.body
        );
    }
    for path in &do_something {
        assert_eq!(anna.get(path).status, 403, "{path}");
    }
    for (browser, sees) in [(&mut root, true), (&mut anna, true), (&mut alice, false)] {
        assert_eq!(browser.get("/_cloakroom/account").body.contains("href=\"/_cloakroom/admin\""), sees);
    }
    assert_eq!(root.get(&format!("{USERS}/nobody")).status, 404);
    assert_eq!(root.get(&format!("{USERS}/-")).status, 404);
}

#[test]
fn what_is_posted_without_a_token_of_the_session_or_by_an_auditor_changes_nothing() {
    let gateway = open(&[]);
    let mut browsers = ["root", "anna", "alice"].map(|name| signed_in(&gateway, name));
    let fields = [
        ("display_name", "x"),
        ("email", ""),
        ("groups", "x"),
        ("groups_before", ""),
        ("role", "administrator"),
        ("username", "mallory"),
        ("reason", "x"),
    ];
    let token = |browser: &mut Browser| browser.get("/_cloakroom/account").forms()[0].hidden[0].clone();
    let [of_anna, of_alice] = [token(&mut browsers[1]), token(&mut browsers[2])];
    for act in ["profile", "role", "disable", "enable", "reset-link"] {
        let path = format!("{USERS}/alice/{act}");
        for (who, proof) in [(0, None), (0, Some(&of_anna)), (1, Some(&of_anna)), (2, Some(&of_alice))] {
            let browser = &mut browsers[who];
            let proof = proof.map(|(name, value)| (name.as_str(), value.as_str()));
            let all: Vec<(&str, &str)> = fields.iter().copied().chain(proof).collect();
            assert_eq!(browser.post(&path, &all).status, 403, "{act}");
        }
    }
    assert_eq!(browsers[0].post("/_cloakroom/admin/new-user", &fields).status, 403);
    let output = gateway.command(&["user", "list", "--json"], "");
    let users: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(users.len(), 3);
    let alice = users.iter().find(|user| user["name"] == "alice").unwrap();
    assert_eq!(
        (&alice["role"], &alice["state"], &alice["groups"]),
        (&json!("member"), &json!("enabled"), &json!([]))
    );
}

#[test]
fn a_new_user_sets_a_password_that_no_administrator_has_known_by_a_link_that_works_once() {
    let gateway = open(&["--log", "debug"]);
    let mut root = signed_in(&gateway, "root");
    let page = root.get("/_cloakroom/admin/new-user");
    let fields = [
        ("username", "Bob"),
        ("display_name", "Bob B."),
        ("email", "bob@example.org"),
        ("groups", "ops, wiki"),
        ("role", "member"),
    ];
    let link = link(&root.submit(&page, "/_cloakroom/admin/new-user", &fields));
    let page = root.get("/_cloakroom/admin/new-user");
    let again = root.submit(&page, "/_cloakroom/admin/new-user", &fields);
    assert_eq!(again.status, 422);
    assert!(
        again.body.contains("Somebody has this name already.") && again.body.contains("bob@example.org"),
        "{}",
        again.body
    );

    let mut bob = gateway.browser();
    assert_eq!(bob.sign_in("bob", "").status, 401);
    assert_eq!(set_password(&mut bob, &link, "password").status, 422, "the policy holds here too");
    let done = set_password(&mut bob, &link, NEW);
    assert_eq!((done.status, done.header("location")), (303, Some("/_cloakroom/login?set_up")));
    assert!(!is_signed_in(&mut bob), "a link signs nobody in");
    assert_eq!(bob.get(&link).status, 404);
    assert_eq!(bob.post(&link, &[("new_password", NEW), ("repeated", NEW)]).status, 404);
    assert_eq!(bob.sign_in("bob", NEW).status, 303);
    let session = bob.request("GET", &format!("{API}/session")).send().json();
    assert_eq!(session["user"]["groups"], json!(["ops", "wiki"]));

    let (added, set) = (last(&gateway, "user_added", "bob"), last(&gateway, "password_changed", "bob"));
    assert_eq!((&added["actor"], &added["detail"]), (&json!("user:root"), &json!("member")));
    assert_eq!((&set["actor"], &set["reason"]), (&json!("user:bob"), &json!("link")));
    let token = link.rsplit('/').next().unwrap();
    assert!(!gateway.log().contains(token), "{}", gateway.log());
}

#[test]
fn the_old_password_works_until_the_link_is_used_and_no_session_does_afterwards() {
    let gateway = open(&[]);
    let [mut root, mut alice] = ["root", "alice"].map(|name| signed_in(&gateway, name));
    let first = link(&act(&mut root, "alice", "reset-link", &[("reason", "lost\r\nher phone")]));
    let issued = last(&gateway, "reset_link_issued", "alice");
    assert_eq!((&issued["actor"], &issued["detail"]), (&json!("user:root"), &json!("losther phone")));
    let second = link(&act(&mut root, "alice", "reset-link", &[]));
    let mut elsewhere = gateway.browser();
    assert_eq!(elsewhere.get(&first).status, 404, "a link takes the place of the one before");
    assert!(is_signed_in(&mut alice));
    assert_eq!(elsewhere.sign_in("alice", PASSWORD).status, 303);
    let mut by_link = gateway.browser();
    assert_eq!(set_password(&mut by_link, &second, NEW).status, 303);
    assert!(!is_signed_in(&mut alice) && !is_signed_in(&mut elsewhere));
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 401);
    assert_eq!(alice.sign_in("alice", NEW).status, 303);

    let third = link(&act(&mut root, "alice", "reset-link", &[]));
    assert_eq!(act(&mut root, "alice", "disable", &[]).status, 303);
    assert_eq!(by_link.get(&third).status, 404, "a disabled user has no link");
    assert_eq!(act(&mut root, "alice", "enable", &[]).status, 303);
    assert_eq!(by_link.get(&third).status, 404, "and does not get it back");
}

#[test]
fn who_is_disabled_is_out_at_once_and_the_trail_says_why() {
    let gateway = open(&[]);
    let [mut root, mut alice] = ["root", "alice"].map(|name| signed_in(&gateway, name));
    let page = root.get(&format!("{USERS}/alice"));
    assert!(page.body.contains("1 session is open"), "{}", page.body);
    let done = act(&mut root, "alice", "disable", &[("reason", "left the company")]);
    assert_eq!((done.status, done.header("location")), (303, Some("/_cloakroom/admin/users/alice?disabled")));
    assert!(!is_signed_in(&mut alice));
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 401);
    let event = last(&gateway, "user_disabled", "alice");
    assert_eq!((&event["actor"], &event["detail"]), (&json!("user:root"), &json!("left the company")));
    let page = root.get(done.header("location").unwrap());
    assert!(
        page.body.contains("The user is disabled") && page.body.contains("left the company"),
        "{}",
        page.body
    );
    let found = root.get(&format!("{USERS}?state=disabled"));
    assert!(found.body.contains(">alice</a>") && !found.body.contains(">anna</a>"), "{}", found.body);
    assert_eq!(act(&mut root, "alice", "enable", &[]).status, 303);
    assert!(!is_signed_in(&mut alice), "what was ended stays ended");
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
}

#[test]
fn a_role_and_groups_are_felt_at_once_in_sessions_that_are_under_way() {
    let gateway = open(&[]);
    let [mut root, mut alice] = ["root", "alice"].map(|name| signed_in(&gateway, name));
    assert_eq!(alice.get(USERS).status, 403);
    assert_eq!(act(&mut root, "alice", "role", &[("role", "auditor")]).status, 303);
    assert_eq!(alice.get(USERS).status, 200);
    assert_eq!(act(&mut root, "alice", "role", &[("role", "member"), ("reason", "enough seen")]).status, 303);
    assert_eq!(alice.get(USERS).status, 403);
    within(Duration::from_secs(10), "the trail says why", || {
        last(&gateway, "role_changed", "alice")["detail"] == "auditor to member; enough seen"
    });

    let profile = [("display_name", ""), ("email", "a@example.org"), ("groups", "wiki")];
    assert_eq!(act(&mut root, "alice", "profile", &profile).status, 303);
    let session = alice.request("GET", &format!("{API}/session")).send().json();
    assert_eq!(session["user"]["groups"], json!(["wiki"]));
    // Somebody else adds a group while the form is open: it stays.
    let page = root.get(&format!("{USERS}/alice/change"));
    assert!(gateway.command(&["user", "edit", "alice", "--add-group", "ops"], "").status.success());
    let path = format!("{USERS}/alice/profile");
    let profile = [("display_name", "Alice"), ("email", "a@example.org"), ("groups", "sales")];
    assert_eq!(root.submit(&page, &path, &profile).status, 303);
    let session = alice.request("GET", &format!("{API}/session")).send().json();
    assert_eq!(session["user"]["groups"], json!(["ops", "sales"]));
    let wrong = act(&mut root, "alice", "profile", &[("display_name", ""), ("email", "x"), ("groups", "")]);
    assert!(wrong.status == 422 && wrong.body.contains("This is no e-mail address."), "{}", wrong.body);
}

#[test]
fn an_old_proof_opens_no_form_and_what_is_sent_by_one_is_to_be_sent_again() {
    let gateway = open(&["--reauthentication-window", "1s"]);
    let mut root = signed_in(&gateway, "root");
    let change = format!("{USERS}/alice/change");
    let mut page = root.get(&change);
    while page.status != 200 {
        let proof = root.get(page.header("location").unwrap());
        let proved = root.submit(&proof, "/_cloakroom/reauthenticate", &[("password", PASSWORD)]);
        assert_eq!(proved.header("location"), Some(change.as_str()), "{}", proved.body);
        page = root.get(&change);
    }
    within(Duration::from_secs(10), "the proof is old", || root.get(&change).status == 303);
    assert_eq!(root.get(&format!("{USERS}/alice")).status, 200, "to look takes no new proof");

    let (form, path) = (page.form("/disable"), format!("{USERS}/alice/disable"));
    let fields: Vec<(&str, &str)> =
        form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let referrer = format!("http://localhost:{}{change}", gateway.address.port());
    let led = root.request("POST", &path).navigating().header("Referer", &referrer).form(&fields).send();
    assert_eq!(led.status, 303, "{}", led.body);
    let proof = root.get(led.header("location").unwrap());
    assert!(proof.body.contains("what you sent was not taken"), "{}", proof.body);
    let proved = root.submit(&proof, "/_cloakroom/reauthenticate", &[("password", PASSWORD)]);
    assert_eq!(proved.header("location"), Some(change.as_str()), "back at the form");
    assert!(gateway.command(&["user", "show", "alice"], "").status.success());
    assert_eq!(signed_in(&gateway, "alice").get("/_cloakroom/account").status, 200, "nothing has been done");
}

#[test]
fn the_last_administrator_stays_one_whoever_tries_and_however_many_at_once() {
    let gateway = open(&[]);
    let refused = gateway.command(&["user", "role", "root", "member"], "");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("last administrator"), "{refused:?}");
    assert!(!gateway.command(&["user", "disable", "root"], "").status.success());
    let mut root = signed_in(&gateway, "root");
    for (what, fields) in [("role", [("role", "auditor")].as_slice()), ("disable", &[])] {
        let kept = act(&mut root, "root", what, fields);
        assert_eq!(kept.status, 422);
        assert!(kept.body.contains("This is the last administrator who can sign in."), "{}", kept.body);
    }

    for round in 0..4 {
        for name in ["anna", "root"] {
            assert!(gateway.command(&["user", "role", name, "administrator"], "").status.success());
        }
        // Both are half sent before either is whole.
        let mut sent = [("anna", "root"), ("root", "anna")].map(|(who, whom)| {
            let mut browser = signed_in(&gateway, who);
            let change = format!("{USERS}/{whom}/change");
            let mut page = None;
            // What a command has changed is known within a second.
            within(Duration::from_secs(5), "who is an administrator is known", || {
                page = Some(browser.get(&change)).filter(|page| page.status == 200);
                page.is_some()
            });
            let form = page.unwrap().form("/role");
            let (name, token) = &form.hidden[0];
            let body = format!("{name}={token}&role=member");
            let half = browser.request("POST", &form.action).navigating();
            let half = half.header("Content-Type", "application/x-www-form-urlencoded").body(&body);
            (half.open("close"), body)
        });
        for (stream, body) in &mut sent {
            stream.write_all(body.as_bytes()).unwrap();
        }
        for (mut stream, _) in sent {
            stream.read_to_end(&mut Vec::new()).unwrap();
        }
        let roles = ["anna", "root"].map(|name| role_of(&gateway, name));
        let left = roles.iter().filter(|role| **role == "administrator").count();
        assert_eq!(left, 1, "in round {round}: {roles:?}");
        let one = if roles[0] == "administrator" { "anna" } else { "root" };
        assert!(!gateway.command(&["user", "disable", one], "").status.success());
    }
}

#[test]
fn the_administration_speaks_german_and_finds_people_by_the_beginning_of_a_name_or_an_address() {
    let gateway = open(&[]);
    for number in 0..30 {
        let name = format!("user{number:02}");
        let email = format!("{name}@{}.example", if number % 2 == 0 { "even" } else { "odd" });
        assert!(gateway.command(&["user", "add", &name, "--email", &email], PASSWORD).status.success());
    }
    let mut root = signed_in(&gateway, "root");
    let page = root.request("GET", USERS).navigating().header("Accept-Language", "de").send();
    for text in
        ["<h1>Benutzer</h1>", "Name beginnt mit", "Gesperrt", "Verwalter", "Nächste Seite", ">alice</a>"]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let names = |page: &Answer| -> Vec<String> {
        let rows = page.body.split("<th scope=\"row\">").skip(1);
        rows.map(|row| row.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = (0..30).map(|number| format!("user{number:02}")).collect();
    for query in
        ["name=USER", "email=USER", "name=user&role=member&state=enabled", "email=user&role=member&name=us"]
    {
        let first = root.get(&format!("{USERS}?{query}"));
        assert_eq!(names(&first), all[..25], "{query}");
        let (before, _) = first.body.split_once("\" rel=\"next\"").unwrap();
        let next = before.rsplit_once("href=\"").unwrap().1.replace("&amp;", "&");
        let second = root.get(&next);
        assert_eq!(names(&second), all[25..], "{next}");
        assert!(!second.body.contains("rel=\"next\""), "{next}");
    }
    assert_eq!(names(&root.get(&format!("{USERS}?role=administrator"))), ["root"]);
    assert_eq!(names(&root.get(&format!("{USERS}?email=user&role=administrator"))), [""; 0]);
    assert!(root.get(&format!("{USERS}?name=%C3%A9")).body.contains("Nobody is like that."));
}

#[test]
fn who_may_not_signs_in_as_somebody_else_and_goes_on_to_where_they_were_going() {
    let gateway = open(&[]);
    let mut browser = signed_in(&gateway, "alice");
    let place = format!("{USERS}?role=auditor");
    let refused = browser.get(&place);
    assert_eq!(refused.status, 403);
    let (_, rest) = refused.body.split_once("href=\"/_cloakroom/logout?").unwrap();
    let sign_out = format!("/_cloakroom/logout?{}", rest.split('"').next().unwrap());
    let page = browser.get(&sign_out);
    let signed_out = browser.submit(&page, "/_cloakroom/logout", &[]);
    assert_eq!(signed_out.status, 303);
    let login = signed_out.header("location").unwrap().to_owned();
    assert!(login.starts_with("/_cloakroom/login?next="), "{login}");
    let page = browser.get(&login);
    let done = browser.submit(&page, "/_cloakroom/login", &[("username", "root"), ("password", PASSWORD)]);
    assert_eq!(done.header("location"), Some(place.as_str()));
    assert_eq!(browser.get(&place).status, 200);
}
