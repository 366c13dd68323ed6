//! What `cloakroom check` finds, and says.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::support::{Application, Gateway, Provider, run};

/// What is found about a configuration: severity, place, what; and the exit code.
fn check(folder: &Path, file: &str, words: &[&str]) -> (Vec<(String, String, String)>, i32) {
    fs::write(folder.join("cloakroom.toml"), file).unwrap();
    let output = run(folder, &[&["check", "--json"], words].concat(), "");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = said["findings"].as_array().unwrap().iter();
    let found = findings.map(|found| (text(found, "severity"), text(found, "place"), text(found, "what")));
    (found.collect(), output.status.code().unwrap())
}

/// Asserts that one thing is found, and how the program ends.
fn finds(folder: &Path, file: &str, expected: (&str, &str, &str), code: i32) {
    let (found, ended) = check(folder, file, &["--offline"]);
    let (severity, place, what) = expected;
    let is = |found: &(String, String, String)| {
        found.0 == severity && found.1.contains(place) && found.2.contains(what)
    };
    assert!(found.len() == 1 && is(&found[0]), "{expected:?} in {found:?}");
    assert_eq!(ended, code, "{found:?}");
}

#[test]
fn a_configuration_that_is_well_is_silent_and_a_first_start_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(check(folder.path(), "", &["--offline"]), (Vec::new(), 0));
    let (found, code) = check(folder.path(), "", &[]);
    assert!(found.len() == 1 && found[0].0 == "note" && found[0].2.contains("is not there yet"), "{found:?}");
    assert_eq!(code, 0);
    assert!(!folder.path().join("cloakroom.db").exists(), "it makes nothing");
}

#[test]
fn certificates_by_acme_are_tls_of_our_own_and_no_proxy_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = "listen = \"[::]:443\"\npublic_url = \"https://login.example.org\"\n[acme]\nterms_of_service_agreed = true\n";
    assert_eq!(check(folder.path(), file, &["--offline"]), (Vec::new(), 0));
}

#[test]
fn a_finding_says_where_it_stands_what_it_means_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cloakroom.toml"), "name = \"a\"\ntrusted_proxies = [\"0.0.0.0/0\"]")
        .unwrap();
    let output = run(folder.path(), &["check", "--offline"], "");
    let said = String::from_utf8(output.stdout).unwrap();
    let at = said
        .find("\nERROR (cloakroom.toml, line 2)\n  trusted_proxies has 0.0.0.0/0, which is everybody")
        .unwrap();
    assert!(said[at..].ends_with("  To do: name the addresses of the proxies themselves\n"), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "cloakroom: errors: 1, warnings: 0\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_that_others_can_read_or_write_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let (file, secret) = (
        folder.path().join("cloakroom.toml"),
        "store = \"redis://u:p4ss@127.0.0.1:1\"\naccounts = \"sqlite:a.db\"",
    );
    fs::write(&file, "").unwrap();
    let chmod = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    chmod(&file, 0o644);
    finds(folder.path(), secret, ("warning", "cloakroom.toml", "a secret stands in it"), 1);
    chmod(&file, 0o666);
    finds(folder.path(), "", ("error", "cloakroom.toml", "can write the configuration (mode 666)"), 2);
    chmod(&file, 0o600);
    assert_eq!(check(folder.path(), secret, &["--offline"]), (Vec::new(), 0));
    let gateway = Gateway::start(&[]);
    chmod(&gateway.directory().join("cloakroom.db"), 0o640);
    let (found, code) = check(gateway.directory(), "", &[]);
    assert!(found.len() == 1 && found[0].2.contains("users other than its owner can open"), "{found:?}");
    assert_eq!(code, 1);
    fs::write(folder.path().join("cloakroom.db"), "this is a diary, and no database").unwrap();
    let (found, code) = check(folder.path(), "", &[]);
    assert!(
        found.iter().any(|found| found.0 == "error" && found.2.ends_with("is no SQLite database")),
        "{found:?}"
    );
    assert_eq!(code, 2);
}

#[test]
fn a_certificate_that_ends_soon_or_is_for_another_host_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let issue = |host: &str, until: (i32, u8, u8)| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_after = date_time_ymd(until.0, until.1, until.2);
        fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        fs::write(folder.path().join("chain.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o600)).unwrap();
    };
    let file =
        "public_url = \"https://login.example.org\"\ntls_certificate = \"chain.pem\"\ntls_key = \"key.pem\"";
    issue("login.example.org", (2099, 1, 1));
    assert_eq!(check(folder.path(), file, &["--offline"]), (Vec::new(), 0));
    issue("login.example.org", (2024, 1, 1));
    finds(folder.path(), file, ("error", "line 2", "chain.pem has expired"), 2);
    issue("wiki.example.org", (2099, 1, 1));
    finds(folder.path(), file, ("warning", "line 2", "chain.pem is not for login.example.org"), 1);
    fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o644)).unwrap();
    issue("login.example.org", (2099, 1, 1));
    fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o644)).unwrap();
    finds(folder.path(), file, ("warning", "line 3", "can open the private key"), 1);
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    finds(folder.path(), file, ("error", "line 2", "cannot read key.pem"), 2);
}

#[test]
fn whatever_does_not_answer_is_found_unless_nothing_is_to_be_asked() {
    let (folder, application, provider) =
        (tempfile::tempdir().unwrap(), Application::start(), Provider::start());
    fs::write(folder.path().join("cloakroom.toml"), "").unwrap();
    fs::set_permissions(folder.path().join("cloakroom.toml"), Permissions::from_mode(0o600)).unwrap();
    let nobody = cloakroom_test_servers::vacant_address().unwrap();
    let well = format!("proxy = \"{}\"\n{}", application.url(), provider.table());
    let (found, code) = check(folder.path(), &well, &[]);
    assert_eq!((found.len(), code), (1, 0), "the database is not there yet: {found:?}");
    let (dead, table) = (format!("proxy = \"http://{nobody}\"\n"), provider.table());
    drop(provider);
    let file = dead + &table.replace("issuer = \"http://127.0.0.1:", "issuer = \"http://127.0.0.1:1/");
    let (found, code) = check(folder.path(), &file, &[]);
    let said = |what: &str| found.iter().any(|found| found.0 == "warning" && found.2.contains(what));
    assert!(said(&format!("nothing answers at http://{nobody}")), "{found:?}");
    assert!(said("nobody could sign in by "), "{found:?}");
    assert_eq!(code, 1);
    assert_eq!(check(folder.path(), &file, &["--offline"]), (Vec::new(), 0));
    let servers = format!("store = \"redis://{nobody}\"\naccounts = \"postgres://u:p4ss@{nobody}/d\"\n");
    let (found, code) = check(folder.path(), &servers, &[]);
    let errors: Vec<_> = found.iter().filter(|found| found.0 == "error").collect();
    assert!(errors.len() == 2 && !format!("{errors:?}").contains("p4ss"), "{found:?}");
    assert_eq!(code, 2);
}

#[cfg(feature = "servers")]
#[test]
fn databases_are_asked_for_their_time_and_get_no_tables() {
    use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};

    let folder = tempfile::tempdir().unwrap();
    let (postgres, mariadb) = (
        Postgres::start(&PostgresSettings::default()).unwrap(),
        MariaDb::start(&MariaDbSettings::default()).unwrap(),
    );
    mariadb.create_database("empty").unwrap();
    fs::write(folder.path().join("cloakroom.toml"), "").unwrap();
    fs::set_permissions(folder.path().join("cloakroom.toml"), Permissions::from_mode(0o600)).unwrap();
    let file = format!("store = \"{}\"\naccounts = \"{}\"", postgres.url("postgres"), mariadb.url("empty"));
    assert_eq!(check(folder.path(), &file, &[]), (Vec::new(), 0));
    mariadb.execute("DROP DATABASE empty").unwrap();
    let (found, code) = check(folder.path(), &file, &[]);
    assert!(
        found.len() == 1 && found[0].1.ends_with("line 2") && found[0].2.contains("cannot be used"),
        "{found:?}"
    );
    assert_eq!(code, 2);
}

#[test]
fn a_start_logs_what_it_can_find_by_itself() {
    let gateway = Gateway::configured("trusted_proxies = [\"10.0.0.0/8\"]", &[]);
    let log = gateway.log();
    assert!(log.contains("WARN") && log.contains("trusted_proxies has all of 10.0.0.0/8"), "{log}");
    assert!(log.contains("cloakroom.toml, line 1"), "{log}");
}
