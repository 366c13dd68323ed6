//! The texts for `https://` origins, on ports that tests cannot have: looked at by the proxies themselves.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use cloakroom_test_servers::{
    Caddy, Nginx, ServerError, check_envoy, check_haproxy, check_traefik, free_port,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use crate::setup::{Setup, snippet};
use crate::shared::on_every_proxy;

/// Two applications, one of them on a port of its own, behind TLS.
const CONFIGURATION: &str = r#"
public_url = "https://login.example.org"
[[app]]
name = "wiki"
origin = "https://wiki.example.org"
upstream = "http://127.0.0.1:3000"
[[app]]
name = "files"
origin = "https://files.example.org:8443"
upstream = "http://localhost"
"#;

/// A folder with a configuration and a certificate.
struct Desk {
    setup: Setup,
    folder: TempDir,
}

on_every_proxy!(Desk, [the_proxy_takes_the_text_for_https]);

impl Desk {
    fn start(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = ["login.example.org", "wiki.example.org", "files.example.org", "wiki.localhost"];
        let made = rcgen::generate_simple_self_signed(names.map(str::to_owned)).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        for (name, text) in [("chain.pem", &chain), ("key.pem", &key), ("both.pem", &format!("{chain}{key}"))]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::write(folder.path().join("cloakroom.toml"), CONFIGURATION).unwrap();
        Self { setup, folder }
    }

    /// The text that the command prints, with the certificate of this folder.
    fn print(&self, words: &[&str]) -> String {
        let file = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (chain, key, both) = (file("chain.pem"), file("key.pem"), file("both.pem"));
        let certificate: &[&str] = match words[0] {
            "haproxy" => &["--proxy-certificate", &both],
            _ => &["--proxy-certificate", &chain, "--proxy-key", &key],
        };
        snippet(self.folder.path(), &[words, certificate].concat())
    }
}

fn the_proxy_takes_the_text_for_https(desk: &Desk) {
    let checked = match desk.setup {
        Setup::NginxOfDebian => Nginx::Debian.check(&desk.print(&["nginx", "--cache", "cache"])),
        Setup::NginxCurrent => Nginx::Current.check(&desk.print(&["nginx", "--cache", "cache"])),
        Setup::CaddyOfDebian => Caddy::Debian.check(&desk.print(&["caddy"])),
        Setup::CaddyCurrent => Caddy::Current.check(&desk.print(&["caddy"])),
        Setup::HaProxy => {
            check_haproxy(&desk.print(&["haproxy", "--folder", "."]), &desk.print(&["haproxy", "--lua"]))
        }
        Setup::Envoy => check_envoy(&desk.print(&["envoy"])),
        Setup::Traefik => check_traefik_on_a_free_port(desk),
    };
    checked.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn nginx_refuses_a_host_that_is_nobodys_in_a_connection_that_was_made_for_one_of_ours() {
    for (setup, nginx) in [(Setup::NginxOfDebian, Nginx::Debian), (Setup::NginxCurrent, Nginx::Current)] {
        let desk = Desk::start(setup);
        let port = free_port().unwrap();
        let text = CONFIGURATION.replace(":8443", "").replace("example.org", &format!("localhost:{port}"));
        fs::write(desk.folder.path().join("cloakroom.toml"), text).unwrap();
        let _server = nginx.serve(port, &desk.print(&["nginx"])).unwrap();
        let address = format!("127.0.0.1:{port}");
        let mut roots = RootCertStore::empty();
        let chain = CertificateDer::from_pem_file(desk.folder.path().join("chain.pem")).unwrap();
        roots.add(chain).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "wiki.localhost".try_into().unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
        stream.write_all(b"GET / HTTP/1.1\r\nHost: nobody.invalid\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        // nginx ends the connection without a word of farewell.
        let _ended = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 421 "), "{setup:?}: {answer}");
    }
}

/// Traefik looks at a text only by starting with it, which it does on a port that a test can have.
fn check_traefik_on_a_free_port(desk: &Desk) -> Result<(), ServerError> {
    let port = free_port().unwrap();
    let text = CONFIGURATION.replace(":8443", "").replace("example.org", &format!("localhost:{port}"));
    fs::write(desk.folder.path().join("cloakroom.toml"), text).unwrap();
    let fixed = desk.print(&["traefik", "--static", "--folder", "."]);
    check_traefik(port, "wiki.localhost", &fixed, &desk.print(&["traefik"]))
}
