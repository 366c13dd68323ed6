//! Envoy, by `ext_authz` over HTTP.

use crate::config::Scheme;
use crate::proxy::{RESERVED, RESERVED_PREFIXES};
use crate::snippet::fields::{ASKED, IDENTITY};
use crate::snippet::site::Door;
use crate::snippet::template::{fill, lines};
use crate::snippet::{Certificate, Site};

const WHOLE: &str = include_str!("templates/envoy.yaml");
const LISTENER: &str = include_str!("templates/envoy_listener.yaml");
const SIGN_IN: &str = include_str!("templates/envoy_sign_in.yaml");
const APP: &str = include_str!("templates/envoy_app.yaml");
const CLUSTER: &str = include_str!("templates/envoy_cluster.yaml");
const TLS: &str = include_str!("templates/envoy_tls.yaml");

/// What makes the filter ask nobody.
const UNASKED: &str = r#"{ "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute, disabled: true }"#;

/// A whole bootstrap file.
pub fn envoy(site: &Site, certificate: &Certificate) -> String {
    let listeners: String = site.doors().iter().map(|door| listener(site, door, certificate)).collect();
    let clusters: String = site
        .apps()
        .iter()
        .map(|app| {
            let (host, port) = (bare(app.upstream.host()), app.upstream.port().to_string());
            fill(CLUSTER, &[("name", app.name.as_str()), ("host", host), ("port", &port)])
        })
        .collect();
    fill(
        WHOLE,
        &[
            ("listeners", listeners.trim_end_matches('\n')),
            ("gateway_host", &site.gateway().ip().to_string()),
            ("gateway_port", &site.gateway().port().to_string()),
            ("clusters", clusters.trim_end_matches('\n')),
        ],
    )
}

fn listener(site: &Site, door: &Door<'_>, certificate: &Certificate) -> String {
    let prefixes = RESERVED_PREFIXES.into_iter().map(|prefix| {
        format!("- {{ remove_on_match: {{ key_matcher: {{ prefix: {prefix}, ignore_case: true }} }} }}")
    });
    let whole = RESERVED.into_iter().map(|name| format!("- {{ remove: {name} }}"));
    let asked = ASKED.into_iter().map(|name| {
        let kind = if name.ends_with('-') { "prefix" } else { "exact" };
        format!("- {{ {kind}: {name} }}")
    });
    let identity = IDENTITY.into_iter().map(|name| format!("- {{ exact: {} }}", name.to_ascii_lowercase()));
    let (address, ipv4_compat) =
        if door.is_local { ("127.0.0.1", "") } else { ("::", ", ipv4_compat: true") };
    let tls = match door.scheme {
        Scheme::Http => String::new(),
        Scheme::Https => {
            let places = [("chain", &*certificate.chain.to_string()), ("key", &*certificate.key.to_string())];
            fill(TLS.trim_end_matches('\n'), &places)
        }
    };
    fill(
        LISTENER,
        &[
            ("door", &door.name()),
            ("address", address),
            ("port", &door.port.to_string()),
            ("ipv4_compat", ipv4_compat),
            ("forged", &lines(24, prefixes.chain(whole))),
            ("asked", &lines(26, asked)),
            ("gateway", &site.gateway().to_string()),
            ("scheme", door.scheme.as_str()),
            ("identity", &lines(30, identity)),
            ("hosts", hosts(door).trim_end_matches('\n')),
            ("unasked", UNASKED),
            ("tls", &tls),
        ],
    )
}

fn hosts(door: &Door<'_>) -> String {
    let domains = |origin| {
        Door::spellings(origin).iter().map(|domain| format!("\"{domain}\"")).collect::<Vec<_>>().join(", ")
    };
    let sign_in =
        door.sign_in.map(|origin| fill(SIGN_IN, &[("domains", &domains(origin)), ("unasked", UNASKED)]));
    let apps = door.apps.iter().map(|app| {
        fill(
            APP,
            &[
                ("name", app.name.as_str()),
                ("domains", &domains(&app.origin)),
                ("authority", app.origin.authority()),
                ("unasked", UNASKED),
            ],
        )
    });
    sign_in.into_iter().chain(apps).collect()
}

/// An address without the brackets that it has in a URL.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}
