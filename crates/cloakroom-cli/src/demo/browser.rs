//! A browser as far as attacks go: what it calls itself, where it is, and the one cookie that matters.

use std::fmt::Write as _;
use std::io;
use std::net::IpAddr;

use crate::demo::person::Person;
use crate::demo::place::Site;
use crate::demo::wire::Exchange;

/// The session cookie of the gateway.
pub(super) const COOKIE: &str = "__Host-Http-cloakroom";

/// What somebody browses with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Device {
    FirefoxOnWindows,
    SafariOnIphone,
    ChromeOnAndroid,
    ChromeOnMac,
    Curl,
}

/// Somebody's browser.
pub(super) struct Browser {
    site: Site,
    device: Device,
    from: IpAddr,
    /// The value of the session cookie, while it has one.
    pub(super) cookie: Option<String>,
}

/// A request that is about to be sent.
pub(super) struct Request {
    line: String,
    fields: Vec<(String, String)>,
    body: Option<String>,
}

impl Device {
    const fn user_agent(self) -> &'static str {
        match self {
            Self::FirefoxOnWindows => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
            }
            Self::SafariOnIphone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Mobile/15E148 Safari/604.1"
            }
            Self::ChromeOnAndroid => {
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
                 Safari/537.36"
            }
            Self::ChromeOnMac => {
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/142.0.0.0 Safari/537.36"
            }
            Self::Curl => "curl/8.14.1",
        }
    }
}

impl Browser {
    pub(super) const fn new(site: Site, device: Device, from: IpAddr) -> Self {
        Self { site, device, from, cookie: None }
    }

    /// Signs somebody in by the form of the sign-in page, and keeps the cookie.
    pub(super) async fn sign_in(&mut self, person: &Person) -> io::Result<Exchange> {
        let fields = [("username", person.name), ("password", person.password.as_str())];
        let exchange = self
            .send(Request::new("POST", "/_cloakroom/login").of_this_site(&self.site).form(&fields))
            .await?;
        match exchange.answer.cookie(COOKIE) {
            Some(value) if exchange.answer.status == 303 => self.cookie = Some(value.to_owned()),
            _ => return Err(io::Error::other(format!("{} could not sign in", person.name))),
        }
        Ok(exchange)
    }

    /// Signs out by the form of the page that asks, and keeps the cookie, as a thief would have it by now.
    pub(super) async fn sign_out(&mut self) -> io::Result<Exchange> {
        let page = self.get("/_cloakroom/logout").await?;
        let token = page.answer.body.split("name=\"csrf_token\" value=\"").nth(1);
        let token = token.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
        let form = Request::new("POST", "/_cloakroom/logout").of_this_site(&self.site);
        self.send(form.form(&[("csrf_token", &token)])).await
    }

    /// Follows a link to a page.
    pub(super) async fn get(&self, path: &str) -> io::Result<Exchange> {
        self.send(Request::new("GET", path).of_this_site(&self.site)).await
    }

    /// Sends a request with the cookie that there is, unless the request has its own.
    pub(super) async fn send(&self, request: Request) -> io::Result<Exchange> {
        let text = request.text(&self.site.authority, self.device.user_agent(), self.cookie.as_deref());
        Exchange::of(self.site.address, self.from, text).await
    }
}

impl Request {
    pub(super) fn new(method: &str, path: &str) -> Self {
        let line = format!("{method} {path} HTTP/1.1");
        Self { line, fields: Vec::new(), body: None }
            .field("Accept", "text/html")
            .field("Sec-Fetch-Mode", "navigate")
    }

    pub(super) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a browser adds to a request that a page of the same site has caused.
    pub(super) fn of_this_site(self, site: &Site) -> Self {
        let said = self.field("Sec-Fetch-Site", "same-origin");
        // Browsers say of links only what sort of site they were on.
        if said.line.starts_with("POST ") { said.field("Origin", &site.origin()) } else { said }
    }

    /// What a browser adds to a request that a page of another site has caused.
    pub(super) fn of_another_site(self, origin: &str) -> Self {
        self.field("Sec-Fetch-Site", "cross-site").field("Origin", origin)
    }

    pub(super) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            format!("{name}={value}")
        });
        self.body = Some(pairs.collect::<Vec<_>>().join("&"));
        self.field("Content-Type", "application/x-www-form-urlencoded")
    }

    fn text(&self, authority: &str, user_agent: &str, cookie: Option<&str>) -> String {
        let mut text = format!("{}\r\nHost: {authority}\r\nUser-Agent: {user_agent}\r\n", self.line);
        let has_own = self.fields.iter().any(|(name, _)| name == "Cookie");
        let cookie = cookie.filter(|_| !has_own).map(|value| ("Cookie", format!("{COOKIE}={value}")));
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in fields.chain(cookie) {
            // Writing into a text cannot fail.
            let _written = write!(text, "{name}: {value}\r\n");
        }
        if let Some(body) = &self.body {
            let _written = write!(text, "Content-Length: {}\r\n", body.len());
        }
        text + "Connection: close\r\n\r\n" + self.body.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_cookie_once_and_a_body_its_length() {
        let request = Request::new("POST", "/x").form(&[("a", "b c&"), ("d", "")]);
        let text = request.text("demo.localhost:1", "x/1", Some("v"));
        assert!(text.starts_with("POST /x HTTP/1.1\r\nHost: demo.localhost:1\r\nUser-Agent: x/1\r\n"));
        assert!(text.contains("\r\nCookie: __Host-Http-cloakroom=v\r\n"));
        assert!(text.ends_with("\r\nContent-Length: 11\r\nConnection: close\r\n\r\na=b+c%26&d="), "{text}");
        let own = Request::new("GET", "/").field("Cookie", "a=1").text("h", "x", Some("v"));
        assert!(own.contains("\r\nCookie: a=1\r\n") && own.matches("Cookie:").count() == 1);
    }
}
