//! Users of another program, taken over.

use crate::support::{Application, Gateway, run};

/// A hash as `htpasswd -B -C 5` writes it.
const BCRYPT: &str = "$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G";

fn list(gateway: &Gateway) -> serde_json::Value {
    serde_json::from_slice(&gateway.command(&["user", "list", "--json"], "").stdout).unwrap()
}

#[test]
fn users_of_authelia_are_taken_over_whole_or_not_at_all() {
    let gateway = Gateway::start(&[]);
    let user = |name: &str, hash: &str| {
        format!(
            "  {name}:\n    displayname: 'Doe, {name}'\n    password: '{hash}'\n    email: '{name}@example.org'\n    groups: [staff, ops]\n"
        )
    };
    let broken = format!("users:\n{}{}", user("alice", BCRYPT), user("bob", "$6$secret$secret"));
    let refused = gateway.command(&["import", "authelia", "-"], &broken);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(
        said.contains("nobody was added") && said.contains("user \"bob\": not a password hash"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
    assert_eq!(list(&gateway), serde_json::json!([]));

    let whole = format!("users:\n{}{}    disabled: true\n", user("alice", BCRYPT), user("bob", BCRYPT));
    let dry = gateway.command(&["import", "authelia", "-", "--dry-run"], &whole);
    let said = String::from_utf8_lossy(&dry.stdout).into_owned();
    assert!(
        said.starts_with(
            "alice, alice@example.org, in ops, staff\nbob, bob@example.org, in ops, staff, disabled\n"
        ),
        "{said}"
    );
    assert_eq!(list(&gateway), serde_json::json!([]));

    let done = gateway.command(&["import", "authelia", "-"], &whole);
    assert_eq!(String::from_utf8_lossy(&done.stdout), "Added 2; 0 had an account already.\n", "{done:?}");
    let users = list(&gateway);
    assert_eq!((&users[0]["name"], &users[0]["display_name"]), (&"alice".into(), &"Doe, alice".into()));
    assert_eq!(users[0]["groups"], serde_json::json!(["ops", "staff"]));
    assert_eq!((&users[0]["state"], &users[1]["state"]), (&"enabled".into(), &"disabled".into()));
    let again = gateway.command(&["import", "authelia", "-"], &whole);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "Added 0; 2 had an account already.\n");
}

#[test]
fn users_of_tinyauth_and_of_htpasswd_are_taken_over_too() {
    let gateway = Gateway::start(&[]);
    let environment = format!(
        "APP_URL=https://a.example\nUSERS=carol:{},dave:{0}:JBSWY3DPEHPK3PXP\n",
        BCRYPT.replace('$', "$$")
    );
    for (from, text, added) in
        [("tinyauth", environment.as_str(), 2), ("htpasswd", &format!("erin:{BCRYPT}\n"), 1)]
    {
        let done = gateway.command(&["import", from, "-"], text);
        assert!(String::from_utf8_lossy(&done.stdout).starts_with(&format!("Added {added};")), "{done:?}");
    }
    assert_eq!(list(&gateway).as_array().unwrap().len(), 3);
    let refused =
        gateway.command(&["import", "htpasswd", "-"], "frank:$apr1$secret$secret\ngrace:{SHA}secret\n");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("line 1: not a password hash of argon2")
            && said.contains("line 2: not a password hash"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

/// What a translation says, once it stands in a file of ours.
fn taken_over(from: &str, theirs: &str, more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("theirs"), theirs).unwrap();
    let printed = run(folder.path(), &["import", from, "theirs"], "");
    assert!(printed.status.success(), "{printed:?}");
    assert!(String::from_utf8_lossy(&printed.stderr).contains("not taken over, or not exactly: "));
    let text = String::from_utf8(printed.stdout).unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing is written");
    std::fs::write(folder.path().join("cloakroom.toml"), format!("{more}{text}")).unwrap();
    (folder, text)
}

#[test]
fn a_configuration_of_oauth2_proxy_is_printed_as_one_that_this_program_takes() {
    let application = Application::start();
    let theirs = format!(
        r#"
        http_address = "127.0.0.1:0"
        provider = "oidc"
        oidc_issuer_url = "http://127.0.0.1:1"
        client_id = "intranet"
        client_secret = "0123456789abcdef"
        redirect_url = "http://intranet.localhost:9000/oauth2/callback"
        email_domains = ["*"]
        allowed_groups = ["staff"]
        cookie_expire = "8h"
        cookie_secret = "0123456789abcdef0123456789abcdef"
        upstreams = ["{}/"]
        skip_auth_routes = ["^/health$", "GET=^/api"]
        "#,
        application.url()
    );
    let (folder, text) = taken_over("oauth2-proxy", &theirs, "");
    let checked = run(folder.path(), &["check", "--offline"], "");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(
        said.contains("app intranet-localhost-9000") && said.contains("for staff, 1 rule"),
        "{said} of {text}"
    );
    let explain = |path: &str| {
        let url = format!("http://intranet.localhost:9000{path}");
        String::from_utf8(run(folder.path(), &["explain", "GET", &url], "").stdout).unwrap()
    };
    assert!(explain("/health").contains("pass: everybody may"));
    assert!(
        explain("/api").contains("sign in:") && explain("/").contains("sign in:"),
        "what is not said exactly is shut"
    );
    let gateway = Gateway::configured(&text, &[]);
    let mut visitor = gateway.browser();
    let health = visitor.request("GET", "/health").header("Host", "intranet.localhost:9000").send();
    assert!(health.body.starts_with("GET /health HTTP/1.1"), "{}", health.body);
    let refused = gateway.command(&["import", "oauth2-proxy", "-"], "injectRequestHeaders:\n- name: a\n");
    assert!(
        String::from_utf8_lossy(&refused.stderr)
            .contains("the alpha configuration, which is YAML, is not read")
    );
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn access_control_of_authelia_is_printed_as_tables_that_decide_alike_or_more_strictly() {
    let theirs = "access_control:\n  default_policy: deny\n  rules:\n\
        \x20   - {domain: 'wiki.example.org', policy: bypass, resources: ['^/open([/?].*)?$', '^/op.*n$']}\n\
        \x20   - {domain: 'wiki.example.org', policy: one_factor, subject: 'group:staff'}\n\
        \x20   - {domain: '*.example.org', policy: one_factor}\n";
    let here = "public_url = \"https://login.example.org\"\n";
    let (folder, text) = taken_over("authelia-rules", theirs, here);
    for user in ["alice", "bob"] {
        let mut words = vec!["user", "add", user];
        words.extend(["--group", "staff"].iter().filter(|_| user == "alice"));
        assert!(run(folder.path(), &words, crate::support::PASSWORD).status.success());
    }
    let explain = |url: &str, more: &[&str]| {
        let words = [&["explain", "GET", url][..], more].concat();
        String::from_utf8(run(folder.path(), &words, "").stdout).unwrap()
    };
    assert!(explain("https://wiki.example.org/open/a", &[]).contains("pass: everybody may"), "{text}");
    assert!(
        explain("https://wiki.example.org/opxn", &[]).contains("sign in:"),
        "an expression that no rule can say stays shut"
    );
    assert!(explain("https://wiki.example.org/", &["--user", "bob"]).contains("not allowed"), "{text}");
    assert!(explain("https://wiki.example.org/", &["--user", "alice"]).contains("  pass"), "{text}");
    assert!(explain("https://shop.example.org/", &["--user", "bob"]).contains("  pass"), "{text}");
}
