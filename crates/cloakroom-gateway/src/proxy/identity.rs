//! Who is there, in the header fields that applications read.

use std::net::IpAddr;

use cloakroom::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::accounts::{DisplayName, User};
use crate::config::PublicUrl;

/// What applications are told of a user in every session, as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct UserFields {
    user: HeaderValue,
    name: HeaderValue,
    email: HeaderValue,
    groups: HeaderValue,
}

/// What the application is told of a signed-in user. Every field is always sent, empty when unknown, so that a
/// missing one can never leave a client's own in its place.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The user's name in its compared spelling.
    user: HeaderValue,
    /// How the user wants to be called.
    name: HeaderValue,
    /// The e-mail address, or nothing.
    email: HeaderValue,
    /// The groups, separated by commas.
    groups: HeaderValue,
    /// The session ID.
    session: HeaderValue,
    /// When the user last proved who they are, in seconds.
    proven_at: HeaderValue,
    /// A token that says the same for services further behind, where the application gets one.
    jwt: HeaderValue,
}

const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
const REMOTE_GROUPS: HeaderName = HeaderName::from_static("remote-groups");
const REMOTE_NAME: HeaderName = HeaderName::from_static("remote-name");
const REMOTE_EMAIL: HeaderName = HeaderName::from_static("remote-email");
const SESSION: HeaderName = HeaderName::from_static("x-cloakroom-session");
const AAL: HeaderName = HeaderName::from_static("x-cloakroom-aal");
const AUTH_TIME: HeaderName = HeaderName::from_static("x-cloakroom-auth-time");
const JWT: HeaderName = HeaderName::from_static("x-cloakroom-jwt");
const AUTH_REQUEST_USER: HeaderName = HeaderName::from_static("x-auth-request-user");
const AUTH_REQUEST_EMAIL: HeaderName = HeaderName::from_static("x-auth-request-email");
const AUTH_REQUEST_GROUPS: HeaderName = HeaderName::from_static("x-auth-request-groups");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

const EMPTY: HeaderValue = HeaderValue::from_static("");

const NOBODY: Identity = Identity {
    user: EMPTY,
    name: EMPTY,
    email: EMPTY,
    groups: EMPTY,
    session: EMPTY,
    proven_at: EMPTY,
    jwt: EMPTY,
};

/// Beginnings of names that speak for a proxy, with `-` for `_` and in lower case.
pub(crate) const RESERVED_PREFIXES: [&str; 6] =
    ["remote-", "x-cloakroom-", "x-auth-request-", "x-forwarded-", "x-original-", "x-remote-"];

/// Whole names that speak for a proxy.
pub(crate) const RESERVED: [&str; 7] =
    ["forwarded", "true-client-ip", "x-client-ip", "x-real-ip", "x-rewrite-url", "x-user", "x-webauth-user"];

/// Removes every field by which a client could pretend to be a proxy.
///
/// Names are compared with `-` for `_`: WSGI and CGI applications cannot tell the two apart.
///
/// Source: ASVS 5.0 4.1.3; CVE-2025-64484.
pub(super) fn strip(headers: &mut HeaderMap) {
    let reserved: Vec<HeaderName> =
        headers.keys().filter(|name| is_reserved(name.as_str())).cloned().collect();
    for name in reserved {
        headers.remove(name);
    }
}

/// Names of fields are in lower case.
fn is_reserved(name: &str) -> bool {
    let begins_with = |prefix: &str| {
        let folded = name.bytes().map(|octet| if octet == b'_' { b'-' } else { octet });
        name.len() >= prefix.len() && prefix.bytes().eq(folded.take(prefix.len()))
    };
    RESERVED_PREFIXES.into_iter().any(begins_with)
        || RESERVED.into_iter().any(|reserved| name.len() == reserved.len() && begins_with(reserved))
}

impl UserFields {
    /// What applications are told of this user.
    pub(crate) fn of(user: &User) -> Self {
        let User { name, profile, .. } = user;
        let display_name = profile.display_name.as_ref().map_or(name.as_typed(), DisplayName::as_str);
        Self {
            user: value(name.canonical()),
            name: value(display_name),
            email: profile.email.as_ref().map_or(EMPTY, |email| value(&email.to_string())),
            groups: value(&profile.groups.to_string()),
        }
    }
}

impl Identity {
    /// What applications are told of a user with this session, whose ID is given as it is sent.
    pub(crate) fn of(
        fields: &UserFields,
        session: HeaderValue,
        proven_at: Timestamp,
        jwt: Option<HeaderValue>,
    ) -> Self {
        let UserFields { user, name, email, groups } = fields.clone();
        Self {
            user,
            name,
            email,
            groups,
            session,
            proven_at: HeaderValue::from(proven_at.as_millis() / 1000),
            jwt: jwt.unwrap_or(EMPTY),
        }
    }
}

/// All fields, the empty ones too; each is empty when nobody is there.
pub(crate) fn fields_of(identity: Option<Identity>) -> [(HeaderName, HeaderValue); 8] {
    let aal = if identity.is_some() { HeaderValue::from_static("1") } else { EMPTY };
    let Identity { user, name, email, groups, session, proven_at, jwt } = identity.unwrap_or(NOBODY);
    [
        (REMOTE_USER, user),
        (REMOTE_GROUPS, groups),
        (REMOTE_NAME, name),
        (REMOTE_EMAIL, email),
        (SESSION, session),
        (AAL, aal),
        (AUTH_TIME, proven_at),
        (JWT, jwt),
    ]
}

/// The same user in the fields that oauth2-proxy speaks in; each is empty when nobody is there.
pub(crate) fn fields_of_oauth2_proxy(identity: Option<&Identity>) -> [(HeaderName, HeaderValue); 3] {
    let field = |of: fn(&Identity) -> &HeaderValue| identity.map_or(EMPTY, |identity| of(identity).clone());
    [
        (AUTH_REQUEST_USER, field(|identity| &identity.user)),
        (AUTH_REQUEST_EMAIL, field(|identity| &identity.email)),
        (AUTH_REQUEST_GROUPS, field(|identity| &identity.groups)),
    ]
}

/// Tells the application where the request came from and which address the browser shows.
pub(super) fn write_forwarded(headers: &mut HeaderMap, client: IpAddr, public_url: &PublicUrl) {
    headers.insert(FORWARDED_FOR, value(&client.to_string()));
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(public_url.scheme().as_str()));
    headers.insert(FORWARDED_HOST, value(public_url.authority()));
}

/// Everything but visible ASCII and blanks is percent-encoded as UTF-8, and so is `%`, so that it can be undone.
fn value(text: &str) -> HeaderValue {
    const ENCODED: &AsciiSet = &CONTROLS.add(b'%');
    // Nearly every value is plain.
    if text.bytes().all(|octet| matches!(octet, b' '..=b'~') && octet != b'%') {
        return HeaderValue::from_str(text).expect("visible ASCII and blanks make a field value");
    }
    let encoded = utf8_percent_encode(text, ENCODED).to_string();
    HeaderValue::from_str(&encoded).expect("percent-encoding leaves visible ASCII and blanks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hdr_10_no_spelling_of_an_identity_field_gets_through() {
        let mut headers = HeaderMap::new();
        for name in [
            "Remote-User",
            "remote_user",
            "REMOTE_User",
            "Remote-Groups",
            "Remote_Email",
            "X-Cloakroom-Session",
            "x_cloakroom-aal",
            "X-Forwarded-User",
            "x_forwarded_user",
            "X_Forwarded-For",
            "X-Auth-Request-Email",
            "Forwarded",
            "X-Real-IP",
            "X_Real_IP",
            "X-Original-URL",
            "X-WebAuth-User",
            "X-Remote-User",
            "Accept",
            "X-Remotely-Fine",
        ] {
            headers
                .append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static("evil"));
        }
        strip(&mut headers);
        let mut kept: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        kept.sort_unstable();
        assert_eq!(kept, ["accept", "x-remotely-fine"]);
    }

    #[test]
    fn the_whole_set_is_always_written() {
        let identity = Identity {
            user: value("alice"),
            name: value("Élise 50%"),
            email: EMPTY,
            groups: value("a,b"),
            session: value("ab"),
            proven_at: HeaderValue::from(1),
            jwt: EMPTY,
        };
        let written: Vec<(HeaderName, HeaderValue)> = fields_of(Some(identity)).into_iter().collect();
        let written: Vec<(&str, &str)> =
            written.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(
            written,
            [
                ("remote-user", "alice"),
                ("remote-groups", "a,b"),
                ("remote-name", "%C3%89lise 50%25"),
                ("remote-email", ""),
                ("x-cloakroom-session", "ab"),
                ("x-cloakroom-aal", "1"),
                ("x-cloakroom-auth-time", "1"),
                ("x-cloakroom-jwt", ""),
            ]
        );
    }

    #[test]
    fn the_fields_of_oauth2_proxy_are_written_as_a_whole_too() {
        let names = fields_of_oauth2_proxy(None).map(|(name, value)| (name.to_string(), value));
        for (name, value) in names {
            assert!(name.starts_with("x-auth-request-") && value.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_value_cannot_begin_another_field() {
        assert_eq!(value("a\r\nRemote-User: b\0 50% é"), "a%0D%0ARemote-User: b%00 50%25 %C3%A9");
    }
}
