//! What has happened to one's own account, on the account page and on a page of its own.

use std::time::Duration;

use crate::support::{Browser, Gateway, PASSWORD, within};

const EVENTS: &str = "/_cloakroom/account/events";

/// The lines of the trail on a page, the newest first.
fn lines(page: &str) -> Vec<String> {
    let list = page.split("<ul class=\"log\">").nth(1).map_or("", |list| list.split("</ul>").next().unwrap());
    list.split("<li").skip(1).map(text).collect()
}

/// What a piece of a page says, without its tags.
fn text(piece: &str) -> String {
    let (mut said, mut is_tag) = (String::new(), true);
    for c in piece.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => said.push(c),
            _ => {}
        }
    }
    said
}

fn alice(gateway: &Gateway) -> Browser {
    let mut alice = gateway.browser();
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    alice
}

#[test]
fn a_user_sees_what_happened_to_their_account_and_not_where_an_administrator_sits() {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    assert_eq!(gateway.browser().sign_in("alice", "wrong wrong wrong").status, 401);
    let mut browser = alice(&gateway);
    assert!(
        gateway.command(&["user", "edit", "alice", "--add-group", "secret-project"], "").status.success()
    );
    let mut root = gateway.signed_in();
    within(Duration::from_secs(5), "all of it is on the page", || {
        lines(&browser.get("/_cloakroom/account").body).len() == 4
    });
    let page = browser.get("/_cloakroom/account").body;
    let told = lines(&page);
    assert!(
        told[0].contains("Groups changed") && told[0].contains("By") && told[0].contains("whoever runs"),
        "{told:?}"
    );
    assert!(told[1].contains("Signed in, by password") && told[1].contains("127.0.0.1"), "{told:?}");
    assert!(told[2].contains("Sign-in failed, wrong password") && told[2].contains("Firefox on"), "{told:?}");
    assert!(told[3].contains("Account made") && !told[3].contains("127.0.0.1"), "{told:?}");
    assert!(!page.contains("secret-project"), "details are for operators");
    let of_root = lines(&root.get("/_cloakroom/account").body);
    assert!(of_root.iter().all(|line| !line.contains("Groups changed")), "{of_root:?}");
    let german = browser.request("GET", EVENTS).navigating().header("Accept-Language", "de").send();
    assert_eq!((german.status, lines(&german.body).len()), (200, 4));
    assert!(
        german.body.contains("Anmeldung gescheitert") && german.body.contains("Alles, was geschehen ist")
    );
}

#[test]
fn everything_is_there_a_page_at_a_time_and_nobody_reads_without_a_session() {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let subject = "SELECT id FROM cloakroom_users WHERE name = 'alice'";
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    let subject: String = database.query_row(subject, (), |row| row.get(0)).unwrap();
    let many = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 120)
        INSERT INTO cloakroom_events (id, at_ms, kind, severity, subject, actor, app, instance, number)
        SELECT 1000 + n, n / 7, 'handed_over', 'info', ?1, 'user:alice', 'app-' || n || '.', '0123456789abcdef', n FROM numbers";
    assert_eq!(database.execute(many, [subject]).unwrap(), 120);
    let mut browser = alice(&gateway);
    assert_eq!(lines(&browser.get("/_cloakroom/account").body).len(), 10, "the latest");
    let (mut met, mut next) = (Vec::new(), EVENTS.to_owned());
    loop {
        let page = browser.get(&next);
        assert_eq!(page.status, 200);
        met.extend(lines(&page.body));
        let Some(older) =
            page.body.split("rel=\"next\"").next().filter(|_| page.body.contains("rel=\"next\""))
        else {
            break;
        };
        next = older.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
    }
    let apps: Vec<String> = met
        .iter()
        .filter_map(|line| Some(line.split_once("app-")?.1.split('.').next()?.to_owned()))
        .collect();
    assert_eq!(apps, (1..=120).rev().map(|number| number.to_string()).collect::<Vec<_>>());
    for wrong in ["?cursor=x", "?cursor=1", "?cursor=1-1&cursor=1-1"] {
        assert_eq!(browser.get(&format!("{EVENTS}{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(gateway.browser().get(EVENTS).status, 303);
}
