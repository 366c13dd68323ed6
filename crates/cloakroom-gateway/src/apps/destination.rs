//! Where a sign-in leads: a place at our own origin, or at an application's.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::apps::registry::{AppEntry, Apps};
use crate::web::{Fields, ReturnPath};

/// A path and query at an application's origin, safe to put behind that origin in a `Location` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppPath(String);

impl AppPath {
    /// The most octets of a path and query that one comes back to.
    pub(crate) const LEN_MAX: usize = 2048;

    /// The place where nothing else was asked for.
    pub(crate) fn root() -> Self {
        Self("/".to_owned())
    }

    /// Reads a path and query.
    ///
    /// It stands behind a whole origin, so that two slashes are a path and no host. What browsers drop, fold or take for a slash is
    /// refused, and so is what leads to our own routes at that origin, which would go round in a circle.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\' && octet != b'#');
        let path = text.split('?').next().unwrap_or_default();
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let is_own = percent_encoding::percent_decode_str(first).eq(*b"_cloakroom");
        (text.starts_with('/') && text.len() <= Self::LEN_MAX && plain && !is_own)
            .then(|| Self(text.to_owned()))
    }

    /// The path and query.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As the value of a parameter.
    pub(crate) fn encoded(&self) -> impl std::fmt::Display {
        utf8_percent_encode(&self.0, NON_ALPHANUMERIC)
    }
}

/// Where somebody goes after a sign-in.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    /// A place at the origin of the sign-in.
    Here(ReturnPath),
    /// A place at an application's own origin.
    App(Arc<AppEntry>, AppPath),
}

impl Destination {
    /// The destination that a form or query names: `next`, a path of ours, or `rd`, a URL of an application. One good value, or none.
    ///
    /// # Security
    /// A URL is good when it begins with the origin of an application and a slash, octet for octet: no parser then reads another host out
    /// of it.
    ///
    /// Source: ASVS 5.0 3.7.2; oauth2-proxy GHSA-4mf2-f3wh-gvf2, GHSA-5m6c-jp6f-2vcv.
    pub(crate) fn from_fields(fields: &Fields, apps: &Apps) -> Option<Self> {
        let mut values = fields.all("rd");
        match (values.next(), values.next(), fields.all("next").next()) {
            (Some(url), None, None) => Self::of_url(url, apps),
            (None, None, _) => ReturnPath::from_values(fields.all("next")).map(Self::Here),
            _ => None,
        }
    }

    /// A path and query at the origin of the sign-in, if it is one to come back to.
    pub(crate) fn here(path: &str) -> Option<Self> {
        ReturnPath::parse(path).ok().map(Self::Here)
    }

    fn of_url(url: &str, apps: &Apps) -> Option<Self> {
        let (app, path) = apps.of_url(url)?;
        let path = if path.is_empty() { "/" } else { path };
        if app.is_here {
            return Self::here(path);
        }
        Some(Self::App(app, AppPath::parse(path)?))
    }

    /// The parameter that names it again, as in `rd=https%3A%2F%2F...`.
    pub(crate) fn parameter(&self) -> String {
        let (name, value) = self.field();
        format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
    }

    /// The field of a form that names it again.
    pub(crate) fn field(&self) -> (&'static str, String) {
        match self {
            Self::Here(path) => ("next", path.as_str().to_owned()),
            Self::App(app, path) => ("rd", format!("{}{}", app.origin, path.as_str())),
        }
    }

    /// The address of a page of ours from which one is led on to a place, if to any; `further` are parameters of the page's own.
    pub(crate) fn behind(page: &str, place: Option<&Self>, further: &[&str]) -> String {
        let place = place.map(Self::parameter);
        let parameters: Vec<&str> = place.as_deref().into_iter().chain(further.iter().copied()).collect();
        if parameters.is_empty() { page.to_owned() } else { format!("{page}?{}", parameters.join("&")) }
    }

    /// The name of the application that it is at, when that has an origin of its own.
    pub(crate) fn app_name(&self) -> Option<&str> {
        match self {
            Self::Here(_) => None,
            Self::App(app, _) => Some(app.app.name.as_str()),
        }
    }

    /// Where the browser is sent once somebody is signed in here. At an origin with a cookie of its own the session has to be taken over
    /// first.
    pub(crate) fn location(&self) -> String {
        match self {
            Self::Here(path) => path.as_str().to_owned(),
            Self::App(app, path) if !app.needs_hand_over() => format!("{}{}", app.origin, path.as_str()),
            Self::App(app, path) => format!("{}/_cloakroom/begin?to={}", app.origin, path.encoded()),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloakroom::{MemoryStore, Sessions};

    use super::*;
    use crate::apps::Here;
    use crate::config::{App, PublicUrl};

    fn apps() -> Apps {
        let app = |name: &str, origin: &str| {
            App::open_to_users(name.parse().unwrap(), origin.parse().unwrap(), None)
        };
        let here: PublicUrl = "https://login.example.com".parse().unwrap();
        let apps = vec![app("app", "https://app.example.com"), app("login", "https://login.example.com")];
        let here = Here { origin: &here, cookie_domain: None };
        Apps::new(apps, here, &Sessions::indexed(MemoryStore::new()), &[])
    }

    fn of(rd: &str) -> Option<String> {
        let query = format!("rd={}", utf8_percent_encode(rd, NON_ALPHANUMERIC));
        let fields = Fields::parse(query.as_bytes()).unwrap();
        Destination::from_fields(&fields, &apps()).map(|destination| destination.location())
    }

    /// The vectors of redirect targets that other gateways have fallen for.
    #[test]
    fn hdr_09_whatever_is_not_at_an_applications_origin_is_refused() {
        let long = format!("https://app.example.com/{}", "a".repeat(2048));
        for rd in [
            "//evil",
            "/\\evil",
            "/\t/evil",
            "/%09/evil",
            "https:evil",
            "https:///evil",
            "https://app.example.com@evil",
            "https://evil#.example.com",
            "https://evil\\.example.com",
            "https://evil?.example.com",
            "https://example.com.evil",
            "https://badexample.com",
            "https://example.com",
            "https://other.example.com",
            "javascript://app.example.com/%0aalert(1)",
            "data:text/html,x",
            "http://app.example.com/",
            "https://app.example.com:444/",
            "https://app.example.com:443@evil",
            "https://app.example.com.evil/",
            "https://app\u{3002}example.com/",
            "https://\u{ff41}pp.example.com/",
            " https://app.example.com/",
            "https://app.example.com/ ",
            "https://app.example.com/\r\nSet-Cookie:a=1",
            "https://app.example.com/a\\b",
            "https://app.example.com/#b",
            "https://app.example.com\\evil",
            "https://app.example.com?x",
            "https://app.example.com/_cloakroom/logout",
            "https://app.example.com/%5fcloakroom/login",
            "https://app.example.com//_cloakroom/login",
            "https://login.example.com/_cloakroom/login",
            "",
            &long,
        ] {
            assert_eq!(of(rd), None, "{rd:?}");
        }
    }

    #[test]
    fn a_place_of_an_application_comes_back_as_it_was_written() {
        for (rd, location) in [
            ("https://app.example.com/a?b=c", "https://app.example.com/_cloakroom/begin?to=%2Fa%3Fb%3Dc"),
            ("https://app.example.com", "https://app.example.com/_cloakroom/begin?to=%2F"),
            ("https://app.example.com//x", "https://app.example.com/_cloakroom/begin?to=%2F%2Fx"),
            ("https://login.example.com/a", "/a"),
        ] {
            assert_eq!(of(rd).as_deref(), Some(location));
        }
    }

    #[test]
    fn two_destinations_are_none() {
        for query in [
            "rd=https://app.example.com/&rd=https://app.example.com/",
            "rd=https://app.example.com/&next=/",
            "next=/&next=/",
        ] {
            let fields = Fields::parse(query.as_bytes()).unwrap();
            assert!(Destination::from_fields(&fields, &apps()).is_none(), "{query}");
        }
    }

    #[test]
    fn a_page_before_a_place_names_it_encoded_once() {
        let place = Destination::here("/a%2Fb?c=d&e");
        let behind = |further: &[&str]| Destination::behind("/_cloakroom/login", place.as_ref(), further);
        assert_eq!(behind(&[]), "/_cloakroom/login?next=%2Fa%252Fb%3Fc%3Dd%26e");
        assert_eq!(behind(&["lost=POST"]), "/_cloakroom/login?next=%2Fa%252Fb%3Fc%3Dd%26e&lost=POST");
        assert_eq!(Destination::behind("/_cloakroom/login", None, &[]), "/_cloakroom/login");
        assert_eq!(Destination::behind("/_cloakroom/login", None, &["aal=2"]), "/_cloakroom/login?aal=2");
    }
}
