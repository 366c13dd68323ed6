//! The header fields that a proxy takes from whoever asks, hands to the gateway and gives to an application.

use crate::proxy::RESERVED;

/// What an application is told of who is there. The gateway answers with all of them, empty where it knows nothing; with the last three where the
/// application's table says so, and they are taken away from a request all the same.
pub(super) const IDENTITY: [&str; 11] = [
    "Remote-User",
    "Remote-Groups",
    "Remote-Name",
    "Remote-Email",
    "X-Cloakroom-Session",
    "X-Cloakroom-Aal",
    "X-Cloakroom-Auth-Time",
    "X-Cloakroom-Jwt",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
];

/// What the gateway decides by, for proxies that hand on only what they are told to. Beginnings end with `-`.
///
/// Traefik takes `Upgrade` away from what it asks, so a WebSocket is known by `Sec-WebSocket-Key` as well.
pub(super) const ASKED: [&str; 11] = [
    "accept",
    "access-control-request-method",
    "authorization",
    "cookie",
    "origin",
    "referer",
    "sec-fetch-",
    "sec-websocket-key",
    "upgrade",
    "user-agent",
    "x-requested-with",
];

/// Names with a reserved beginning that applications are known to read, for proxies that can only remove whole names. Identity fields and the `X-Forwarded-` fields that a proxy sets are not among them: those are overwritten.
pub(super) const FORGED_IN_FULL: [&str; 22] = [
    "X-Auth-Request-Access-Token",
    "X-Auth-Request-Preferred-Username",
    "X-Forwarded-Access-Token",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Method",
    "X-Forwarded-Path",
    "X-Forwarded-Port",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Prefix",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Forwarded-Ssl",
    "X-Forwarded-Uri",
    "X-Forwarded-User",
    "X-Original-Host",
    "X-Original-Method",
    "X-Original-URI",
    "X-Original-URL",
    "X-Remote-Email",
    "X-Remote-Group",
    "X-Remote-User",
];

/// The spellings of a name with `_` for some or all of its `-`, which CGI and WSGI applications cannot tell apart.
///
/// Source: CVE-2025-64484.
pub(super) fn aliases(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.split('-').collect();
    let joints = parts.len() - 1;
    let spell = |choice: usize| {
        let mut alias = parts[0].to_owned();
        for (joint, part) in parts[1..].iter().enumerate() {
            alias.push(if choice >> joint & 1 == 1 { '_' } else { '-' });
            alias.push_str(part);
        }
        alias
    };
    (1..1 << joints).map(spell).collect()
}

/// Every field by which a client could pretend to be a proxy, or another user.
pub fn forgeable_fields() -> impl Iterator<Item = &'static str> {
    const SET_BY_PROXIES: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"];
    IDENTITY.into_iter().chain(SET_BY_PROXIES).chain(FORGED_IN_FULL).chain(RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::{RESERVED_PREFIXES, fields_of, fields_of_oauth2_proxy};

    #[test]
    fn a_name_has_an_alias_for_every_choice_of_joints_but_its_own() {
        assert_eq!(aliases("Remote-User"), ["Remote_User"]);
        assert_eq!(aliases("A-B-C"), ["A_B-C", "A-B_C", "A_B_C"]);
        assert_eq!(aliases("X-Cloakroom-Auth-Time").len(), 7);
    }

    #[test]
    fn the_identity_is_all_that_the_gateway_tells() {
        let told = fields_of(None).into_iter().chain(fields_of_oauth2_proxy(None));
        let told: Vec<String> = told.map(|(name, _)| name.to_string()).collect();
        assert_eq!(IDENTITY.map(str::to_ascii_lowercase).to_vec(), told);
    }

    #[test]
    fn every_field_that_is_set_or_removed_by_its_whole_name_has_a_reserved_beginning() {
        for name in IDENTITY.into_iter().chain(FORGED_IN_FULL) {
            let name = name.to_ascii_lowercase();
            assert!(RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)), "{name}");
        }
    }
}
