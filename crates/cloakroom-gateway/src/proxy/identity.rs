//! Who is there, in the header fields that applications read.

use std::net::IpAddr;

use cloakroom::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::accounts::{DisplayName, User};
use crate::config::PublicUrl;

/// What the application is told of a signed-in user. Every field is always sent, empty when unknown, so that a
/// missing one can never leave a client's own in its place.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The user's name in its compared spelling.
    pub(crate) user: String,
    /// How the user wants to be called.
    pub(crate) name: String,
    /// The e-mail address, or nothing.
    pub(crate) email: String,
    /// The groups, separated by commas.
    pub(crate) groups: String,
    /// The session ID.
    pub(crate) session: String,
    /// When the user last proved who they are.
    pub(crate) proven_at: Timestamp,
    /// A token that says the same for services further behind, where the application gets one.
    pub(crate) jwt: Option<HeaderValue>,
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

fn is_reserved(name: &str) -> bool {
    let folded = name.to_ascii_lowercase().replace('_', "-");
    RESERVED.contains(&folded.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| folded.starts_with(prefix))
}

impl Identity {
    /// What applications are told of a user with this session.
    pub(crate) fn of(user: &User, session: String, proven_at: Timestamp, jwt: Option<HeaderValue>) -> Self {
        let User { name, profile, .. } = user;
        let display_name = profile.display_name.as_ref().map_or(name.as_typed(), DisplayName::as_str);
        Self {
            user: name.canonical().to_owned(),
            name: display_name.to_owned(),
            email: profile.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            groups: profile.groups.to_string(),
            session,
            proven_at,
            jwt,
        }
    }
}

/// All fields, the empty ones too; each is empty when nobody is there.
pub(crate) fn fields_of(identity: Option<&Identity>) -> [(HeaderName, HeaderValue); 8] {
    let field = |text: fn(&Identity) -> &str| identity.map_or(EMPTY, |identity| value(text(identity)));
    let auth_time =
        identity.map_or(EMPTY, |identity| HeaderValue::from(identity.proven_at.as_millis() / 1000));
    [
        (REMOTE_USER, field(|identity| &identity.user)),
        (REMOTE_GROUPS, field(|identity| &identity.groups)),
        (REMOTE_NAME, field(|identity| &identity.name)),
        (REMOTE_EMAIL, field(|identity| &identity.email)),
        (SESSION, field(|identity| &identity.session)),
        (AAL, identity.map_or(EMPTY, |_| HeaderValue::from_static("1"))),
        (AUTH_TIME, auth_time),
        (JWT, identity.and_then(|identity| identity.jwt.clone()).unwrap_or(EMPTY)),
    ]
}

/// The same user in the fields that oauth2-proxy speaks in; each is empty when nobody is there.
pub(crate) fn fields_of_oauth2_proxy(identity: Option<&Identity>) -> [(HeaderName, HeaderValue); 3] {
    let field = |text: fn(&Identity) -> &str| identity.map_or(EMPTY, |identity| value(text(identity)));
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
            user: "alice".into(),
            name: "Élise 50%".into(),
            email: String::new(),
            groups: "a,b".into(),
            session: "ab".into(),
            proven_at: Timestamp::from_millis(1_500),
            jwt: None,
        };
        let written: Vec<(HeaderName, HeaderValue)> = fields_of(Some(&identity)).into_iter().collect();
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
