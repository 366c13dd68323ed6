//! The requests, as a program and as a browser would send them.

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, Method, Request};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Asks who is signed in and reads the profile.
    Dashboard,
    /// The same by a request that changes something.
    Act,
    /// Does not ask for its session.
    Public,
}

/// What a signed-in user sends.
pub struct Credentials {
    /// Name and value of the session's cookie.
    pub cookie: Box<str>,
    /// The token against forged requests, where the site wants one.
    pub token: Option<HeaderValue>,
}

/// What else comes with the session's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookies {
    /// Nothing: one cookie.
    One,
    /// Nine cookies of others before it, and the header fields of a browser.
    Ten,
}

/// The cookies of a site that counts its visitors and remembers how they like it.
const FOREIGN: &str = "_ga=GA1.1.1804289383.1794528301; _ga_7QX2KM4T9B=GS2.1.s1795299312$o14$g1$t1795299871$j42$l0$h0; _gcl\
    _au=1.1.596516649.1794528302; consent=CQa7tYAQa7tYAEsACBENB4FgAP_gAEPgAATIKBNX_G__bWlr8X73aftkeY1P9_\
    h77sQxBhfJE-4FzLvW_JwXx2ExNA36tqIKmRIEu3bBIQNlHJDUTVCgAogVryDMakWcqTTVkqxiQ9bQw3ZpLr0v8hfYtU2e.YAAAA\
    AAAA; theme=dark; locale=en-GB; tz=Europe%2FLisbon; _fbp=fb.1.1794528303117.846930886; recently_view\
    ed=48121%2C51877%2C50219%2C47760%2C52004";

const BROWSER: [(HeaderName, &str); 11] = [
    (header::HOST, "shop.example"),
    (header::CONNECTION, "keep-alive"),
    (header::CACHE_CONTROL, "max-age=0"),
    (HeaderName::from_static("sec-ch-ua-platform"), "\"Linux\""),
    (header::UPGRADE_INSECURE_REQUESTS, "1"),
    (
        header::USER_AGENT,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    (header::ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    (HeaderName::from_static("sec-fetch-site"), "same-origin"),
    (HeaderName::from_static("sec-fetch-mode"), "navigate"),
    (header::ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
    (header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9,pt;q=0.8"),
];

impl Route {
    /// The path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Dashboard | Self::Act => "/dashboard",
            Self::Public => "/public",
        }
    }

    /// A request with this session's cookie.
    pub fn request(self, cookies: Cookies, user: &Credentials) -> Request<Body> {
        let session = &*user.cookie;
        let mut request = Request::new(Body::empty());
        if self == Self::Act {
            *request.method_mut() = Method::POST;
            request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
            if let Some(token) = &user.token {
                request.headers_mut().insert("x-csrf-token", token.clone());
            }
        }
        *request.uri_mut() = axum::http::Uri::from_static(self.path());
        let headers = request.headers_mut();
        match cookies {
            Cookies::One => {
                headers.insert(header::HOST, HeaderValue::from_static("shop.example"));
                headers.insert(header::COOKIE, value(session));
            }
            Cookies::Ten => {
                for (name, text) in BROWSER {
                    headers.insert(name, HeaderValue::from_static(text));
                }
                headers.insert(header::COOKIE, value(&format!("{FOREIGN}; {session}")));
            }
        }
        request
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a cookie is made of header octets")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_with_ten_cookies_has_517_octets_with_ours() {
        let cookie = format!("__Host-sid={}", "x".repeat(64)).into();
        let request = Route::Dashboard.request(Cookies::Ten, &Credentials { cookie, token: None });
        let line = &request.headers()[header::COOKIE];
        assert_eq!((line.as_bytes().split(|octet| *octet == b';').count(), line.len()), (10, 517));
    }
}
