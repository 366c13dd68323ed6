//! `cloakroom audit`, as its users run it: against the gateway, which it finds nothing wrong with, and against what is not there.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

use crate::support::{Gateway, program, run};

/// What `audit --json` says, and its exit code.
fn audit(gateway: &Gateway, arguments: &[&str], user: Option<(&str, &str)>) -> (Value, Option<i32>, String) {
    let mut command = program(gateway.directory());
    command.args(["audit", "--json", "--pause", "0", "--samples", "4", "--fail-on", "info"]).args(arguments);
    if let Some((user, password)) = user {
        let new = "another passphrase for a while";
        command.env("CLOAKROOM_AUDIT_USER", user).env("CLOAKROOM_AUDIT_PASSWORD", password);
        command.env("CLOAKROOM_AUDIT_NEW_PASSWORD", new);
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {complaint}"));
    (report, output.status.code(), complaint)
}

const PASSWORD: &str = "a long passphrase of alice's";

const PLAN: &str = r#"
[forged]
action = "/_cloakroom/account/sessions/revoke-others"

[password_change]
page = "/_cloakroom/account/password"
action = "/_cloakroom/account/password"
fields = { password = "{password}", new_password = "{new_password}", repeated = "{new_password}" }
"#;

/// Everything that can be proved to be right.
const PROVED: usize = 9;

#[test]
fn our_own_gateway_has_no_finding_over_tls_and_on_this_machine_with_and_without_an_account() {
    let directory = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| directory.path().join(name).display().to_string());
    issue("gate.test", directory.path());
    std::fs::write(directory.path().join("plan.toml"), PLAN).unwrap();
    let plan = directory.path().join("plan.toml").display().to_string();
    let tls = ["--tls-certificate", &chain, "--tls-key", &key, "--public-url", "https://gate.test"];
    for (name, arguments) in [("https", &tls[..]), ("http", &[])] {
        let gateway = Gateway::start(arguments);
        assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
        let address = gateway.address;
        let (url, detour) = if name == "https" {
            ("https://gate.test/_cloakroom/login".to_owned(), format!("gate.test:443:{address}"))
        } else {
            let port = address.port();
            (format!("http://localhost:{port}/_cloakroom/login"), format!("localhost:{port}:{address}"))
        };
        let common = [&url, "--connect-to", &detour, "--authority", &chain];
        let (report, code, complaint) = audit(&gateway, &common, None);
        assert_eq!((&report["findings"], code), (&Value::Array(Vec::new()), Some(0)), "{name}: {complaint}");
        // As somebody does it who has no plan: a page of users leads to the sign-in.
        let page = url.replace("_cloakroom/login", "_cloakroom/account");
        let login = [&page, "--connect-to", &detour, "--authority", &chain, "--login"];
        let (report, code, complaint) = audit(&gateway, &login, Some(("alice", PASSWORD)));
        assert_eq!((&report["findings"], code), (&Value::Array(Vec::new()), Some(0)), "{name}: {complaint}");
        let login = [&common[..], &["--login", &plan]].concat();
        let (report, code, complaint) = audit(&gateway, &login, Some(("alice", PASSWORD)));
        assert_eq!(
            (&report["findings"], code),
            (&Value::Array(Vec::new()), Some(0)),
            "{name}: {complaint} {report:#}"
        );
        let notes = report["notes"].as_array().unwrap();
        let proved = notes.iter().filter(|note| note.as_str().unwrap().starts_with("proved: ")).count();
        assert_eq!(proved, PROVED, "{name}: {notes:#?}");
        assert!(
            report["cookies"].as_array().unwrap().iter().any(|cookie| cookie["session"] == true),
            "{name}"
        );
    }
}

fn issue(host: &str, directory: &Path) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([host.to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(directory.join("chain.pem"), certificate.pem()).unwrap();
}

/// Where a server takes whatever comes, and ends without an octet.
fn says_nothing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // Read first: what is closed unread is reset, and not ended.
            let _read = stream.and_then(|mut stream| stream.read(&mut [0; 4096]));
        }
    });
    address
}

#[test]
fn exit_codes_tell_a_clean_site_from_findings_and_from_what_could_not_be_audited() {
    let directory = tempfile::tempdir().unwrap();
    let audit = |arguments: &[&str], input: &str| {
        let output = run(directory.path(), &[&["audit"], arguments].concat(), input);
        let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let secret = "0123456789abcdef0123456789abcdef";
    let head = format!("HTTP/1.1 200 OK\r\nSet-Cookie: sid={secret}; HttpOnly\r\n\r\n");
    let (code, report, complaint) = audit(&["https://a.example", "--headers", "-"], &head);
    assert_eq!((code, complaint.as_str()), (Some(1), "cloakroom: 3 findings fail the audit\n"), "{report}");
    assert!(report.contains("cookie-no-secure") && !report.contains(secret), "{report}");
    assert!(report.lines().all(|line| line.chars().count() <= 80), "{report}");
    let (code, ..) = audit(&["https://a.example", "--headers", "-", "--fail-on", "never"], &head);
    assert_eq!(code, Some(0));
    let closed = cloakroom_test_servers::vacant_address().unwrap();
    let silent = says_nothing();
    for (arguments, line) in [
        (&["http://127.0.0.1:1/", "--timeout", "2"][..], "http://127.0.0.1:1 cannot be reached: "),
        (&[&format!("https://{closed}/")], "cannot be reached: "),
        (&[&format!("http://{silent}/")], "gave no answer that a browser could read: "),
        (&[&format!("https://{silent}/")], &format!("TLS with https://{silent} failed: ")),
        (&["https://nowhere.invalid"], "nowhere.invalid has no address that can be found: "),
        (&["ftp://a.example/"], "is no http:// or https:// URL"),
        (&["--explain", "cookie-secure"], "there is no rule cookie-secure; is cookie-no-secure meant?"),
        (&["--har", "absent.har"], "absent.har: "),
    ] {
        let (code, _, complaint) = audit(arguments, "");
        assert_eq!(code, Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains(line) && complaint.lines().count() == 1, "{complaint}");
    }
    let (code, explained, _) = audit(&["--explain", "cookie-no-secure"], "");
    assert!(code == Some(0) && explained.contains("SESSION_COOKIE_SECURE = True"), "{explained}");
}
