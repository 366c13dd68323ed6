//! The first story: set up, sign in, see one's sessions, end one, sign out, survive a `kill -9`.

use crate::support::{Answer, Browser, Gateway, PASSWORD, run};

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";
const COOKIE: &str = "__Host-Http-cloakroom";

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

#[test]
fn a_set_up_link_makes_one_administrator_and_dies() {
    let gateway = Gateway::set_up(&[]);
    let link = gateway.setup_path.clone().unwrap();
    let mut browser = gateway.browser();
    assert_eq!(browser.get(&link).status, 404);
    let fields = [("username", "other"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
    assert_eq!(browser.post(&link, &fields).status, 404);
    assert!(!String::from_utf8_lossy(&gateway.command(&["user", "list"], "").stdout).contains("other"));
}

#[test]
fn a_set_up_link_is_not_used_up_by_looking_at_it_or_by_a_refused_password() {
    let gateway = Gateway::start(&[]);
    let link = gateway.setup_path.clone().unwrap();
    let mut browser = gateway.browser();
    browser.get(&link);
    let page = browser.get(&link);
    for (password, why) in
        [("short", "at least 15"), ("passwordpassword", "easy to guess"), ("cloakroom12345678", "easy")]
    {
        let fields = [("username", "root"), ("new_password", password), ("repeated", password)];
        let refused = browser.submit(&page, &link, &fields);
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains(why), "{}", refused.body);
    }
    let fields = [("username", "root"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
    assert_eq!(browser.submit(&page, &link, &fields).header("location"), Some("/_cloakroom/login?set_up"));
}

#[test]
fn nobody_prints_a_set_up_link_once_there_is_a_user() {
    let mut gateway = Gateway::set_up(&[]);
    gateway.kill();
    gateway.start_again();
    assert_eq!(gateway.setup_path, None);
}

#[test]
fn the_links_of_two_starts_work_until_one_is_used() {
    let mut gateway = Gateway::start(&[]);
    let old = gateway.setup_path.clone().unwrap();
    gateway.kill();
    gateway.start_again();
    let new = gateway.setup_path.clone().unwrap();
    let mut browser = gateway.browser();
    assert_ne!(old, new);
    let page = browser.get(&old);
    assert_eq!((page.status, browser.get(&new).status), (200, 200));
    let fields = [("username", "root"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
    assert_eq!(browser.submit(&page, &old, &fields).status, 303);
    assert_eq!((browser.get(&old).status, browser.get(&new).status), (404, 404));
}

#[test]
fn a_user_sees_their_sessions_and_ends_another_one() {
    let gateway = Gateway::set_up(&[]);
    let mut desk = gateway.signed_in();
    let mut phone = Browser::new(gateway.address, SAFARI);
    assert_eq!(phone.sign_in("ROOT", PASSWORD).status, 303);
    let page = desk.get("/_cloakroom/account");
    for words in
        ["Firefox on Linux", "Safari on iPhone", "127.0.0.1", "This session", "just now", "Last seen"]
    {
        assert!(page.body.contains(words), "{words}");
    }
    assert_eq!(page.body.matches("This session").count(), 1);
    let ended = desk.submit(&page, "/revoke", &[]);
    assert_eq!(ended.status, 303);
    assert!(!is_signed_in(&mut phone));
    let page = desk.get(ended.header("location").unwrap());
    assert!(page.body.contains("The session is ended."));
    // Further down the sign-in of Safari is told of, as soon as it is written down.
    let (_, cards) = page.body.split_once("<ul class=\"cards\">").unwrap();
    let (cards, _events) = cards.split_once("</section>").unwrap();
    assert!(cards.contains("Firefox on Linux") && !cards.contains("Safari"), "{cards}");
}

#[test]
fn ending_all_others_spares_this_one() {
    let gateway = Gateway::set_up(&[]);
    let mut others: Vec<Browser> = (0..3).map(|_| gateway.signed_in()).collect();
    let mut this = gateway.signed_in();
    let page = this.get("/_cloakroom/account");
    assert_eq!(this.submit(&page, "/revoke-others", &[]).status, 303);
    assert!(others.iter_mut().all(|other| !is_signed_in(other)));
    assert!(is_signed_in(&mut this));
}

#[test]
fn a_sign_out_ends_the_session_and_clears_the_cookie() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let stolen = browser.jar.clone();
    let page = browser.get("/_cloakroom/logout");
    assert!(is_signed_in(&mut browser), "looking at the page changes nothing");
    let done = browser.submit(&page, "/_cloakroom/logout", &[]);
    assert_eq!((done.status, done.header("location")), (303, Some("/_cloakroom/logout")));
    assert!(browser.jar.is_empty());
    assert!(browser.get("/_cloakroom/logout").body.contains("You are signed out"));
    browser.jar = stolen;
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn a_session_outlives_a_kill_and_a_sign_out_too() {
    let mut gateway = Gateway::set_up(&[]);
    let mut stays = gateway.signed_in();
    let mut leaves = gateway.signed_in();
    let cookies = leaves.jar.clone();
    let page = leaves.get("/_cloakroom/logout");
    leaves.submit(&page, "/_cloakroom/logout", &[]);
    gateway.kill();
    gateway.start_again();
    assert!(is_signed_in(&mut stays));
    leaves.jar = cookies;
    assert!(!is_signed_in(&mut leaves));
}

#[test]
fn the_cookie_is_bound_to_host_and_hidden_from_scripts() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.browser();
    let answer = browser.sign_in("root", PASSWORD);
    let lines = answer.all("set-cookie");
    assert_eq!(lines.len(), 1);
    let (pair, attributes) = lines[0].split_once("; ").unwrap();
    assert_eq!(pair.split_once('=').unwrap().0, COOKIE);
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn unknown_name_wrong_password_and_disabled_account_get_the_same_answer() {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "gone"], PASSWORD).status.success());
    assert!(gateway.command(&["user", "disable", "gone"], "").status.success());
    let mut answers: Vec<Answer> = Vec::new();
    for (name, password) in [
        ("root", "wrong wrong wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("not a name!", PASSWORD),
        ("root", ""),
    ] {
        let mut answer = gateway.browser().sign_in(name, password);
        // Which are of the request, as is the name that stays in its field.
        answer
            .headers
            .retain(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id" | "content-length"));
        answer.body = answer.body.replace(&format!("value=\"{name}\""), "");
        answers.push(answer);
    }
    assert_eq!(answers[0].status, 401);
    assert!(answers[0].all("set-cookie").is_empty());
    for answer in &answers[1..] {
        assert_eq!(
            (answer.status, &answer.headers, &answer.body),
            (answers[0].status, &answers[0].headers, &answers[0].body)
        );
    }
}

#[test]
fn a_failed_sign_in_changes_nothing() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let before = browser.jar.clone();
    let fields = [("username", "root"), ("password", "wrong wrong wrong")];
    assert_eq!(browser.post("/_cloakroom/login", &fields).status, 401);
    assert_eq!(browser.jar, before);
    assert!(is_signed_in(&mut browser));
}

#[test]
fn a_sign_in_gives_a_new_token_and_kills_the_old_one() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let old = browser.jar.clone();
    let fields = [("username", "root"), ("password", PASSWORD)];
    assert_eq!(browser.post("/_cloakroom/login", &fields).status, 303);
    assert_ne!(browser.jar[COOKIE], old[COOKIE]);
    browser.jar = old;
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn a_password_change_ends_the_other_sessions_and_renews_this_one() {
    let gateway = Gateway::set_up(&[]);
    let mut other = gateway.signed_in();
    let mut this = gateway.signed_in();
    let old = this.jar.clone();
    let new = "lantern fog otter gravel";
    let page = this.get("/_cloakroom/account/password");
    let change = |browser: &mut Browser, current: &str, new: &str| {
        let fields = [("password", current), ("new_password", new), ("repeated", new)];
        browser.submit(&page, "/account/password", &fields).status
    };
    assert_eq!(change(&mut this, "wrong wrong wrong", new), 403);
    assert_eq!(change(&mut this, PASSWORD, "too short"), 422);
    assert!(is_signed_in(&mut other));
    assert_eq!(change(&mut this, PASSWORD, new), 303);
    assert!(!is_signed_in(&mut other));
    assert!(is_signed_in(&mut this));
    let mut thief = gateway.browser();
    thief.jar = old;
    assert!(!is_signed_in(&mut thief));
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 401);
    assert_eq!(gateway.browser().sign_in("root", new).status, 303);
}

#[test]
fn a_reauthentication_gives_a_new_token_and_kills_the_old_one() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let old = browser.jar.clone();
    let page = browser.get("/_cloakroom/reauthenticate?next=/_cloakroom/account/password");
    assert_eq!(browser.submit(&page, "/reauthenticate", &[("password", "wrong wrong wrong")]).status, 403);
    let done = browser.submit(&page, "/reauthenticate", &[("password", PASSWORD)]);
    assert_eq!(done.header("location"), Some("/_cloakroom/account/password"));
    assert!(is_signed_in(&mut browser));
    browser.jar = old;
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn passwords_are_taken_octet_for_octet() {
    let gateway = Gateway::set_up(&[]);
    let long = format!(" {}é🦀 ", "0aZ~".repeat(31));
    assert!(gateway.command(&["user", "add", "alice"], &long).status.success());
    assert_eq!(gateway.browser().sign_in("alice", &long).status, 303);
    for near in [long.trim().to_owned(), long.to_uppercase(), format!("{long}x"), long[..72].to_owned()] {
        assert_eq!(gateway.browser().sign_in("alice", &near).status, 401, "{near}");
    }
}

#[test]
fn the_database_holds_no_token_and_only_strong_hashes() {
    let gateway = Gateway::set_up(&[]);
    let browser = gateway.signed_in();
    let token = &browser.jar[COOKIE];
    for file in ["cloakroom.db", "cloakroom.db-wal"] {
        let octets = std::fs::read(gateway.directory().join(file)).unwrap();
        let text = String::from_utf8_lossy(&octets);
        assert!(!text.contains(token.as_str()) && !text.contains(PASSWORD), "{file}");
    }
    let log = std::fs::read_to_string(gateway.directory().join("log")).unwrap();
    assert!(log.contains("signed_in") && !log.contains(&token[22..]) && !log.contains(PASSWORD), "{log}");
}

/// Holds the write lock of the database, as a stuck process would.
fn lock(gateway: &Gateway) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[test]
fn while_the_database_cannot_be_written_nobody_is_signed_in_or_told_that_they_are_signed_out() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let cookies = browser.jar.clone();
    let page = browser.get("/_cloakroom/logout");
    let locked = lock(&gateway);
    let sign_in = gateway.browser().sign_in("root", PASSWORD);
    assert_eq!((sign_in.status, sign_in.all("set-cookie").len()), (503, 0));
    assert!(sign_in.header("retry-after").is_some());
    assert!(sign_in.body.contains("Just a moment"));
    let sign_out = browser.submit(&page, "/_cloakroom/logout", &[]);
    assert_eq!(sign_out.status, 503);
    assert!(browser.jar.is_empty(), "the cookie is removed all the same");
    assert_eq!(gateway.browser().get("/_cloakroom/ready").status, 503);
    assert_eq!(gateway.browser().get("/_cloakroom/live").status, 200);
    drop(locked);
    browser.jar = cookies;
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 303);
    assert_eq!(gateway.browser().get("/_cloakroom/ready").status, 200);
}

#[test]
fn health_is_told_without_a_session() {
    let gateway = Gateway::start(&[]);
    let mut browser = gateway.browser();
    assert_eq!(browser.get("/_cloakroom/live").body, "live\n");
    assert_eq!(browser.get("/_cloakroom/ready").status, 200);
}

#[test]
fn it_ends_in_peace_when_told_to() {
    let mut gateway = Gateway::set_up(&[]);
    assert!(gateway.terminate().success());
}

#[test]
fn a_second_gateway_on_the_same_port_fails_and_says_so() {
    let gateway = Gateway::start(&[]);
    let second = run(gateway.directory(), &["serve", "--listen", &gateway.address.to_string()], "");
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("cannot listen on"));
}
