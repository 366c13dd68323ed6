//! A gateway that speaks TLS itself.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::{Gateway, run, within};

/// Writes a certificate of its own making and its key into a directory, and returns it.
fn issue(directory: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(directory.join("chain.pem"), certificate.pem()).unwrap();
    certificate.der().clone()
}

/// A gateway that speaks TLS by a certificate that was issued into this directory, and the certificate.
fn start(directory: &Path) -> (Gateway, CertificateDer<'static>) {
    let certificate = issue(directory);
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| directory.join(name).display().to_string());
    (Gateway::start(&["--tls-certificate", &chain, "--tls-key", &key]), certificate)
}

/// Asks over TLS, by a protocol, for the sign-in page; the certificate must be this one.
fn ask(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> std::io::Result<(String, Vec<u8>)> {
    ask_by(TcpStream::connect(address)?, trusted, protocol)
}

fn ask_by(
    stream: TcpStream,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> std::io::Result<(String, Vec<u8>)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, stream);
    let request = "GET /_cloakroom/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    stream.write_all(if protocol == "h2" { preface } else { request }.as_bytes())?;
    let mut answer = Vec::new();
    if protocol == "h2" {
        answer.resize(9, 0);
        stream.read_exact(&mut answer)?;
    } else {
        stream.read_to_end(&mut answer)?;
    }
    let agreed = stream.conn.alpn_protocol().unwrap_or_default();
    Ok((String::from_utf8_lossy(agreed).into_owned(), answer))
}

#[test]
fn pages_are_served_over_tls_and_a_renewed_certificate_is_taken_up_while_running() {
    let directory = tempfile::tempdir().unwrap();
    let (gateway, first) = start(directory.path());
    let (agreed, page) = ask(gateway.address, &first, "http/1.1").unwrap();
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("strict-transport-security: max-age="), "{page}");
    assert_eq!(agreed, "http/1.1");
    let (agreed, settings) = ask(gateway.address, &first, "h2").unwrap();
    assert_eq!((agreed.as_str(), settings[3]), ("h2", 4), "a SETTINGS frame");

    std::fs::write(directory.path().join("chain.pem"), "no certificate").unwrap();
    within(Duration::from_secs(15), "the log says what is wrong", || {
        gateway.log().contains("the new certificate cannot be used")
    });
    assert!(ask(gateway.address, &first, "http/1.1").is_ok(), "the old one stays");

    let second = issue(directory.path());
    within(Duration::from_secs(15), "the new certificate is shown", || {
        ask(gateway.address, &second, "http/1.1").is_ok()
    });
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    issue(directory.path());
    let other = tempfile::tempdir().unwrap();
    issue(other.path());
    let key = other.path().join("key.pem").display().to_string();
    let flags = ["serve", "--listen", "127.0.0.1:0", "--tls-certificate", "chain.pem", "--tls-key"];
    let refused = run(directory.path(), &[&flags[..], &[&key]].concat(), "");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("cannot be used with the certificate"), "{said}");
    let refused = run(directory.path(), &[&flags[..], &["none.pem"]].concat(), "");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cannot read none.pem"));
}

#[test]
fn a_reload_takes_up_a_certificate_of_another_name_and_refuses_one_that_cannot_be_used() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (issue(old.path()), issue(new.path()));
    let files = |chain: &Path, key: &Path| {
        let [chain, key] = [chain.join("chain.pem"), key.join("key.pem")];
        format!("tls_certificate = \"{}\"\ntls_key = \"{}\"\n", chain.display(), key.display())
    };
    let gateway = Gateway::configured(&files(old.path(), old.path()), &[]);
    assert!(ask(gateway.address, &first, "http/1.1").is_ok());
    let log = gateway.reload(&(files(new.path(), old.path()) + "name = \"after\""));
    assert!(log.contains("cannot be used with the certificate"), "{log}");
    let (_, page) = ask(gateway.address, &first, "http/1.1").unwrap();
    assert!(!String::from_utf8_lossy(&page).contains("after"), "nothing of it has taken effect");
    gateway.reload(&files(new.path(), new.path()));
    assert!(ask(gateway.address, &second, "http/1.1").is_ok());
    assert!(gateway.reload("").contains("tls_certificate cannot change while the gateway runs"));
    let renewed = issue(new.path());
    within(Duration::from_secs(15), "the files that are looked at are the new ones", || {
        ask(gateway.address, &renewed, "http/1.1").is_ok()
    });
}

#[test]
fn whoever_has_connected_by_the_end_may_still_shake_hands_and_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let (gateway, trusted) = start(directory.path());
    std::thread::scope(|scope| {
        let asking = gateway.ask_to_end_after(|| {
            let connected: Vec<_> = (0..20).map(|_| TcpStream::connect(gateway.address).unwrap()).collect();
            connected
                .into_iter()
                .map(|stream| scope.spawn(|| ask_by(stream, &trusted, "http/1.1")))
                .collect::<Vec<_>>()
        });
        for asking in asking {
            let (_, page) = asking.join().unwrap().unwrap();
            assert!(page.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&page));
        }
    });
}
