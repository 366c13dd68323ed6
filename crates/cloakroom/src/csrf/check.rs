//! Whether a request may pass: what the layer asks.

use std::collections::HashSet;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use thiserror::Error;

use super::{FORM_FIELD, HEADER};

/// Which requests need a token; every unsafe one without more words.
#[derive(Clone, Debug)]
pub struct CsrfCheck {
    exempt_paths: HashSet<String>,
    form_octets_max: usize,
}

/// Why a request was refused; found in the extensions of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CsrfRefusal {
    /// It has no token of its session.
    #[error("the request has no token of its session")]
    NoToken,
    /// Its form is larger than what is looked through for a token.
    #[error("the form is too large to be looked through for a token")]
    FormTooLarge,
}

/// Where a request's token may be.
pub(super) enum Place {
    /// Nowhere: it needs none.
    Unneeded,
    /// Here.
    Here(Vec<u8>),
    /// In its body, a form.
    Form,
    /// Nowhere where we look.
    Nowhere,
}

impl CsrfCheck {
    /// Every unsafe request needs a token, in [`HEADER`] or in the field [`FORM_FIELD`] of an
    /// `application/x-www-form-urlencoded` body of up to 1 MiB.
    ///
    /// A `multipart/form-data` request sends it in the header.
    pub fn new() -> Self {
        Self { exempt_paths: HashSet::new(), form_octets_max: 1 << 20 }
    }

    /// Exempts one path, compared octet for octet: a sign-in, say, whose visitor has no session yet and which the
    /// [cross-origin check](crate::CrossOrigin) guards.
    #[must_use]
    pub fn insecure_exempt_path(mut self, path: &str) -> Self {
        self.exempt_paths.insert(path.to_owned());
        self
    }

    /// Looks through forms of up to this many octets; a larger one is refused with 413.
    #[must_use]
    pub fn form_octets_max(self, form_octets_max: usize) -> Self {
        Self { form_octets_max, ..self }
    }

    pub(super) const fn largest_form(&self) -> usize {
        self.form_octets_max
    }

    pub(super) fn place(&self, method: &Method, path: &str, headers: &HeaderMap) -> Place {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || self.exempt_paths.contains(path)
        {
            return Place::Unneeded;
        }
        let mut tokens = headers.get_all(HEADER).iter();
        match (tokens.next(), tokens.next()) {
            (Some(token), None) => Place::Here(token.as_bytes().to_vec()),
            (None, _) if is_form(headers) => Place::Form,
            (Some(_), Some(_)) | (None, _) => Place::Nowhere,
        }
    }
}

impl Default for CsrfCheck {
    fn default() -> Self {
        Self::new()
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    let essence = kind.split(|octet| *octet == b';').next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// The one token of a form; none when there are several.
pub(super) fn token_in(form: &[u8]) -> Option<Vec<u8>> {
    let mut tokens = form_urlencoded::parse(form).filter(|(name, _)| name == FORM_FIELD);
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Some(token.into_owned().into_bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn place(method: &Method, headers: &[(&'static str, &'static str)]) -> Place {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        CsrfCheck::new().insecure_exempt_path("/login").place(method, "/act", &map)
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

    #[test]
    fn safe_methods_and_exempt_paths_need_no_token() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(matches!(place(&method, &[]), Place::Unneeded));
        }
        let check = CsrfCheck::new().insecure_exempt_path("/login");
        let at = |path| check.place(&Method::POST, path, &HeaderMap::new());
        assert!(matches!(at("/login"), Place::Unneeded));
        assert!(matches!(at("/login/"), Place::Nowhere) && matches!(at("/Login"), Place::Nowhere));
    }

    #[test]
    fn csr_11_a_token_is_looked_for_in_the_header_and_then_in_the_form() {
        for method in [Method::POST, Method::DELETE, Method::from_bytes(b"FOO").unwrap()] {
            assert!(
                matches!(place(&method, &[("x-csrf-token", "t"), FORM]), Place::Here(token) if token == b"t")
            );
            assert!(matches!(place(&method, &[FORM]), Place::Form));
            assert!(matches!(place(&method, &[("cookie", "_csrf=t")]), Place::Nowhere));
            assert!(matches!(
                place(&method, &[("x-csrf-token", "t"), ("x-csrf-token", "u")]),
                Place::Nowhere
            ));
        }
    }

    #[test]
    fn a_form_with_two_tokens_has_none() {
        assert_eq!(token_in(b"a=1&_csrf=t%20u&b=2"), Some(b"t u".to_vec()));
        assert_eq!(token_in(b"_csrf=t&_csrf=u"), None);
        assert_eq!(token_in(b"csrf=t"), None);
    }
}
