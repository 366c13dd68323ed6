//! The sessions of everybody, as administrators and auditors find and end them.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Application, Browser, Gateway, PASSWORD, within};

const LIST: &str = "/_cloakroom/admin/sessions";
const LOGIN: &str = "login.localhost:9000";
const WIKI: &str = "wiki.localhost:9000";

/// The administrator `root`, and these members.
fn with_members(members: &[&str], arguments: &[&str]) -> Gateway {
    let gateway = Gateway::set_up(arguments);
    for member in members {
        assert!(gateway.command(&["user", "add", member], PASSWORD).status.success());
    }
    gateway
}

fn signed_in_as(gateway: &Gateway, user: &str) -> Browser {
    let mut browser = gateway.browser();
    assert_eq!(browser.sign_in(user, PASSWORD).status, 303);
    browser
}

/// The users whose sessions are on a page, by the links to these, in their order.
fn owners(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let links = page.body.split("<a href=\"/_cloakroom/admin/sessions/").skip(1);
    let named = links.filter_map(|link| {
        let (id, rest) = link.split_once("\">")?;
        (id.len() == 32).then(|| rest.split('<').next().unwrap().to_owned())
    });
    named.collect()
}

/// The IDs of the sessions of a page that can be marked.
fn markable(page: &Answer) -> Vec<String> {
    let boxes = page.body.split("name=\"session\" value=\"").skip(1);
    boxes.map(|rest| rest[..32].to_owned()).collect()
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

fn events(gateway: &Gateway, kind: &str) -> Vec<Value> {
    let listed = gateway.command(&["event", "list", "--json", "--kind", kind], "");
    assert!(listed.status.success(), "{listed:?}");
    serde_json::from_slice(&listed.stdout).unwrap()
}

/// The one event of a kind, when it is written down.
fn the_event(gateway: &Gateway, kind: &str) -> Value {
    within(Duration::from_secs(5), kind, || !events(gateway, kind).is_empty());
    events(gateway, kind).remove(0)
}

#[test]
fn sessions_are_found_by_user_address_age_and_way_to_sign_in() {
    let gateway = with_members(&["alice", "bob"], &[]);
    let mut root = gateway.signed_in();
    let _others =
        [signed_in_as(&gateway, "alice"), signed_in_as(&gateway, "bob"), signed_in_as(&gateway, "alice")];
    let all = root.get(LIST);
    assert_eq!(owners(&all), ["alice", "bob", "alice", "root"], "the newest first");
    assert!(all.body.contains("Firefox on Linux") && all.body.contains("127.0.0.1"), "{}", all.body);
    assert_eq!(all.body.matches("This session").count(), 1);
    let everybody = ["alice", "bob", "alice", "root"].as_slice();
    for (query, found) in [
        ("user=ALICE", ["alice", "alice"].as_slice()),
        ("user=alice&method=password", &["alice", "alice"]),
        ("user=alice&method=federated", &[]),
        ("address=127.0.0.1", everybody),
        ("address=127.0.0.0%2F8", everybody),
        ("address=127.0.0.2", &[]),
        ("address=192.0.2.0%2F24", &[]),
        ("younger=1h", everybody),
        ("older=1h", &[]),
        ("unseen=1d", &[]),
        ("user=&address=&method=&younger=&older=&unseen=", everybody),
    ] {
        assert_eq!(owners(&root.get(&format!("{LIST}?{query}"))), found, "{query}");
    }
    for (query, said) in [
        ("user=carol", "Nobody has this user name."),
        ("address=127", "An address is written as"),
        ("app=wiki", "No application at an origin of its own"),
        ("older=x", "cannot be understood"),
    ] {
        let page = root.get(&format!("{LIST}?{query}"));
        assert!(owners(&page).is_empty() && page.body.contains(said), "{query}: {}", page.body);
    }
}

#[test]
fn a_page_has_twenty_and_the_next_goes_on_where_it_ended() {
    let gateway = with_members(&["alice"], &[]);
    let mut root = gateway.signed_in();
    let _many: Vec<Browser> = (0..24).map(|_| signed_in_as(&gateway, "alice")).collect();
    for (query, sizes) in [
        ("", [20, 5].as_slice()),
        ("?user=alice", &[20, 4]),
        ("?address=127.0.0.0%2F16", &[20, 5]),
        ("?method=password&younger=1d", &[20, 5]),
    ] {
        let (mut path, mut met, mut seen) = (format!("{LIST}{query}"), Vec::new(), Vec::new());
        loop {
            let page = root.get(&path);
            seen.push(owners(&page).len());
            met.extend(markable(&page));
            let mut links = page.body.split("<a class=\"button plain\" href=\"").skip(1);
            let Some(next) = links.find(|link| link.contains("rel=\"next\"")) else { break };
            path = next.split('"').next().unwrap().replace("&amp;", "&");
        }
        assert_eq!(seen, sizes, "{query}");
        met.sort_unstable();
        met.dedup();
        assert_eq!(met.len(), 24, "each once, and one's own cannot be marked");
    }
}

#[test]
fn marked_sessions_end_at_once_and_the_trail_says_who_ended_them_and_why() {
    let gateway = with_members(&["alice", "bob"], &[]);
    let mut root = gateway.signed_in();
    let (mut alice, mut again, mut bob) =
        (signed_in_as(&gateway, "alice"), signed_in_as(&gateway, "alice"), signed_in_as(&gateway, "bob"));
    let page = root.get(&format!("{LIST}?user=alice"));
    let marked = markable(&page);
    let refused = root.submit(&page, "/end", &[("session", &marked[0])]);
    assert_eq!(refused.header("location"), Some("/_cloakroom/admin/sessions?user=alice&notice=no_reason"));
    let refused = root.submit(&page, "/end", &[("reason", "x")]);
    assert_eq!(
        refused.header("location"),
        Some("/_cloakroom/admin/sessions?user=alice&notice=nothing_marked")
    );
    assert!([&mut alice, &mut again, &mut bob].into_iter().all(is_signed_in), "nothing has ended yet");
    let fields =
        [("session", marked[0].as_str()), ("session", marked[1].as_str()), ("reason", " lost laptop ")];
    let ended = root.submit(&page, "/end", &fields);
    let back = ended.header("location").unwrap();
    assert_eq!(back, "/_cloakroom/admin/sessions?user=alice&notice=ended");
    assert!(root.get(back).body.contains("The marked sessions are ended."));
    assert_eq!([&mut alice, &mut again, &mut bob].map(is_signed_in), [false, false, true]);
    within(Duration::from_secs(5), "both are written down", || events(&gateway, "session_ended").len() == 2);
    for event in events(&gateway, "session_ended") {
        let [actor, user, detail] =
            ["actor", "user", "detail"].map(|field| event[field].as_str().unwrap().to_owned());
        assert_eq!([actor.as_str(), &user, &detail], ["user:root", "alice", "lost laptop"]);
        assert!(marked.contains(&event["session"].as_str().unwrap().to_owned()));
    }
}

#[test]
fn one_session_is_shown_with_what_happened_to_it_and_can_be_ended() {
    let gateway = with_members(&["alice"], &[]);
    let (mut root, mut alice) = (gateway.signed_in(), signed_in_as(&gateway, "alice"));
    let id = markable(&root.get(&format!("{LIST}?user=alice"))).remove(0);
    let path = format!("{LIST}/{id}");
    within(Duration::from_secs(5), "the sign-in is on the page", || {
        root.get(&path).body.contains("Signed in</strong>")
    });
    let page = root.get(&path);
    assert!(page.body.contains(&id) && page.body.contains("alice") && page.body.contains("by password"));
    assert_eq!(root.submit(&page, "/end", &[("reason", "test")]).status, 303);
    assert!(!is_signed_in(&mut alice));
    assert_eq!([root.get(&path).status, root.get(&format!("{LIST}/x")).status], [404, 404]);
    let own = root.get(LIST);
    let own = own.body.split("<a href=\"/_cloakroom/admin/sessions/").nth(1).unwrap()[..32].to_owned();
    let page = root.get(&format!("{LIST}/{own}"));
    assert!(
        page.body.contains("You are looking at this page in it.") && page.forms().is_empty(),
        "{}",
        page.body
    );
}

#[test]
fn all_that_are_like_this_end_but_the_one_who_asks_and_what_begins_later() {
    let gateway = with_members(&["alice", "bob"], &[]);
    let mut root = gateway.signed_in();
    let mut others = [signed_in_as(&gateway, "alice"), signed_in_as(&gateway, "bob"), gateway.signed_in()];
    let list = root.get(&format!("{LIST}?address=127.0.0.0%2F8"));
    assert!(list.body.contains("/end-matching?address=127.0.0.0%2F8"), "{}", list.body);
    let ask = root.get(&format!("{LIST}/end-matching?address=127.0.0.0%2F8"));
    assert!(ask.body.contains("4 sessions are like this now."), "{}", ask.body);
    let refused = root.submit(&ask, "/end-matching", &[]);
    assert!(refused.status == 422 && refused.body.contains("Please say why"), "{}", refused.body);
    let begun = root.submit(&ask, "/end-matching", &[("reason", "a network that is not ours")]);
    assert_eq!((begun.status, begun.header("location")), (303, Some("/_cloakroom/admin/sessions/endings")));
    within(Duration::from_secs(10), "it is done", || {
        root.get(&format!("{LIST}/endings")).body.contains("Done")
    });
    assert!(is_signed_in(&mut root), "who asks is spared");
    assert!(!others.iter_mut().any(is_signed_in));
    let event = the_event(&gateway, "sessions_ended");
    assert_eq!(
        (event["actor"].as_str(), event["detail"].as_str()),
        (Some("user:root"), Some("3 ended: address 127.0.0.0/8; a network that is not ours"))
    );
    let each = events(&gateway, "session_ended");
    assert_eq!(each.len(), 3);
    assert!(
        each.iter()
            .all(|event| event["detail"] == "a network that is not ours" && event["actor"] == "user:root")
    );
    let nothing = root.get(&format!("{LIST}/end-matching"));
    assert_eq!(
        nothing.header("location"),
        Some(LIST),
        "who says nothing wants everybody's, which is asked elsewhere"
    );
    for wrong in ["user=carol", "older=x"] {
        let back = format!("{LIST}?{wrong}");
        assert_eq!(root.get(&format!("{LIST}/end-matching?{wrong}")).header("location"), Some(back.as_str()));
    }
}

#[test]
fn everybodys_sessions_end_by_a_form_that_asks_twice() {
    let gateway = with_members(&["alice"], &[]);
    let (mut root, mut alice) = (gateway.signed_in(), signed_in_as(&gateway, "alice"));
    let page = root.get(&format!("{LIST}/end-everyones"));
    assert_eq!(root.submit(&page, "/end-everyones", &[("reason", "x")]).status, 422);
    assert_eq!(root.submit(&page, "/end-everyones", &[("sure", "yes")]).status, 422);
    assert!(is_signed_in(&mut alice));
    let done = root.submit(&page, "/end-everyones", &[("sure", "yes"), ("reason", "a leaked backup")]);
    assert_eq!(done.header("location"), Some("/_cloakroom/login"), "{}", done.body);
    assert!(!is_signed_in(&mut alice) && !is_signed_in(&mut root));
    let event = the_event(&gateway, "everyone_revoked");
    assert_eq!(event["detail"], "2 ended; a leaked backup");
    assert_eq!(event["actor"], "user:root");
}

#[test]
fn strangers_and_members_see_nothing_auditors_look_and_an_old_proof_has_to_be_given_again() {
    let gateway = with_members(&["alice"], &["--reauthentication-window", "1s"]);
    assert!(gateway.command(&["user", "add", "vera", "--role", "auditor"], PASSWORD).status.success());
    let (mut root, mut alice) = (gateway.signed_in(), signed_in_as(&gateway, "alice"));
    let (mut vera, mut stranger) = (signed_in_as(&gateway, "vera"), gateway.browser());
    let id = markable(&root.get(&format!("{LIST}?user=alice"))).remove(0);
    let to_look = [LIST.to_owned(), format!("{LIST}/{id}"), format!("{LIST}/endings")];
    let to_act = ["end-matching?user=alice", "end-everyones"].map(|path| format!("{LIST}/{path}"));
    for path in to_look.iter().chain(&to_act) {
        let answer = stranger.get(path);
        assert!(answer.header("location").unwrap().starts_with("/_cloakroom/login"), "{path}");
        assert_eq!(alice.get(path).status, 403, "{path}");
    }
    for path in &to_look {
        let page = vera.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(
            !page.body.contains("method=\"post\"") && !page.body.contains("/end-"),
            "{path}: {}",
            page.body
        );
    }
    let posts = [
        ("end", vec![("session", id.as_str()), ("reason", "x")]),
        ("end-matching", vec![("user", "alice"), ("reason", "x")]),
        ("end-everyones", vec![("sure", "yes"), ("reason", "x")]),
    ];
    for path in &to_act {
        assert_eq!(vera.get(path).status, 403, "{path}");
    }
    // Until a second is over the proof is recent, which the forms are for that are sent below.
    within(Duration::from_secs(10), "the proof is old", || root.get(&to_act[1]).status == 303);
    for (path, fields) in &posts {
        let path = format!("{LIST}/{path}");
        assert!(stranger.post(&path, fields).header("location").unwrap().starts_with("/_cloakroom/login"));
        assert_eq!(alice.post(&path, fields).status, 403, "{path}");
        assert_eq!(vera.post(&path, fields).status, 403, "{path}");
        let asked = root.post(&path, fields);
        assert!(asked.header("location").unwrap().starts_with("/_cloakroom/reauthenticate"), "{path}");
    }
    assert!(is_signed_in(&mut alice), "nobody has ended anything");
}

#[test]
fn a_form_that_no_page_of_this_session_has_made_ends_nothing() {
    let gateway = with_members(&["alice"], &[]);
    let (mut root, mut alice) = (gateway.signed_in(), signed_in_as(&gateway, "alice"));
    let id = markable(&root.get(&format!("{LIST}?user=alice"))).remove(0);
    let foreign = alice.get("/_cloakroom/account").form("/_cloakroom/logout").hidden;
    let foreign = foreign.into_iter().find(|(name, _)| name == "csrf_token").unwrap().1;
    for (path, fields) in [
        ("end", [("session", id.as_str()), ("reason", "x")]),
        ("end-matching", [("user", "alice"), ("reason", "x")]),
        ("end-everyones", [("sure", "yes"), ("reason", "x")]),
    ] {
        let path = format!("{LIST}/{path}");
        assert_eq!(root.post(&path, &fields).status, 403, "{path}");
        let with_foreign = [fields.as_slice(), &[("csrf_token", &foreign)]].concat();
        assert_eq!(root.post(&path, &with_foreign).status, 403, "{path}");
    }
    assert!(is_signed_in(&mut alice));
}

#[test]
fn sessions_are_found_by_the_application_that_has_taken_them_over() {
    let application = Application::start();
    let file = format!(
        "public_url = \"http://{LOGIN}\"\n[[app]]\nname = \"wiki\"\norigin = \"http://{WIKI}\"\nupstream = \"{}\"\n",
        application.url()
    );
    let gateway = Gateway::configured(&file, &[]);
    for (user, role) in [("root", "administrator"), ("alice", "member"), ("bob", "member")] {
        assert!(gateway.command(&["user", "add", user, "--role", role], PASSWORD).status.success());
    }
    let browser = |host: &str| Browser::spread(std::iter::repeat(gateway.address), host, "Wget/1.21");
    let (mut root, mut alice, mut bob) = (browser(LOGIN), browser(LOGIN), browser(LOGIN));
    for (browser, name) in [(&mut root, "root"), (&mut alice, "alice"), (&mut bob, "bob")] {
        assert_eq!(browser.sign_in(name, PASSWORD).status, 303);
    }
    assert!(owners(&root.get(&format!("{LIST}?app=wiki"))).is_empty());
    let mut wiki = browser(WIKI);
    let begun = wiki.get("/_cloakroom/begin?to=%2F");
    let at = |origin: &str, answer: &Answer| {
        let location = answer.header("location").unwrap();
        location.strip_prefix(&format!("http://{origin}")).unwrap().to_owned()
    };
    let handed = alice.get(&at(LOGIN, &begun));
    assert_eq!(wiki.get(&at(WIKI, &handed)).status, 303);
    let page = root.get(&format!("{LIST}?app=wiki"));
    assert_eq!(owners(&page), ["alice"]);
    assert!(page.body.contains("3 sessions were looked at for this page."), "{}", page.body);
    let listed = gateway.command(&["session", "list", "--app", "wiki", "--json"], "");
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((listed.as_array().unwrap().len(), listed[0]["user"].as_str()), (1, Some("alice")));
    for (more, found) in
        [(["--address", "127.0.0.0/8"], 3), (["--method", "federated"], 0), (["--older", "1h"], 0)]
    {
        let listed = gateway.command(&[&["session", "list", "--json"], more.as_slice()].concat(), "");
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert_eq!(listed.as_array().unwrap().len(), found, "{more:?}");
    }
    let wrong = gateway.command(&["session", "list", "--address", "here"], "");
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("address is an address, or a network"),
        "{wrong:?}"
    );
}
