//! Where to go after a sign-in: the `next` parameter, which anybody can write into a link.

use std::fmt;

use percent_encoding::percent_decode_str;
use thiserror::Error;

/// A path and query on our own origin, safe to put into a `Location` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnPath(String);

/// The text does not name a place that a sign-in may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RefusedReturn {
    /// It does not begin with exactly one slash, so a browser could read a host out of it.
    #[error("a return path begins with one slash")]
    NotLocal,
    /// It holds a character that browsers drop, fold or read as a slash, or a fragment.
    #[error("a return path holds visible ASCII without backslash and fragment")]
    Character,
    /// It holds `.` or `..`, which browsers resolve before they go there.
    #[error("a return path has no dot segments")]
    DotSegment,
    /// It leads back to signing in or out.
    #[error("a return path does not lead to the sign-in or sign-out page")]
    Loop,
    /// It is too long.
    #[error("a return path has at most {} octets", ReturnPath::LEN_MAX)]
    TooLong,
}

impl ReturnPath {
    /// The most octets of a return path.
    pub(crate) const LEN_MAX: usize = 2047;

    /// Reads a return path, already decoded once from the form or query it came in.
    ///
    /// Strict instead of clever: what a browser sends as a request target passes, everything that any
    /// parser could read differently does not.
    ///
    /// # Errors
    /// [`RefusedReturn`] says which rule it breaks.
    ///
    /// # Security
    /// An open redirect turns the sign-in page into a tool for phishing.
    ///
    /// Source: ASVS 5.0 3.7.2.
    pub(crate) fn parse(text: &str) -> Result<Self, RefusedReturn> {
        if text.len() > Self::LEN_MAX {
            return Err(RefusedReturn::TooLong);
        }
        if !text.starts_with('/') {
            return Err(RefusedReturn::NotLocal);
        }
        if !text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\' && octet != b'#') {
            return Err(RefusedReturn::Character);
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let (decoded, decoded_query) = (decode(path), decode(query));
        if [&decoded, &decoded_query].into_iter().flatten().any(u8::is_ascii_control)
            || decoded.contains(&b'\\')
        {
            return Err(RefusedReturn::Character);
        }
        if decoded.starts_with(b"//") {
            return Err(RefusedReturn::NotLocal);
        }
        if decoded.split(|octet| *octet == b'/').any(|segment| matches!(segment, b"." | b"..")) {
            return Err(RefusedReturn::DotSegment);
        }
        if is_own(&decoded) && !may_follow_sign_in(path) {
            return Err(RefusedReturn::Loop);
        }
        Ok(Self(text.to_owned()))
    }

    /// The return path among the values that a request gave: one good value, or none.
    ///
    /// Two values are refused, since two readers could pick different ones.
    pub(crate) fn from_values<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (Some(only), None) => Self::parse(only).ok(),
            _ => None,
        }
    }

    /// The path and query.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

fn is_own(decoded_path: &[u8]) -> bool {
    let mut segments = decoded_path.split(|octet| *octet == b'/').filter(|segment| !segment.is_empty());
    segments.next().is_some_and(|first| first.eq_ignore_ascii_case(b"_cloakroom"))
}

/// Of our own pages only those that show something to whoever has just signed in.
fn may_follow_sign_in(path: &str) -> bool {
    ["/_cloakroom/account", "/_cloakroom/admin"]
        .iter()
        .any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hdr_09_everything_that_could_leave_the_origin_is_refused() {
        let long = format!("/{}", "a".repeat(2048));
        for text in [
            "",
            "evil",
            "//evil",
            "///evil",
            "/\\evil",
            "\\\\evil",
            "\\/evil",
            "/\t/evil",
            "/%09/evil",
            "/%0a/evil",
            "https:evil",
            "https:///evil",
            "https://evil",
            "https://app.example.com@evil",
            "https://evil#.example.com",
            "https://evil\\.example.com",
            "https://evil?.example.com",
            "https://example.com.evil",
            "https://badexample.com",
            "javascript:alert(1)",
            "javascript://app.example.com/%0aalert(1)",
            "data:x",
            "data:text/html,x",
            "http://app.example.com",
            "https://app.example.com:444",
            "https://app.example.com:443@evil",
            "https://evil\u{3002}example",
            "\u{ff0f}\u{ff0f}evil",
            "/\u{ff0f}evil",
            " /evil",
            "/evil ",
            "\r/evil",
            "/evil\r\nSet-Cookie:a=1",
            "/x\r\nSet-Cookie:a=1",
            "/x%0d%0aSet-Cookie:a=1",
            "/x?y=%0d%0a",
            "/..//evil",
            "/./evil",
            "/%2e%2e//evil",
            "/.%2E/evil",
            "/%2fevil",
            "/%2Fevil",
            "/%5cevil",
            "/a%5Cevil",
            "%2f%2fevil",
            "/a#b",
            "/\0",
            &long,
        ] {
            assert!(ReturnPath::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn pages_that_would_lead_round_in_a_circle_are_refused() {
        for text in [
            "/_cloakroom/login",
            "/_cloakroom/logout",
            "/_cloakroom/login?next=/",
            "/_cloakroom/setup/x",
            "/_cloakroom/reauthenticate",
            "/%5fcloakroom/logout",
            "/_CLOAKROOM/logout",
            "/_cloakroom//login",
            "/_cloakroom",
            "/_cloakroom/accountant",
            "/_cloakroom/verify/nginx",
        ] {
            assert_eq!(ReturnPath::parse(text), Err(RefusedReturn::Loop), "{text:?}");
        }
    }

    #[test]
    fn a_place_on_our_own_origin_comes_back_as_it_was_written() {
        for text in [
            "/",
            "/a",
            "/a/b?c=d&e=%20f",
            "/a%2Fb",
            "/a//b",
            "/caf%C3%A9",
            "/a?next=//evil",
            "/a;b=c",
            "/a:b@c",
            "/_cloakroom/account",
            "/_cloakroom/account/password",
            "/_cloakroomy",
            "/..a/b..",
            "/100%",
        ] {
            assert_eq!(ReturnPath::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        assert_eq!(ReturnPath::from_values(["/a"]).unwrap().as_str(), "/a");
        assert_eq!(ReturnPath::from_values(["/a", "/a"]), None);
        assert_eq!(ReturnPath::from_values([]), None);
    }
}
