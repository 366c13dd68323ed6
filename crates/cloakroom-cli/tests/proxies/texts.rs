//! The texts for `https://` origins, on ports that tests cannot have: looked at by the proxies themselves.

use std::fs;

use cloakroom_test_servers::{
    Caddy, Nginx, ServerError, check_envoy, check_haproxy, check_traefik, free_port,
};
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

/// Traefik looks at a text only by starting with it, which it does on a port that a test can have.
fn check_traefik_on_a_free_port(desk: &Desk) -> Result<(), ServerError> {
    let port = free_port().unwrap();
    let text = CONFIGURATION.replace(":8443", "").replace("example.org", &format!("localhost:{port}"));
    fs::write(desk.folder.path().join("cloakroom.toml"), text).unwrap();
    let fixed = desk.print(&["traefik", "--static", "--folder", "."]);
    check_traefik(port, "wiki.localhost", &fixed, &desk.print(&["traefik"]))
}
