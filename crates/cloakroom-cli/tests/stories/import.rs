//! Users of another program, taken over.

use crate::support::Gateway;

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
