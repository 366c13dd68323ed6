//! Copies of the accounts, made beside a gateway that is in use, and put back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{Gateway, run, within};

/// A gateway on a file that was put back, in a folder of its own.
fn put_back(file: &Path) -> Gateway {
    Gateway::start(&["--store", &format!("sqlite:{}", file.display())])
}

#[test]
fn a_backup_beside_sign_ins_and_sign_outs_is_a_whole_database_without_a_session() {
    let gateway = Gateway::set_up(&[]);
    let (ending, sign_ins) = (AtomicBool::new(false), AtomicUsize::new(0));
    let copies: Vec<_> = (0..4).map(|number| gateway.directory().join(format!("copy-{number}.db"))).collect();
    let before = gateway.signed_in();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !ending.load(Ordering::Relaxed) {
                    let mut browser = gateway.signed_in();
                    let page = browser.get("/_cloakroom/logout");
                    assert_eq!(browser.submit(&page, "/_cloakroom/logout", &[]).status, 303);
                    sign_ins.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for copy in &copies {
            let seen = sign_ins.load(Ordering::Relaxed);
            let done = gateway.command(&["backup", &copy.display().to_string()], "");
            assert!(done.status.success(), "{done:?}");
            within(Duration::from_secs(20), "people go on to sign in", || {
                sign_ins.load(Ordering::Relaxed) > seen
            });
        }
        ending.store(true, Ordering::Relaxed);
    });
    for copy in &copies {
        assert_eq!(fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
        let database = rusqlite::Connection::open(copy).unwrap();
        let number = |query: &str| database.query_row(query, (), |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("SELECT count(*) FROM sessions"), 0);
        assert_eq!(number("PRAGMA freelist_count"), 0, "nothing of a session is left in free pages");
    }
    let restored = put_back(&copies[3]);
    assert_eq!(restored.setup_path, None, "there is an account");
    assert_eq!(restored.signed_in().get("/_cloakroom/account").status, 200);
    let mut old = restored.browser();
    old.jar.clone_from(&before.jar);
    assert_eq!(old.get("/_cloakroom/account").status, 303, "who was signed in signs in again");
}

#[test]
fn a_session_that_ended_after_a_backup_lives_again_only_where_sessions_were_asked_for() {
    let gateway = Gateway::set_up(&[]);
    let browser = gateway.signed_in();
    for (words, status) in
        [(&["backup", "without.db"][..], 303), (&["backup", "with.db", "--with-sessions"][..], 200)]
    {
        let done = gateway.command(words, "");
        assert!(done.status.success(), "{done:?}");
        assert!(gateway.command(&["session", "list"], "").status.success());
        let restored = put_back(&gateway.directory().join(words[1]));
        let mut back = restored.browser();
        back.jar.clone_from(&browser.jar);
        assert_eq!(back.get("/_cloakroom/account").status, status, "{words:?}");
        assert!(
            restored
                .command(
                    &[
                        "session",
                        "revoke-all",
                        "--store",
                        &format!("sqlite:{}", gateway.directory().join(words[1]).display())
                    ],
                    ""
                )
                .status
                .success()
        );
        assert_eq!(back.get("/_cloakroom/account").status, 303);
    }
}

#[test]
fn what_cannot_be_copied_leaves_nothing_behind_and_says_why() {
    let gateway = Gateway::set_up(&[]);
    let refused = |words: &[&str]| {
        let output = gateway.command(&[&["backup"], words].concat(), "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["cloakroom.db"]).contains("cloakroom.db is there already"));
    assert!(refused(&["nowhere/copy.db"]).contains("nowhere/copy.db cannot be written"));
    assert!(refused(&["copy.db", "--accounts", "sqlite:none.db"]).contains("none.db"));
    fs::write(gateway.directory().join("diary.db"), [b'x'; 4096]).unwrap();
    assert!(
        refused(&["copy.db", "--accounts", "sqlite:diary.db"]).contains("this is not an SQLite database")
    );
    let server = refused(&["copy.db", "--accounts", "postgres://u:p4ss@127.0.0.1/d"]);
    assert!(server.contains("pg_dump --table='cloakroom_*'") && !server.contains("p4ss"), "{server}");
    assert!(refused(&["copy.db", "--accounts", "mysql://u:p4ss@127.0.0.1/d"]).contains("mysqldump"));
    let left: Vec<_> =
        fs::read_dir(gateway.directory()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !left.iter().any(|name| ["copy.db", "copy.db.part", "none.db"].contains(&name.to_str().unwrap())),
        "{left:?}"
    );
    let other = tempfile::tempdir().unwrap();
    assert_eq!(run(other.path(), &["backup", "copy.db"], "").status.code(), Some(1));
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0, "no database is made");
}
