//! `HAProxy`, by a Lua program of ours.

use crate::config::Scheme;
use crate::proxy::{RESERVED, RESERVED_PREFIXES};
use crate::snippet::site::Door;
use crate::snippet::template::{fill, lines};
use crate::snippet::{PlainPath, Site};

const WHOLE: &str = include_str!("templates/haproxy.cfg");
const FRONTEND: &str = include_str!("templates/haproxy_frontend.cfg");
const BACKEND: &str = include_str!("templates/haproxy_backend.cfg");
const LUA: &str = include_str!("templates/haproxy.lua");

/// What `HAProxy` calls the file of the program.
const LUA_FILE: &str = "cloakroom.lua";

/// The program that asks the gateway, the same for every site. `HAProxy` itself has no forward auth.
pub const fn haproxy_lua() -> &'static str {
    LUA
}

/// A whole `haproxy.cfg`. The certificate is one file with the chain and then the key; the program is the file
/// `cloakroom.lua` of a folder.
pub fn haproxy(site: &Site, certificate: &PlainPath, folder: &PlainPath) -> String {
    let gateway = site.gateway().to_string();
    let frontends: String = site.doors().iter().map(|door| frontend(door, &gateway, certificate)).collect();
    let backends: String = site
        .apps()
        .iter()
        .map(|app| {
            let upstream = format!("{}:{}", app.upstream.host(), app.upstream.port());
            fill(BACKEND, &[("name", app.name.as_str()), ("upstream", &upstream)])
        })
        .collect();
    fill(
        WHOLE,
        &[
            ("lua", &folder.join(LUA_FILE)),
            ("gateway", &gateway),
            ("frontends", &frontends),
            ("backends", backends.trim_end_matches('\n')),
        ],
    )
}

fn frontend(door: &Door<'_>, gateway: &str, certificate: &PlainPath) -> String {
    let sign_in = door.sign_in.map(|origin| ("sign-in".to_owned(), origin));
    let apps = || door.apps.iter().map(|app| (format!("app-{}", app.name), *app));
    let hosts: Vec<_> = sign_in.into_iter().chain(apps().map(|(acl, app)| (acl, &app.origin))).collect();
    let acls = hosts
        .iter()
        .map(|(acl, origin)| format!("acl {acl} req.hdr(host) -i {}", Door::spellings(origin).join(" ")));
    let any_host: Vec<&str> = hosts.iter().map(|(acl, _)| acl.as_str()).collect();
    let forged = RESERVED_PREFIXES
        .into_iter()
        .map(|prefix| format!("http-request del-header {prefix} -m beg"))
        .chain(RESERVED.into_iter().map(|name| format!("http-request del-header {name}")));
    let questions = apps().map(|(acl, app)| {
        let (scheme, authority) = (app.origin.scheme().as_str(), app.origin.authority());
        format!(
            "http-request lua.cloakroom http://{gateway}/_cloakroom/verify/haproxy {scheme} {authority} if {acl} !cloakroom-pages"
        )
    });
    let refusals = apps().map(|(acl, _)| {
        format!(
            "http-request return status 503 if {acl} !cloakroom-pages !{{ var(txn.cloakroom_passes) -m str yes }}"
        )
    });
    let at_sign_in = door.sign_in.map(|_| "use_backend cloakroom if sign-in".to_owned());
    let routes = std::iter::once("use_backend cloakroom if cloakroom-pages".to_owned())
        .chain(at_sign_in)
        .chain(apps().map(|(acl, app)| format!("use_backend app-{} if {acl}", app.name)));
    fill(
        FRONTEND,
        &[
            ("door", &door.name()),
            ("binds", &bind(door, certificate)),
            ("hosts", &lines(4, acls)),
            ("any_host", &any_host.join(" or ")),
            ("forged", &lines(4, forged)),
            ("scheme", door.scheme.as_str()),
            ("questions", &lines(4, questions)),
            ("refusals", &lines(4, refusals)),
            ("routes", &lines(4, routes)),
        ],
    )
}

fn bind(door: &Door<'_>, certificate: &PlainPath) -> String {
    let port = door.port;
    let address = if door.is_local { format!("127.0.0.1:{port}") } else { format!(":::{port} v4v6") };
    match door.scheme {
        Scheme::Http => format!("    bind {address}"),
        Scheme::Https => format!(
            "    # One file with the chain and then the key: cat fullchain.pem privkey.pem\n    \
             bind {address} ssl crt {certificate} alpn h2,http/1.1 ssl-min-ver TLSv1.2"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snippet::fields::{ASKED, IDENTITY};

    #[test]
    fn the_program_knows_every_field_that_the_others_know() {
        for name in IDENTITY.into_iter().chain(ASKED) {
            assert!(LUA.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}
