//! A browser that knows which cookies go where: by host, domain and path, in the order in which browsers send them.

use std::net::SocketAddr;

use super::browser::{Answer, Browser};

/// A browser with one jar for all hosts, each of which is at the same address.
pub(crate) struct Surfer {
    address: SocketAddr,
    /// The oldest first.
    pub(crate) cookies: Vec<Cookie>,
}

/// A cookie as a browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The host that set it, or the domain that it is for.
    pub(crate) host: String,
    pub(crate) is_for_domain: bool,
    path: String,
}

impl Cookie {
    /// A line of `Set-Cookie` of a host; whether it removes the cookie.
    fn parse(host: &str, line: &str) -> (Self, bool) {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let attribute = |wanted: &str| {
            let named =
                attributes.split(';').map(|attribute| attribute.trim().split_once('=').unwrap_or_default());
            // Of an attribute that is there twice the last counts.
            named.rev().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.to_owned())
        };
        let domain = attribute("domain");
        if let Some(domain) = &domain {
            assert!(is_below(host, domain), "{host} sets a cookie for {domain}");
            assert!(!name.starts_with("__Host-"), "no browser takes {line}");
        }
        let cookie = Self {
            name: name.to_owned(),
            value: value.to_owned(),
            is_for_domain: domain.is_some(),
            host: domain.unwrap_or_else(|| host.to_owned()),
            path: attribute("path").unwrap_or_else(|| "/".to_owned()),
        };
        (cookie, attribute("max-age").as_deref() == Some("0"))
    }

    fn is_the_same_as(&self, other: &Self) -> bool {
        (&self.name, &self.host, self.is_for_domain, &self.path)
            == (&other.name, &other.host, other.is_for_domain, &other.path)
    }

    /// Source: RFC 6265bis 5.1.3 and 5.1.4.
    fn goes_to(&self, host: &str, path: &str) -> bool {
        let is_host = if self.is_for_domain { is_below(host, &self.host) } else { host == self.host };
        let is_path = path == self.path
            || path
                .strip_prefix(&self.path)
                .is_some_and(|rest| self.path.ends_with('/') || rest.starts_with('/'));
        is_host && is_path
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Surfer {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new() }
    }

    /// Keeps what a host sets, as it would from an answer of that host.
    pub(crate) fn keep(&mut self, host: &str, line: &str) {
        let (cookie, is_removal) = Cookie::parse(host, line);
        let there = self.cookies.iter().position(|other| other.is_the_same_as(&cookie));
        match (there, is_removal) {
            (Some(at), true) => drop(self.cookies.remove(at)),
            (Some(at), false) => self.cookies[at] = cookie,
            (None, true) => {}
            (None, false) => self.cookies.push(cookie),
        }
    }

    /// The field `Cookie` of a request: longer paths first, then older cookies.
    ///
    /// Source: RFC 6265bis 5.8.3.
    pub(crate) fn sent_to(&self, host: &str, path: &str) -> String {
        let mut sent: Vec<&Cookie> =
            self.cookies.iter().filter(|cookie| cookie.goes_to(host, path)).collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    /// The cookies of ours by name, each with the host or domain that it is for.
    pub(crate) fn ours(&self) -> Vec<(&str, &str)> {
        let ours = self.cookies.iter().filter(|cookie| cookie.name.contains("cloakroom"));
        let mut ours: Vec<_> = ours.map(|cookie| (cookie.name.as_str(), cookie.host.as_str())).collect();
        ours.sort_unstable();
        ours
    }

    pub(crate) fn get(&mut self, url: &str) -> Answer {
        self.send("GET", url, None)
    }

    /// Posts the form of a page whose action ends like this, hidden fields and all.
    pub(crate) fn submit(
        &mut self,
        (page, url): (&Answer, &str),
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let form = page.form(action);
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.send("POST", &resolve(url, &form.action), Some(&fields))
    }

    fn send(&mut self, method: &'static str, url: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let (authority, target) = split(url);
        let host = authority.split(':').next().unwrap();
        let mut browser = Browser::spread(std::iter::repeat(self.address), authority, "a browser");
        let mut request = browser.request(method, target).navigating();
        let cookies = self.sent_to(host, target.split('?').next().unwrap());
        if !cookies.is_empty() {
            request = request.header("Cookie", &cookies);
        }
        let answer = match form {
            Some(fields) => request.form(fields).send(),
            None => request.send(),
        };
        for line in answer.all("set-cookie") {
            self.keep(host, line);
        }
        answer
    }

    /// Follows redirects until there are none; returns the last answer and every address on the way.
    pub(crate) fn go(&mut self, url: &str) -> (Answer, Vec<String>) {
        let mut way = vec![url.to_owned()];
        loop {
            assert!(way.len() < 12, "redirects go round in a circle: {way:?}");
            let here = way.last().unwrap().clone();
            let answer = self.get(&here);
            let Some(next) = answer.header("location") else { return (answer, way) };
            way.push(resolve(&here, next));
        }
    }
}

/// Host and port, and path and query.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}

fn resolve(url: &str, location: &str) -> String {
    if location.starts_with('/') { format!("http://{}{location}", split(url).0) } else { location.to_owned() }
}
