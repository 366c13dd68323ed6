//! Sessions of real frameworks with their default settings, behind TLS, as `docs/auditor.md` lists what is found on each.
//!
//! Needs what `xtask/src/test/requirements.rs` names; a library that is missing is a failure.

#![expect(clippy::unwrap_used, reason = "a framework that cannot be started has failed")]

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cloakroom_audit::agent::UnixTime;
use cloakroom_audit::probe::{Detour, Terms, look_at};
use cloakroom_audit::rules::Framework;
use cloakroom_audit::{Finding, Verdict, judge};
use cloakroom_test_servers::{Process, Start, free_port};
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use url::Url;

/// What is found on every one of them, since none says anything of it.
const OF_ALL: [&str; 4] = ["cookie-no-prefix", "cookie-no-secure", "csp-missing", "hsts-missing"];

/// What is found on those that leave pages to the application.
const OF_PAGES: [&str; 3] = ["frames-allowed", "nosniff-missing", "referrer-unsaid"];

fn variable(name: &str) -> PathBuf {
    let value = env::var_os(name)
        .unwrap_or_else(|| panic!("{name} does not say where it is; `cargo xtask test` does"));
    PathBuf::from(value)
}

/// Runs an application with a library that was brought for it, on a port of its own.
fn application(program: &str, script: &str, library: &str, stage: &Stage<'_>) -> (Process, SocketAddr) {
    let library = variable(library);
    run(program, stage, |port| vec![source(script).into(), library.into(), port.to_string().into()])
}

/// Where an application runs, and what is pasted into it: fixes, a line each.
struct Stage<'s> {
    folder: &'s Path,
    fixes: &'s str,
}

fn source(script: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/frameworks").join(script)
}

/// Runs a program with these arguments for a port.
fn run(
    program: &str,
    stage: &Stage<'_>,
    arguments: impl FnOnce(u16) -> Vec<OsString>,
) -> (Process, SocketAddr) {
    let port = free_port().unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let start = Start {
        program: variable(program),
        arguments: arguments(port),
        environment: vec![
            ("PYTHONDONTWRITEBYTECODE".into(), "1".into()),
            ("FIXES".into(), stage.fixes.into()),
        ],
        user: None,
        folder: stage.folder.to_owned(),
    };
    let process = Process::start(start, |_, _| Ok(std::net::TcpStream::connect(address).is_ok())).unwrap();
    (process, address)
}

/// TLS in front of it, as it would stand behind any proxy.
async fn with_tls(name: &str, behind: SocketAddr) -> (SocketAddr, CertificateDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap().der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut outside) = acceptor.accept(stream).await else { return };
                let Ok(mut inside) = TcpStream::connect(behind).await else { return };
                let mut request = vec![0; 16 * 1024];
                let Ok(length) = outside.read(&mut request).await else { return };
                let Some(line) = request.iter().position(|octet| *octet == b'\n') else { return };
                let (line, rest) = request[..length].split_at(line + 1);
                let head = [line, b"X-Forwarded-Proto: https\r\n", rest].concat();
                if inside.write_all(&head).await.is_err() {
                    return;
                }
                // Whichever side ends it.
                let _ended = copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    (address, certificate)
}

/// 2026-11-21T00:00:00Z: cookies that say how long they live say it from the moment that they come.
const NOW: UnixTime = UnixTime(1_795_219_200);

async fn audit(name: &str, behind: SocketAddr) -> Verdict {
    let (address, certificate) = with_tls(name, behind).await;
    let mut terms = Terms::gentle(|| NOW);
    terms.authorities = vec![certificate];
    terms.detours = vec![Detour { host: name.to_owned(), port: 443, to: address }];
    terms.plain_port = None;
    terms.pause = Duration::ZERO;
    terms.samples = 16;
    let target = Url::parse(&format!("https://{name}/")).unwrap();
    judge(&look_at(&target, terms, &|_| ()).await.unwrap())
}

fn expected(groups: &[&[&'static str]]) -> BTreeSet<&'static str> {
    OF_ALL.iter().chain(groups.iter().copied().flatten()).copied().collect()
}

fn found(verdict: &Verdict) -> BTreeSet<&'static str> {
    verdict.findings.iter().map(|one| one.rule.id).collect()
}

/// Lines that cannot be pasted into an application of one file, or need a library that is not here.
fn can_be_pasted(fix: &str) -> bool {
    !fix.contains("helmet") && !fix.starts_with('@') && !fix.contains("Django 6.0")
}

/// Audits an application with its defaults, pastes what the report says into it, and audits it again: what was to be fixed is,
/// nothing else is found, and the session is still there.
async fn audit_and_fix(name: &str, start: impl Fn(&Stage<'_>) -> (Process, SocketAddr)) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let verdict = {
        let (_process, address) = start(&Stage { folder: folder.path(), fixes: "" });
        audit(name, address).await
    };
    let has_fix = |one: &&Finding| one.framework.is_some() && can_be_pasted(one.fix());
    let fixable: Vec<&Finding> = verdict.findings.iter().filter(has_fix).collect();
    let lines: BTreeSet<&str> = fixable.iter().map(|one| one.fix()).collect();
    let fixed: BTreeSet<&str> = fixable.iter().map(|one| one.rule.id).collect();
    assert!(fixed.contains("cookie-no-prefix"), "{fixed:?}");
    let lines: String = lines.into_iter().collect::<Vec<_>>().join("\n");
    let (_process, address) = start(&Stage { folder: folder.path(), fixes: &lines });
    let after = audit(name, address).await;
    let left: BTreeSet<&str> = &found(&verdict) - &fixed;
    assert_eq!(found(&after), left, "{lines}");
    assert!(after.offers.iter().any(|offer| offer.is_session && offer.outcome.is_ok()), "{lines}");
    verdict
}

#[tokio::test]
async fn express_with_express_session() {
    let start = |stage: &Stage<'_>| application("CLOAKROOM_NODE", "express.cjs", "CLOAKROOM_EXPRESS", stage);
    let verdict = audit_and_fix("express.test", start).await;
    assert_eq!(verdict.framework, Some(Framework::Express));
    assert_eq!(found(&verdict), expected(&[&OF_PAGES, &["cache-unsaid", "cookie-no-samesite"]]));
}

#[tokio::test]
async fn flask() {
    let start = |stage: &Stage<'_>| {
        application("CLOAKROOM_PYTHON", "flask_application.py", "CLOAKROOM_PYTHON_WEB", stage)
    };
    let verdict = audit_and_fix("flask.test", start).await;
    assert_eq!(verdict.framework, Some(Framework::Flask));
    let more = ["cache-unsaid", "cookie-no-samesite", "token-readable"];
    assert_eq!(found(&verdict), expected(&[&OF_PAGES, &more]));
}

#[tokio::test]
async fn django() {
    let start = |stage: &Stage<'_>| {
        application("CLOAKROOM_PYTHON", "django_application.py", "CLOAKROOM_PYTHON_WEB", stage)
    };
    let verdict = audit_and_fix("django.test", start).await;
    assert_eq!(verdict.framework, Some(Framework::Django));
    let more = ["cache-unsaid", "cookie-csrf-insecure", "cookie-persistent"];
    assert_eq!(found(&verdict), expected(&[&more]));
}

/// Serves a file of Rack's.
fn puma(script: &str, stage: &Stage<'_>) -> (Process, SocketAddr) {
    run("CLOAKROOM_PUMA", stage, |port| {
        let bind = format!("tcp://127.0.0.1:{port}");
        vec!["--quiet".into(), "--bind".into(), bind.into(), source(script).into()]
    })
}

#[tokio::test]
async fn rack() {
    let verdict = audit_and_fix("rack.test", |stage| puma("rack.ru", stage)).await;
    assert_eq!(verdict.framework, Some(Framework::Rack));
    let more = ["cache-unsaid", "cookie-no-samesite", "token-readable"];
    assert_eq!(found(&verdict), expected(&[&OF_PAGES, &more]));
}

#[tokio::test]
async fn rails() {
    let verdict = audit_and_fix("rails.test", |stage| puma("rails.ru", stage)).await;
    assert_eq!(verdict.framework, Some(Framework::Rails));
    assert_eq!(found(&verdict), expected(&[&["cache-private"]]));
}

#[tokio::test]
async fn php() {
    let start = |stage: &Stage<'_>| {
        let ini = stage.folder.join("php.ini");
        std::fs::write(&ini, stage.fixes).unwrap();
        run("CLOAKROOM_PHP", stage, |port| {
            // Where sessions lie is the machine's matter, not the cookie's.
            let place = format!("session.save_path={}", stage.folder.display());
            let listen = format!("127.0.0.1:{port}");
            let script = source("application.php");
            ["-c".into(), ini.into(), "-d".into(), place.into(), "-S".into(), listen.into(), script.into()]
                .into()
        })
    };
    let verdict = audit_and_fix("php.test", start).await;
    assert_eq!(verdict.framework, Some(Framework::Php));
    let more = ["cookie-no-httponly", "cookie-no-samesite"];
    assert_eq!(found(&verdict), expected(&[&OF_PAGES, &more]));
}
