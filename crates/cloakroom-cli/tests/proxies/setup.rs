//! The proxies, each started with the very text that `cloakroom snippet` prints.

use std::net::SocketAddr;
use std::path::Path;

use cloakroom_test_servers::{Caddy, Nginx, ProxyServer, serve_envoy, serve_haproxy, serve_traefik};

use crate::gateway::run;

/// A proxy, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    NginxOfDebian,
    NginxCurrent,
    CaddyOfDebian,
    CaddyCurrent,
    Traefik,
    HaProxy,
    Envoy,
}

/// A proxy that runs, and the hosts that it serves.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) setup: Setup,
    pub(crate) port: u16,
    _server: ProxyServer,
}

impl Setup {
    pub(crate) const fn is_nginx(self) -> bool {
        matches!(self, Self::NginxOfDebian | Self::NginxCurrent)
    }

    /// What the proxy is called by `cloakroom snippet`, and on the command line of a person.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NginxOfDebian | Self::NginxCurrent => "nginx",
            Self::CaddyOfDebian | Self::CaddyCurrent => "caddy",
            Self::Traefik => "traefik",
            Self::HaProxy => "haproxy",
            Self::Envoy => "envoy",
        }
    }

    /// Starts it on a port, for the configuration in a folder and a gateway that is or will be at this address.
    pub(crate) fn start(self, port: u16, gateway: SocketAddr, folder: &Path) -> Proxy {
        let gateway = gateway.to_string();
        let print = |words: &[&str]| snippet(folder, &[words, &["--listen", &gateway]].concat());
        let server = match self {
            Self::NginxOfDebian => Nginx::Debian.serve(port, &print(&["nginx"])),
            Self::NginxCurrent => Nginx::Current.serve(port, &print(&["nginx"])),
            Self::CaddyOfDebian => Caddy::Debian.serve(port, &print(&["caddy"])),
            Self::CaddyCurrent => Caddy::Current.serve(port, &print(&["caddy"])),
            Self::Traefik => {
                let fixed = print(&["traefik", "--static", "--folder", "."]);
                serve_traefik(port, &wiki_on(port), &fixed, &print(&["traefik"]))
            }
            Self::HaProxy => {
                let whole = print(&["haproxy", "--folder", "."]);
                serve_haproxy(port, &whole, &print(&["haproxy", "--lua"]))
            }
            Self::Envoy => serve_envoy(port, &print(&["envoy"])),
        };
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Proxy { setup: self, port, _server: server }
    }
}

/// A configuration with the sign-in and one application on a port, and further lines in the application's table.
pub(crate) fn configuration(port: u16, application: SocketAddr, more: &str) -> String {
    format!(
        "public_url = \"http://login.localhost:{port}\"\ntrusted_proxies = [\"127.0.0.1\"]\n\
         [[app]]\nname = \"wiki\"\norigin = \"http://{}\"\nupstream = \"http://{application}\"\n{more}",
        wiki_on(port)
    )
}

fn wiki_on(port: u16) -> String {
    format!("wiki.localhost:{port}")
}

/// What `cloakroom snippet` prints for the configuration in a folder.
pub(crate) fn snippet(folder: &Path, words: &[&str]) -> String {
    let output = run(folder, &[&["snippet"], words].concat(), "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl Proxy {
    /// What the address bar says for the application.
    pub(crate) fn wiki(&self) -> String {
        wiki_on(self.port)
    }

    /// What it says for the sign-in pages.
    pub(crate) fn login(&self) -> String {
        format!("login.localhost:{}", self.port)
    }
}
