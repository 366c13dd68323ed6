//! `cloakroom demo`, as a visitor goes through it; and that nothing of it is anywhere else.

use serde_json::Value;

use crate::support::{Demo, Gateway, program, run};

/// What stands where somebody has an installation already.
const CONFIGURATION: &str = "this is = no configuration";
const DATABASE: &str = "nobody may touch this";

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";

#[test]
fn a_visitor_follows_the_guide_every_attack_fails_as_told_and_nothing_is_left() {
    let files = [("cloakroom.toml", CONFIGURATION), ("cloakroom.db", DATABASE)];
    let environment = [("CLOAKROOM_STORE", "postgres://127.0.0.1:1/real"), ("CLOAKROOM_LISTEN", "0.0.0.0:1")];
    let mut demo = Demo::start(&files, &environment);
    let mut visitor = demo.visitor();
    let guide = visitor.get("/");
    assert_eq!(guide.status, 200);
    assert_eq!(demo.passwords.len(), 4);
    for (name, password) in &demo.passwords {
        assert!(guide.body.contains(password.as_str()), "{name}");
    }

    let attacks: Vec<&str> = guide.body.split("href=\"/attacks/").skip(1).collect();
    assert_eq!(attacks.len(), 8);
    for attack in attacks {
        let path = format!("/attacks/{}", attack.split('"').next().unwrap());
        let page = visitor.get(&path);
        assert!(page.status == 200 && !page.body.contains("id=\"report\""), "{path}");
        let report = visitor.submit(&page, &path, &[]);
        assert!(report.body.contains(">The attack failed.<"), "{path}: {}", report.body);
        let [requests, answers] = ["aria-label=\"Request\"", "aria-label=\"Answer\""]
            .map(|label| report.body.matches(label).count());
        assert!(requests == answers && requests > 1, "{path}: {requests} requests and {answers} answers");
    }

    // As Alice: her two sample sessions and this one, and none that an attack has left.
    let mut alice = demo.user(CHROME);
    assert_eq!(alice.sign_in("alice", &demo.passwords["alice"]).status, 303);
    let account = alice.get("/_cloakroom/account").body;
    for (agent, address) in [
        ("Chrome on Linux", "127.0.0.1"),
        ("Firefox on Windows", "127.0.0.2"),
        ("Safari on iPhone", "127.0.0.3"),
    ] {
        assert!(account.contains(agent) && account.contains(address), "{agent}, {address}: {account}");
    }
    assert_eq!(account.matches("/revoke\"").count(), 2, "{account}");
    let notes = alice.get("/");
    let written = alice.submit(&notes, "/notes", &[("text", "a <b>first</b> note")]);
    assert_eq!((written.status, written.header("location")), (303, Some("/")));
    let notes = alice.get("/").body;
    assert!(notes.contains("a &lt;b&gt;first&lt;/b&gt; note") && !notes.contains("I resign"), "{notes}");
    // She has just signed in, which opens the safe.
    assert_eq!(alice.get("/safe").status, 200);

    assert!(demo.interrupt().success());
    assert_eq!(std::fs::read_dir(demo.directory().join("temporary")).unwrap().count(), 0);
    for (name, content) in files {
        assert_eq!(std::fs::read_to_string(demo.directory().join(name)).unwrap(), content, "{name}");
    }
}

#[test]
fn other_sites_neither_read_the_guide_nor_set_its_attacks_going_and_the_auditor_finds_nothing() {
    let demo = Demo::start(&[], &[]);
    let mut visitor = demo.visitor();
    let port = demo.guide_port;
    for (host, status) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        (format!("rebound.example:{port}"), 421),
        ("localhost".to_owned(), 421),
    ] {
        let answer = visitor.request("GET", "/").header("Host", &host).send();
        assert_eq!(answer.status, status, "{host}");
        assert_eq!(answer.body.contains(&demo.passwords["alice"]), status == 200);
    }
    for site in ["cross-site", "same-site"] {
        let forged =
            visitor.request("POST", "/attacks/replay").header("Sec-Fetch-Site", site).body("").send();
        assert_eq!(forged.status, 403, "{site}");
    }
    assert_eq!(visitor.get("/attacks/nothing").status, 404);

    let url = format!("http://{}/_cloakroom/login", demo.authority());
    let detour = format!("{}:127.0.0.1:{}", demo.authority(), demo.site_port);
    let mut audit = program(demo.directory());
    audit.args([
        "audit",
        "--json",
        "--pause",
        "0",
        "--samples",
        "4",
        "--fail-on",
        "info",
        "--connect-to",
        &detour,
        &url,
    ]);
    let output = audit.output().unwrap();
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(
        (&report["findings"], output.status.code()),
        (&Value::Array(Vec::new()), Some(0)),
        "{report:#}"
    );
}

#[test]
fn a_gateway_that_serves_has_no_page_and_no_user_of_the_demo_and_the_demo_takes_no_configuration() {
    let gateway = Gateway::start(&[]);
    let users = gateway.command(&["user", "list", "--json"], "");
    assert_eq!(String::from_utf8(users.stdout).unwrap().trim(), "[]");
    let mut browser = gateway.browser();
    for path in
        ["/attacks/replay", "/prize", "/game", "/notes", "/who", "/safe", "/style.css", "/_cloakroom/demo"]
    {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
    for name in ["alice", "bob", "mallory", "admin"] {
        assert_eq!(browser.sign_in(name, "").status, 401, "{name}");
    }
    for flag in ["--config", "--data-dir", "--store", "--accounts", "--listen", "--public-url"] {
        let refused = run(gateway.directory(), &["demo", flag, "x"], "");
        assert_eq!(refused.status.code(), Some(2), "{flag}");
    }
}
