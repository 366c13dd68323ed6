//! Caddy, by `forward_auth`.

use crate::config::Scheme;
use crate::proxy::{RESERVED, RESERVED_PREFIXES};
use crate::snippet::fields::IDENTITY;
use crate::snippet::site::Door;
use crate::snippet::template::fill;
use crate::snippet::{Certificate, Site};

const HEAD: &str = include_str!("templates/caddy_head.caddyfile");
const SIGN_IN: &str = include_str!("templates/caddy_sign_in.caddyfile");
const APP: &str = include_str!("templates/caddy_app.caddyfile");
const NOBODY: &str = include_str!("templates/caddy_nobody.caddyfile");

/// A whole Caddyfile. Without a certificate, Caddy gets its own from a public authority, as it does for any site.
pub fn caddy(site: &Site, certificate: Option<&Certificate>) -> String {
    let gateway = site.gateway().to_string();
    let forged = RESERVED_PREFIXES.into_iter().map(|prefix| format!("request_header -{prefix}*"));
    let forged = forged.chain(RESERVED.into_iter().map(|name| format!("request_header -{name}")));
    let forged = forged.collect::<Vec<_>>().join("\n\t\t");
    let mut text = HEAD.to_owned();
    for door in site.doors() {
        let within = of_door(&door, certificate);
        if let Some(origin) = door.sign_in {
            let address = format!("{origin}");
            text += &fill(SIGN_IN, &[("address", &address), ("site", &within), ("gateway", &gateway)]);
        }
        for app in &door.apps {
            text += &fill(
                APP,
                &[
                    ("name", app.name.as_str()),
                    ("address", &app.origin.to_string()),
                    ("site", &within),
                    ("gateway", &gateway),
                    ("forged", &forged),
                    ("identity", &IDENTITY.join(" ")),
                    ("upstream", &format!("{}:{}", app.upstream.host(), app.upstream.port())),
                ],
            );
        }
        let port = door.port.to_string();
        text += &fill(NOBODY, &[("scheme", door.scheme.as_str()), ("port", &port), ("site", &within)]);
    }
    text
}

/// What every site on a port says of it.
fn of_door(door: &Door<'_>, certificate: Option<&Certificate>) -> String {
    let bind = if door.is_local { "\n\tbind 127.0.0.1" } else { "" };
    match (door.scheme, certificate) {
        (Scheme::Https, Some(Certificate { chain, key })) => format!("{bind}\n\ttls {chain} {key}"),
        _ => bind.to_owned(),
    }
}
