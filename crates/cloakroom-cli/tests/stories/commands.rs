//! The command line beside a running gateway, and without one.

use std::process::Output;
use std::time::Duration;

use crate::support::{Gateway, PASSWORD, run, within};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_disabled_user_is_signed_out_at_once_and_enabling_revives_nothing() {
    let gateway = Gateway::set_up(&[]);
    let second = ["user", "add", "second", "--role", "administrator"];
    assert!(gateway.command(&second, PASSWORD).status.success(), "who is left");
    let mut browser = gateway.signed_in();
    let disabled = gateway.command(&["user", "disable", "root"], "");
    assert_eq!(out(&disabled), "Disabled; 1 session ended.\n");
    assert_eq!(browser.get("/_cloakroom/account").status, 303);
    assert!(gateway.command(&["user", "enable", "root"], "").status.success());
    assert_eq!(browser.get("/_cloakroom/account").status, 303);
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 303);
}

#[test]
fn sessions_are_listed_shown_and_ended_beside_a_running_gateway() {
    let gateway = Gateway::set_up(&[]);
    let (mut first, mut second) = (gateway.signed_in(), gateway.signed_in());
    let list = json(&gateway.command(&["session", "list", "--json"], ""));
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["user"], "root");
    assert_eq!(list[0]["client"], "Firefox on Linux");
    assert_eq!(list[0]["address"], "127.0.0.1");
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!(json(&gateway.command(&["session", "show", id, "--json"], ""))[0]["id"], id);
    assert!(gateway.command(&["session", "revoke", id], "").status.success());
    assert_eq!(gateway.command(&["session", "revoke", id], "").status.code(), Some(1));
    let statuses = [first.get("/_cloakroom/account").status, second.get("/_cloakroom/account").status];
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(out(&gateway.command(&["session", "revoke-user", "root"], "")), "1 session ended.\n");
    assert_eq!(first.get("/_cloakroom/account").status, 303);
    assert_eq!(second.get("/_cloakroom/account").status, 303);
}

/// The gateway answers from memory by then, and the command is another process.
#[test]
fn the_first_request_after_a_command_has_ended_its_session_is_refused() {
    const TIMES: usize = 12;
    let gateway = Gateway::set_up(&[]);
    for _ in 0..TIMES {
        let mut browser = gateway.signed_in();
        assert!((0..20).all(|_| browser.get("/_cloakroom/account").status == 200));
        assert_eq!(out(&gateway.command(&["session", "revoke-user", "root"], "")), "1 session ended.\n");
        assert_eq!(browser.get("/_cloakroom/account").status, 303);
    }
}

#[test]
fn everybody_is_signed_out_by_one_command() {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let (mut root, mut alice) = (gateway.signed_in(), gateway.browser());
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    assert_eq!(out(&gateway.command(&["session", "revoke-all"], "")), "2 sessions ended.\n");
    assert_eq!(root.get("/_cloakroom/account").status, 303);
    assert_eq!(alice.get("/_cloakroom/account").status, 303);
}

#[test]
fn a_new_password_ends_all_sessions_of_its_user() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let set = gateway.command(&["user", "passwd", "root"], "lantern fog otter gravel\n");
    assert_eq!(out(&set), "Password set; 1 session ended.\n");
    assert_eq!(browser.get("/_cloakroom/account").status, 303);
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 401);
    assert_eq!(gateway.browser().sign_in("root", "lantern fog otter gravel").status, 303);
}

#[test]
fn users_are_listed_for_people_and_programs() {
    let directory = tempfile::tempdir().unwrap();
    let add = run(directory.path(), &["user", "add", "Alice", "--role", "administrator"], PASSWORD);
    assert_eq!(out(&add), "Added Alice (administrator).\n");
    let list = out(&run(directory.path(), &["user", "list"], ""));
    assert!(list.starts_with("NAME   ROLE           STATE    CREATED"), "{list}");
    let list = json(&run(directory.path(), &["user", "list", "--json"], ""));
    assert_eq!((&list[0]["name"], &list[0]["state"]), (&"Alice".into(), &"enabled".into()));
}

#[test]
fn what_applications_are_told_of_a_user_is_said_and_changed_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &str| run(directory.path(), arguments, input);
    let mut add = vec!["user", "add", "alice", "--display-name", "Élise", "--email", "e@example.org"];
    add.extend(["--group", "ops", "--group", "dev", "--group", "ops"]);
    assert_eq!(out(&run(&add, PASSWORD)), "Added alice (member).\n");
    let alice = || json(&run(&["user", "show", "ALICE", "--json"], ""))[0].clone();
    assert_eq!((&alice()["display_name"], &alice()["email"]), (&"Élise".into(), &"e@example.org".into()));
    assert_eq!(alice()["groups"], serde_json::json!(["dev", "ops"]));
    assert!(out(&run(&["user", "list"], "")).contains(" Élise         e@example.org  dev,ops\n"));

    let edit = ["user", "edit", "alice", "--no-display-name", "--email", "a@b", "--add-group", "x.y"];
    assert_eq!(out(&run(&[&edit[..], &["--remove-group", "ops"]].concat(), "")), "Changed alice.\n");
    assert_eq!((&alice()["display_name"], &alice()["email"]), (&serde_json::Value::Null, &"a@b".into()));
    assert_eq!(alice()["groups"], serde_json::json!(["dev", "x.y"]));

    for (wrong, code) in [
        (&["user", "edit", "alice", "--add-group", "a,b"][..], 1),
        (&["user", "edit", "alice", "--email", "a@b@c"], 1),
        (&["user", "edit", "alice", "--display-name", "a\nb"], 1),
        (&["user", "edit", "nobody", "--no-email"], 1),
        (&["user", "edit", "alice"], 2),
        (&["user", "edit", "alice", "--email", "a@b", "--no-email"], 2),
        (&["user", "add", "bob", "--group", "a,b"], 1),
    ] {
        assert_eq!(run(wrong, PASSWORD).status.code(), Some(code), "{wrong:?}");
    }
    assert_eq!(json(&run(&["user", "list", "--json"], "")).as_array().unwrap().len(), 1);
    assert_eq!(alice()["groups"], serde_json::json!(["dev", "x.y"]));
}

/// Made by `htpasswd -nbB -C 5` of Apache 2.4.71 and by crypt(3) of libxcrypt 4.4, of one password.
const MADE_BY_OTHERS: &str = "Alice:$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G
bob:$2y$05$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHIYO\n";

#[test]
fn a_list_of_another_program_is_taken_over_and_its_hashes_are_replaced_as_users_sign_in() {
    let gateway = Gateway::set_up(&[]);
    let wrong = gateway.command(&["user", "import", "-"], &format!("{MADE_BY_OTHERS}carol:$1$a$b\n"));
    assert_eq!(wrong.status.code(), Some(1));
    assert!(err(&wrong).contains("line 3: not a password hash of argon2"), "{}", err(&wrong));
    std::fs::write(gateway.directory().join("users"), MADE_BY_OTHERS).unwrap();
    let import = || out(&gateway.command(&["user", "import", "users"], ""));
    assert_eq!(import(), "Added 2; 0 had an account already.\n");
    assert_eq!(import(), "Added 0; 2 had an account already.\n");
    assert_eq!(gateway.browser().sign_in("alice", "grâce horse battery 8").status, 401);
    assert_eq!(gateway.browser().sign_in("alice", "grâce horse battery 7").status, 303);
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    let kind = |name: &str| -> String {
        let hash = "SELECT substr(password_hash, 1, 10) FROM cloakroom_users WHERE name = ?1";
        database.query_row(hash, [name], |row| row.get(0)).unwrap()
    };
    within(Duration::from_secs(10), "the sign-in does not wait for the new hash", || {
        kind("alice") == "$argon2id$"
    });
    assert_eq!(kind("bob"), "$2y$05$abc");
    assert_eq!(gateway.browser().sign_in("alice", "grâce horse battery 7").status, 303);
}

#[test]
fn what_cannot_be_done_is_exit_code_1_and_what_is_wrong_is_2() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &str| run(directory.path(), arguments, input);
    assert_eq!(run(&["user", "disable", "nobody"], "").status.code(), Some(1));
    assert_eq!(run(&["user", "add", "alice"], "short").status.code(), Some(1));
    assert_eq!(run(&["user", "add", "not a name"], PASSWORD).status.code(), Some(1));
    assert!(run(&["user", "add", "alice"], PASSWORD).status.success());
    assert!(err(&run(&["user", "add", "ALICE"], PASSWORD)).contains("there is a user \"ALICE\" already"));
    assert_eq!(run(&["session", "revoke", "x"], "").status.code(), Some(1));
    assert_eq!(run(&["nonsense"], "").status.code(), Some(2));
    assert_eq!(run(&["check", "--listen", "nowhere"], "").status.code(), Some(2));
}

#[test]
fn a_wrong_configuration_says_where_and_what_would_be_right() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("cloakroom.toml"),
        "listen = \"127.0.0.1:7464\"\nidle_timout = \"1h\"\n",
    )
    .unwrap();
    let check = run(directory.path(), &["check"], "");
    assert_eq!(check.status.code(), Some(2));
    assert_eq!(
        err(&check),
        "cloakroom: cloakroom.toml, line 2: unknown key \"idle_timout\"; did you mean \"idle_timeout\"?\n"
    );
    std::fs::write(directory.path().join("cloakroom.toml"), "listen = \"0.0.0.0:7464\"\n").unwrap();
    let serve = run(directory.path(), &["serve"], "");
    assert_eq!(serve.status.code(), Some(2));
    assert!(
        err(&serve)
            .contains("cloakroom.toml, line 1: listen = \"0.0.0.0:7464\" can be reached over the network")
    );
}

#[test]
fn the_configuration_in_effect_says_where_each_value_is_from() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("c.toml"), "name = \"Acme\"\nlog = \"warn\"\n").unwrap();
    let check =
        json(&run(directory.path(), &["check", "--json", "--config", "c.toml", "--log", "debug"], ""));
    let of = |key: &str| {
        check["settings"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone()
    };
    assert_eq!((&of("name")["value"], &of("name")["from"]), (&"\"Acme\"".into(), &"c.toml, line 1".into()));
    assert_eq!((&of("log")["value"], &of("log")["from"]), (&"\"debug\"".into(), &"flag --log".into()));
    assert_eq!(of("idle_timeout")["from"], "default");
}

#[test]
fn completions_are_printed_for_a_shell() {
    let directory = tempfile::tempdir().unwrap();
    assert!(out(&run(directory.path(), &["completions", "bash"], "")).contains("revoke-user"));
}

#[test]
fn a_snippet_says_what_a_proxy_would_miss() {
    let directory = tempfile::tempdir().unwrap();
    let snippet = |configuration: &str| {
        std::fs::write(directory.path().join("cloakroom.toml"), configuration).unwrap();
        run(directory.path(), &["snippet", "nginx"], "")
    };
    let login = "public_url = \"https://login.example.org\"\n";
    let wiki = "[[app]]\nname = \"wiki\"\norigin = \"https://wiki.example.org\"\n";
    let upstream = "upstream = \"http://127.0.0.1:3000\"\n";
    for (configuration, missing) in [
        (format!("{wiki}{upstream}"), "set public_url"),
        (login.to_owned(), "add an [[app]] table"),
        (format!("{login}{wiki}"), "the application wiki has no upstream"),
        (format!("listen = \"127.0.0.1:0\"\n{login}{wiki}{upstream}"), "the port of listen is 0"),
    ] {
        let refused = snippet(&configuration);
        assert_eq!((refused.status.code(), out(&refused)), (Some(1), String::new()), "{configuration}");
        assert!(err(&refused).contains(missing), "{}", err(&refused));
    }
    let printed = snippet(&format!("{login}{wiki}{upstream}"));
    assert!(out(&printed).contains("server_name wiki.example.org;"), "{}", err(&printed));
    let folder = run(directory.path(), &["snippet", "haproxy", "--folder", "/etc/a b"], "");
    assert_eq!(folder.status.code(), Some(2));
}
