//! The line of a printed configuration that mends a broken rule.

use cloakroom_gateway::config::Settings;
use cloakroom_gateway::snippet::{self, Certificate, PlainPath, Site};

/// What `cloakroom snippet` prints for the proxy that is there.
#[derive(Debug)]
pub(super) struct Prescription {
    proxy: Option<String>,
    text: Option<String>,
}

impl Prescription {
    /// The text for this configuration and the proxy of this name.
    pub(super) fn new(settings: &Settings, proxy: Option<String>) -> Self {
        let text = proxy.as_deref().and_then(|proxy| printed(settings, proxy));
        Self { proxy, text }
    }

    /// The line that has one of these words, which are separated by `|`; the first word that any line has decides.
    pub(super) fn line(&self, words: &str) -> String {
        let (Some(proxy), Some(text)) = (&self.proxy, &self.text) else {
            return "compare the proxy's configuration with what `cloakroom snippet` prints; --behind names the line".to_owned();
        };
        let lines = || text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let has = |line: &&str, word: &str| line.to_ascii_lowercase().contains(&word.to_ascii_lowercase());
        let found = words.split('|').find_map(|word| lines().find(|line| has(line, word)));
        match found {
            Some(line) => format!("cloakroom snippet {proxy} has the line: {line}"),
            None => format!("compare the proxy's configuration with what `cloakroom snippet {proxy}` prints"),
        }
    }
}

fn printed(settings: &Settings, proxy: &str) -> Option<String> {
    let site = Site::of(settings).ok()?;
    let path = |text: &str| text.parse::<PlainPath>().ok();
    let certificate = Certificate {
        chain: path("/etc/cloakroom/tls/fullchain.pem")?,
        key: path("/etc/cloakroom/tls/privkey.pem")?,
    };
    Some(match proxy {
        "nginx" => snippet::nginx(&site, &certificate, None),
        "caddy" => snippet::caddy(&site, None),
        "traefik" => snippet::traefik_dynamic(&site, &certificate),
        "haproxy" => {
            snippet::haproxy(&site, &certificate.chain, &path("/etc/haproxy")?) + snippet::haproxy_lua()
        }
        "envoy" => snippet::envoy(&site, &certificate),
        _ => return None,
    })
}
