//! Which certificate a host shows, where plain HTTP leads, and what an ACME server has to do with it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::modern::Certificate;
use crate::support::scripted::raw;
use crate::support::{Gateway, run};

/// Asks a host for a path by TLS, which one of these has to vouch for; returns the answer and the certificate.
fn fetch(
    address: SocketAddr,
    host: &str,
    trusted: &[CertificateDer<'static>],
    path: &str,
) -> std::io::Result<(String, CertificateDer<'static>)> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(address)?);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let shown = stream.conn.peer_certificates().unwrap()[0].clone().into_owned();
    Ok((answer, shown))
}

fn write(directory: &Path, name: &str, certificate: &Certificate) -> String {
    let files = [(format!("{name}.pem"), &certificate.pem), (format!("{name}.key"), &certificate.key_pem)];
    let [chain, key] = files.map(|(file, text)| {
        std::fs::write(directory.join(&file), text).unwrap();
        directory.join(file).display().to_string()
    });
    format!("tls_certificate = \"{chain}\"\ntls_key = \"{key}\"\n")
}

#[test]
fn each_host_shows_its_own_certificate_and_any_other_the_one_of_the_sign_in() {
    let directory = tempfile::tempdir().unwrap();
    let [login, wiki] = ["login.localhost", "wiki.localhost"].map(Certificate::of);
    let file = format!(
        "public_url = \"https://login.localhost\"\n{}[[app]]\nname = \"wiki\"\norigin = \"https://wiki.localhost\"\n\
         upstream = \"http://127.0.0.1:1\"\n{}",
        write(directory.path(), "login", &login),
        write(directory.path(), "wiki", &wiki)
    );
    let gateway = Gateway::configured(&file, &[]);
    for (host, shown) in [("login.localhost", &login), ("wiki.localhost", &wiki), ("WIKI.localhost", &wiki)] {
        let (_, certificate) =
            fetch(gateway.address, host, std::slice::from_ref(&shown.der), "/_cloakroom/live").unwrap();
        assert_eq!(certificate, shown.der, "{host}");
    }
    let other = fetch(gateway.address, "other.localhost", std::slice::from_ref(&login.der), "/");
    assert!(other.unwrap_err().to_string().contains("not valid for name"));
}

#[test]
fn plain_http_leads_to_tls_and_tls_takes_nothing_older_than_1_2() {
    let directory = tempfile::tempdir().unwrap();
    let login = Certificate::of("login.localhost");
    let port = cloakroom_test_servers::free_port().unwrap();
    let file = format!(
        "public_url = \"https://login.localhost\"\nredirect_listen = \"127.0.0.1:{port}\"\n{}",
        write(directory.path(), "login", &login)
    );
    let gateway = Gateway::configured(&file, &[]);
    let plain = SocketAddr::from(([127, 0, 0, 1], port));
    let ask =
        |line: &str, host: &str| raw(plain, format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes());
    let led = ask("POST /a//b?c=%2F", "login.localhost:80");
    assert!(led.starts_with("HTTP/1.1 308"), "{led}");
    assert!(led.contains("location: https://login.localhost/a//b?c=%2F\r\n"), "{led}");
    assert!(ask("GET /", "evil.example").starts_with("HTTP/1.1 404"));
    // A ClientHello of TLS 1.1, which is answered with an alert and nothing else.
    let hello: &[u8] = &[
        0x16, 3, 1, 0, 0x2d, 1, 0, 0, 0x29, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0, 2, 0xc0, 0x13, 1, 0,
    ];
    let mut stream = TcpStream::connect(gateway.address).unwrap();
    stream.write_all(hello).unwrap();
    let mut alert = Vec::new();
    let _reset = stream.read_to_end(&mut alert);
    assert_eq!((alert.first(), alert.len()), (Some(&0x15), 7), "{alert:?}");
}

#[test]
fn a_redirect_without_tls_and_half_a_certificate_stop_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let refusal = |file: &str| {
        std::fs::write(directory.path().join("cloakroom.toml"), file).unwrap();
        let refused = run(directory.path(), &["check"], "");
        assert!(!refused.status.success());
        String::from_utf8(refused.stderr).unwrap()
    };
    let said = refusal("redirect_listen = \"127.0.0.1:80\"");
    assert!(said.contains("redirect_listen = \"127.0.0.1:80\" does not go with tls_certificate"), "{said}");
    let said = refusal("[[app]]\nname = \"a\"\norigin = \"https://a.example\"\ntls_key = \"k\"");
    assert!(said.contains("tls_certificate and tls_key go together"), "{said}");
    let said = refusal("public_url = \"https://a.example\"\n[acme]\ncontact = \"ops@example.org\"");
    assert!(said.contains("terms_of_service_agreed = true"), "{said}");
}

#[cfg(feature = "servers")]
mod acme {
    use std::time::Duration;

    use cloakroom_test_servers::{Pebble, free_port};
    use rustls::pki_types::pem::PemObject as _;

    use super::*;
    use crate::support::within;

    const HOSTS: [&str; 2] = ["login.example.org", "wiki.example.org"];

    /// An ACME server that looks for challenges on a port, its root, and the configuration of a gateway there.
    fn stage(port: u16, validity_s: u32) -> (Pebble, CertificateDer<'static>, tempfile::TempDir, String) {
        let certificate = Certificate::of("localhost");
        let pebble = Pebble::start(&certificate.pem, &certificate.key_pem, port, validity_s).unwrap();
        let management = SocketAddr::from(([127, 0, 0, 1], pebble.management_port()));
        let (answer, _) =
            fetch(management, "localhost", std::slice::from_ref(&certificate.der), "/roots/0").unwrap();
        let root = CertificateDer::from_pem_slice(answer.as_bytes()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let authority = directory.path().join("ca.pem");
        std::fs::write(&authority, &certificate.pem).unwrap();
        let file = format!(
            "public_url = \"https://login.example.org\"\n[acme]\ncontact = \"ops@example.org\"\n\
             directory = \"{}\"\nterms_of_service_agreed = true\nca_file = \"{}\"\n\
             [[app]]\nname = \"wiki\"\norigin = \"https://wiki.example.org\"\nupstream = \"http://127.0.0.1:1\"\n",
            pebble.directory(),
            authority.display()
        );
        (pebble, root, directory, file)
    }

    fn shown(
        gateway: &Gateway,
        host: &str,
        root: &CertificateDer<'static>,
    ) -> Option<CertificateDer<'static>> {
        let fetched = fetch(gateway.address, host, std::slice::from_ref(root), "/_cloakroom/live");
        fetched.ok().map(|(answer, certificate)| {
            assert!(answer.starts_with("HTTP/1.1 200") || host != HOSTS[0], "{answer}");
            certificate
        })
    }

    #[test]
    fn an_acme_server_vouches_for_each_host_and_the_next_process_orders_nothing() {
        let port = free_port().unwrap();
        let (pebble, root, _directory, file) = stage(port, 90 * 86_400);
        let mut gateway = Gateway::configured_on(&format!("127.0.0.1:{port}"), &file, &[]);
        within(Duration::from_mins(1), "both hosts have certificates", || {
            HOSTS.iter().all(|host| shown(&gateway, host, &root).is_some())
        });
        let before = HOSTS.map(|host| shown(&gateway, host, &root).unwrap());
        assert_ne!(before[0], before[1]);
        assert!(gateway.log().contains("an ACME server has looked for its challenge"));
        let orders = |log: &str| log.matches("POST /order-plz").count() + log.matches("Added order").count();
        let ordered = orders(&pebble.log());
        assert!(ordered >= 2, "{}", pebble.log());
        gateway.kill();
        gateway.start_again();
        within(Duration::from_secs(20), "the certificates are shown again", || {
            HOSTS.iter().all(|host| shown(&gateway, host, &root).is_some())
        });
        assert_eq!(HOSTS.map(|host| shown(&gateway, host, &root).unwrap()), before);
        assert_eq!(orders(&pebble.log()), ordered);
        assert!(!gateway.log().contains("PRIVATE KEY"));
    }

    #[test]
    fn a_certificate_is_renewed_before_its_end_and_stays_when_that_fails() {
        let port = free_port().unwrap();
        let (mut pebble, root, _directory, file) = stage(port, 30);
        let gateway = Gateway::configured_on(&format!("127.0.0.1:{port}"), &file, &[]);
        let mut first = None;
        within(Duration::from_mins(1), "there is a certificate", || {
            first = shown(&gateway, HOSTS[0], &root);
            first.is_some()
        });
        within(Duration::from_mins(1), "there is another", || {
            shown(&gateway, HOSTS[0], &root).is_some_and(|now| Some(now) != first)
        });
        pebble.kill();
        within(Duration::from_mins(1), "the log is loud", || {
            gateway.log().contains("ERROR")
                && gateway.log().contains("could not be renewed, and the old one stays")
        });
        let last = shown(&gateway, HOSTS[0], &root);
        assert!(last.is_some() && last != first, "good to its end");
    }
}
