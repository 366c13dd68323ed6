//! Traefik, by `forwardAuth`.

use crate::config::Scheme;
use crate::proxy::RESERVED;
use crate::snippet::fields::{FORGED_IN_FULL, IDENTITY, aliases};
use crate::snippet::site::Door;
use crate::snippet::template::{fill, lines};
use crate::snippet::{Certificate, PlainPath, Site};

const STATIC: &str = include_str!("templates/traefik_static.yml");
const DYNAMIC: &str = include_str!("templates/traefik_dynamic.yml");
const ROUTER: &str = include_str!("templates/traefik_router.yml");
const SERVICE: &str = include_str!("templates/traefik_service.yml");

/// What Traefik calls the file of the dynamic part.
const DYNAMIC_FILE: &str = "cloakroom.yml";

/// The static part: ports, and where the other part is, which is the file `cloakroom.yml` of a folder.
pub fn traefik_static(site: &Site, folder: &PlainPath) -> String {
    let entry_points = site.doors().into_iter().map(|door| {
        let address = if door.is_local { "127.0.0.1" } else { "" };
        format!("{}:\n    address: \"{address}:{}\"", door.name(), door.port)
    });
    let dynamic = folder.join(DYNAMIC_FILE);
    fill(STATIC, &[("dynamic", &dynamic), ("entry_points", &lines(2, entry_points))])
}

/// The dynamic part: who is asked, and where requests go.
pub fn traefik_dynamic(site: &Site, certificate: &Certificate) -> String {
    let gateway = site.gateway().to_string();
    // Every spelling of an identity field is removed from the request; only the first can come back.
    let identity =
        IDENTITY.into_iter().flat_map(|name| std::iter::once(name.to_owned()).chain(aliases(name)));
    let forged = RESERVED.into_iter().chain(FORGED_IN_FULL).map(|name| format!("{name}: \"\""));
    let doors = site.doors();
    let of_tls = |door: &Door<'_>| if door.scheme == Scheme::Https { "\n      tls: {}" } else { "" };
    let (mut routers, mut services) = (String::new(), String::new());
    for door in &doors {
        for app in &door.apps {
            let router = [
                ("name", app.name.as_str()),
                ("host", app.origin.host()),
                ("door", &door.name()),
                ("tls", of_tls(door)),
            ];
            routers += &fill(ROUTER, &router);
            let upstream = format!("{}:{}", app.upstream.host(), app.upstream.port());
            services += &fill(SERVICE, &[("name", app.name.as_str()), ("upstream", &upstream)]);
        }
    }
    let speaks_tls = doors.iter().any(|door| door.scheme == Scheme::Https);
    let tls = if speaks_tls {
        let Certificate { chain, key } = certificate;
        format!("\ntls:\n  certificates:\n    - certFile: \"{chain}\"\n      keyFile: \"{key}\"\n")
    } else {
        String::new()
    };
    // The first door is that of the sign-in host.
    let sign_in_door = &doors[0];
    fill(
        DYNAMIC,
        &[
            ("gateway", &gateway),
            ("identity", &lines(10, identity.map(|name| format!("- {name}")))),
            ("forged", &lines(10, forged)),
            ("sign_in", site.sign_in().host()),
            ("sign_in_door", &sign_in_door.name()),
            ("sign_in_tls", of_tls(sign_in_door)),
            ("routers", &routers),
            ("services", services.trim_end_matches('\n')),
            ("tls", &tls),
        ],
    )
}
