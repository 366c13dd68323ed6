//! The proxies that ask, and what is peculiar to each.

use http::header::{SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::metrics::Door;

/// Which proxy asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `auth_request`.
    Nginx,
    /// `forward_auth`.
    Caddy,
    /// `forwardAuth`.
    Traefik,
    /// A Lua action.
    Haproxy,
    /// `ext_authz` over HTTP.
    Envoy,
}

const ORIGINAL_URL: HeaderName = HeaderName::from_static("x-original-url");
const ORIGINAL_METHOD: HeaderName = HeaderName::from_static("x-original-method");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");

/// Where a family says what it asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fields {
    /// One field with the whole URL, one with the method.
    Url { url: HeaderName, method: HeaderName },
    /// A field for each part.
    Parts { proto: HeaderName, host: HeaderName, uri: HeaderName, method: HeaderName },
    /// The request itself, behind our path, but for the scheme.
    Request { proto: HeaderName },
}

impl Family {
    /// What its questions are counted under.
    pub(super) const fn door(self) -> Door {
        match self {
            Self::Nginx => Door::Nginx,
            Self::Caddy => Door::Caddy,
            Self::Traefik => Door::Traefik,
            Self::Haproxy => Door::Haproxy,
            Self::Envoy => Door::Envoy,
        }
    }

    /// The name of the proxy.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Traefik => "traefik",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
        }
    }

    /// The family whose door this is: what follows `/_cloakroom/verify/`. For Envoy the rest of it is the path that is asked about.
    pub(super) fn of(door: &str) -> Option<(Self, &str)> {
        match door {
            "nginx" => Some((Self::Nginx, "")),
            "caddy" => Some((Self::Caddy, "")),
            "traefik" => Some((Self::Traefik, "")),
            "haproxy" => Some((Self::Haproxy, "")),
            _ => {
                let path = door.strip_prefix("envoy").filter(|path| path.starts_with('/'));
                path.map(|path| (Self::Envoy, path))
            }
        }
    }

    pub(super) const fn fields(self) -> Fields {
        match self {
            Self::Nginx => Fields::Url { url: ORIGINAL_URL, method: ORIGINAL_METHOD },
            Self::Caddy | Self::Traefik | Self::Haproxy => Fields::Parts {
                proto: FORWARDED_PROTO,
                host: FORWARDED_HOST,
                uri: FORWARDED_URI,
                method: FORWARDED_METHOD,
            },
            Self::Envoy => Fields::Request { proto: FORWARDED_PROTO },
        }
    }

    /// The status by which a page is led elsewhere: nginx takes none of the 300s, and its configuration makes one of the `Location`.
    pub(super) const fn detour_status(self, status: StatusCode) -> StatusCode {
        match self {
            Self::Nginx => StatusCode::UNAUTHORIZED,
            _ => status,
        }
    }

    /// Puts back the `Upgrade` that Traefik takes out of its question: a handshake of a `WebSocket` is known by its key, which no script can set.
    pub(super) fn mark_sockets(self, headers: &mut HeaderMap) {
        if self == Self::Traefik && headers.contains_key(SEC_WEBSOCKET_KEY) {
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        }
    }

    /// Whether several `Cookie` fields may come joined by commas.
    pub(super) const fn joins_cookies(self) -> bool {
        matches!(self, Self::Haproxy | Self::Envoy)
    }
}
