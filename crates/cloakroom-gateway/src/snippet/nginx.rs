//! nginx, by `auth_request`.

use crate::config::Scheme;
use crate::proxy::RESERVED;
use crate::snippet::fields::{FORGED_IN_FULL, IDENTITY};
use crate::snippet::site::{Door, SiteApp};
use crate::snippet::template::{fill, lines};
use crate::snippet::{Certificate, PlainPath, Site};

const HEAD: &str = include_str!("templates/nginx_head.conf");
const CACHE: &str = include_str!("templates/nginx_cache.conf");
const UPSTREAM: &str = include_str!("templates/nginx_upstream.conf");
const NOBODY: &str = include_str!("templates/nginx_nobody.conf");
const SIGN_IN: &str = include_str!("templates/nginx_sign_in.conf");
const APP: &str = include_str!("templates/nginx_app.conf");

/// What an answer depends on. No field holds a line feed, so no two requests share a key that should not.
const USE_CACHE: &str = r#"
        proxy_cache cloakroom;
        proxy_cache_valid 200 1s;
        # The gateway says no-store, which is meant for browsers.
        proxy_ignore_headers Cache-Control Expires Vary;
        proxy_cache_key "$request_method\n<<origin>>$request_uri\n$http_cookie\n$http_origin\n$http_user_agent\n$remote_addr\n$http_sec_fetch_site";
        proxy_cache_bypass $cloakroom_asks_anew;
        proxy_no_cache $cloakroom_asks_anew;"#;

/// What goes into nginx's `http` block. With a folder for it, answers are remembered for a second.
///
/// # Security
/// The folder of the cache holds session cookies, as part of the keys: it must be nginx's alone, as nginx makes it.
pub fn nginx(site: &Site, certificate: &Certificate, cache: Option<&PlainPath>) -> String {
    let mut text = fill(HEAD, &[("gateway", &site.gateway().to_string())]);
    if let Some(folder) = cache {
        text += &fill(CACHE, &[("cache", &folder.to_string())]);
    }
    for app in site.apps() {
        let upstream = format!("{}:{}", app.upstream.host(), app.upstream.port());
        text += &fill(UPSTREAM, &[("name", app.name.as_str()), ("upstream", &upstream)]);
    }
    for door in site.doors() {
        text += &fill(NOBODY, &[("listen_default", &listen_default(&door))]);
        let listen = listen(&door, certificate);
        if let Some(origin) = door.sign_in {
            text += &fill(
                SIGN_IN,
                &[
                    ("listen", &listen),
                    ("host", origin.host()),
                    ("authority", origin.authority()),
                    ("origin", &origin.to_string()),
                    ("scheme", origin.scheme().as_str()),
                ],
            );
        }
        for app in &door.apps {
            text += &server(app, &listen, cache.is_some());
        }
    }
    text
}

fn server(app: &SiteApp, listen: &str, is_cached: bool) -> String {
    let origin = app.origin.to_string();
    let variable = |name: &str| format!("$cloakroom_{}", name.to_ascii_lowercase().replace('-', "_"));
    let answered = |name: &str| format!("$upstream_http_{}", name.to_ascii_lowercase().replace('-', "_"));
    let identity_variables =
        lines(8, IDENTITY.map(|name| format!("auth_request_set {} {};", variable(name), answered(name))));
    let identity = lines(8, IDENTITY.map(|name| format!("proxy_set_header {name} {};", variable(name))));
    let forged = RESERVED.into_iter().chain(FORGED_IN_FULL);
    let forged = lines(8, forged.map(|name| format!("proxy_set_header {name} \"\";")));
    let use_cache = if is_cached { fill(USE_CACHE, &[("origin", &origin)]) } else { String::new() };
    fill(
        APP,
        &[
            ("name", app.name.as_str()),
            ("listen", listen),
            ("host", app.origin.host()),
            ("authority", app.origin.authority()),
            ("origin", &origin),
            ("scheme", app.origin.scheme().as_str()),
            ("use_cache", &use_cache),
            ("identity_variables", &identity_variables),
            ("identity", &identity),
            ("forged", &forged),
        ],
    )
}

/// Where a server listens: on this machine alone when only this machine can mean its hosts.
fn addresses(door: &Door<'_>) -> Vec<String> {
    let port = door.port;
    if door.is_local {
        vec![format!("127.0.0.1:{port}")]
    } else {
        vec![port.to_string(), format!("[::]:{port}")]
    }
}

fn listen(door: &Door<'_>, certificate: &Certificate) -> String {
    let of_tls = if door.scheme == Scheme::Https { " ssl" } else { "" };
    let mut rows: Vec<String> =
        addresses(door).iter().map(|address| format!("    listen {address}{of_tls};")).collect();
    if door.scheme == Scheme::Https {
        rows.push("    # From nginx 1.25.1 on, HTTP/2 is: http2 on;".to_owned());
        rows.push(format!("    ssl_certificate {};", certificate.chain));
        rows.push(format!("    ssl_certificate_key {};", certificate.key));
        rows.push("    ssl_protocols TLSv1.2 TLSv1.3;".to_owned());
    }
    rows.join("\n")
}

/// # Security
/// A handshake for a name of ours may be followed by another name in `Host`: without an answer of its own, nginx would serve the
/// folder that it was built with.
fn listen_default(door: &Door<'_>) -> String {
    let (of_tls, refusal) = match door.scheme {
        Scheme::Https => {
            (" ssl", "    ssl_reject_handshake on;\n    ssl_protocols TLSv1.2 TLSv1.3;\n    return 421;")
        }
        Scheme::Http => ("", "    return 421;"),
    };
    let listen = addresses(door).iter().fold(String::new(), |rows, address| {
        rows + &format!("    listen {address} default_server{of_tls};\n")
    });
    listen + refusal
}
