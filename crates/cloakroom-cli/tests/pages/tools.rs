//! Pages, their policy and a whole site, in the eyes of those who grade such things.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use cloakroom_browsers::RUNTIME;

use crate::checks;
use crate::gateway::Gateway;
use crate::stage::artefacts;

/// Fails when any of the pages that were met so far is not valid HTML.
pub(crate) fn validate() {
    check("html", artefacts().join("html").into_os_string(), None);
}

/// Runs a check in Node.
fn check(what: &str, subject: OsString, authority: Option<&Path>) {
    let node = env::var_os("CLOAKROOM_NODE").unwrap_or_else(|| "node".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/checks.mjs");
    let mut command = Command::new(node);
    command.arg(script).arg(checks::folder()).arg(what).arg(subject);
    if let Some(authority) = authority {
        command.env("NODE_EXTRA_CA_CERTS", authority);
    }
    let output = command.output().unwrap();
    let said = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    assert!(output.status.success(), "{what}: {}{}", said(&output.stdout), said(&output.stderr));
}

#[test]
fn a_site_of_ours_gets_the_top_grade_and_its_policy_has_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let files = format!("tls_certificate = {certificate:?}\ntls_key = {key:?}\n");
    let gateway = Gateway::configured(&files, &[]);
    let site = format!("localhost:{}", gateway.address.port());
    check("site", site.into(), Some(&certificate));
    check("policy", policy().into(), None);
}

/// The policy of a sign-in page.
fn policy() -> String {
    let gateway = Gateway::start(&[]);
    let head = RUNTIME.block_on(async {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(gateway.address).await.unwrap();
        let request = "GET /_cloakroom/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    });
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(name, _)| name.eq_ignore_ascii_case("content-security-policy")).unwrap().1.to_owned()
}
