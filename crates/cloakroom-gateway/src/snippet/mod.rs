//! Whole configurations for a proxy in front: nginx, Caddy, Traefik, `HAProxy` and Envoy.
//!
//! Each proxy asks the gateway before it lets a request through to an application (forward auth), and hands the sign-in
//! host and every `/_cloakroom/` path to the gateway itself. The texts are templates, readable as the configurations that
//! they become; what varies comes from a [`Site`].

mod caddy;
mod certificate;
mod envoy;
mod fields;
mod haproxy;
mod nginx;
mod site;
mod template;
mod traefik;

pub use caddy::caddy;
pub use certificate::{Certificate, InvalidPath, PlainPath};
pub use envoy::envoy;
pub use fields::forgeable_fields;
pub use haproxy::{haproxy, haproxy_lua};
pub use nginx::nginx;
pub use site::{Site, SiteError};
pub use traefik::{traefik_dynamic, traefik_static};

#[cfg(test)]
mod tests {
    use super::site::tests::{example, local};
    use super::*;

    fn certificate() -> Certificate {
        let path = |path: &str| path.parse().unwrap();
        Certificate { chain: path("/etc/tls/chain.pem"), key: path("/etc/tls/key.pem") }
    }

    fn all(site: &Site) -> Vec<(&'static str, String)> {
        let certificate = certificate();
        let folder: PlainPath = "/etc/proxy".parse().unwrap();
        vec![
            ("nginx", nginx(site, &certificate, None)),
            ("nginx with a cache", nginx(site, &certificate, Some(&folder))),
            ("caddy", caddy(site, Some(&certificate))),
            ("traefik", traefik_dynamic(site, &certificate)),
            ("haproxy", haproxy(site, &certificate.chain, &folder)),
            ("envoy", envoy(site, &certificate)),
        ]
    }

    #[test]
    fn no_place_is_left_open() {
        for site in [example(), local()] {
            let texts = all(&site).into_iter().map(|(_, text)| text);
            for text in texts.chain([traefik_static(&site, &"/etc/traefik".parse().unwrap())]) {
                assert!(!text.contains("<<") && !text.contains(">>"), "{text}");
            }
        }
    }

    #[test]
    fn no_line_ends_with_a_blank() {
        for (proxy, text) in all(&example()) {
            for line in text.lines() {
                assert_eq!(line.trim_end(), line, "{proxy}");
            }
        }
    }

    #[test]
    fn every_application_is_asked_for_and_every_identity_field_named() {
        for (proxy, text) in all(&example()) {
            assert!(text.contains("/_cloakroom/verify"), "{proxy}");
            for part in ["wiki.example.org", "files.example.org", "127.0.0.1:7464"] {
                assert!(text.contains(part) || proxy == "envoy", "{proxy}: {part}");
            }
            for name in fields::IDENTITY.into_iter().filter(|_| proxy != "haproxy") {
                assert!(text.to_lowercase().contains(&name.to_lowercase()), "{proxy}: {name}");
            }
        }
    }

    #[test]
    fn hosts_of_this_machine_are_listened_for_on_this_machine_alone() {
        for (proxy, text) in all(&local()).into_iter().filter(|(proxy, _)| *proxy != "traefik") {
            assert!(text.contains("127.0.0.1"), "{proxy}");
            assert!(!text.contains("[::]") && !text.contains(":::"), "{proxy}");
            assert!(!text.contains("/etc/tls"), "{proxy}");
        }
    }
}
