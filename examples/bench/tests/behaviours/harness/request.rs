//! A request, as octets.

use super::cookie::SESSION_COOKIE;

/// One request, written exactly as its fields say; nothing is checked, since hostile ones are the point.
#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    target: String,
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), fields: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new("POST", target)
    }

    pub(crate) fn put(target: impl Into<String>) -> Self {
        Self::new("PUT", target)
    }

    /// A sign-in with the fixed material of `user`.
    pub(crate) fn login(user: &str, password: &str) -> Self {
        Self::post("/login").form(&[("user", user), ("password", password)])
    }

    /// A request that waits at `gate` after it has read the session, and then does `then`.
    pub(crate) fn slow(gate: &str, then: &str) -> Self {
        let method = if then == "read" { "GET" } else { "POST" };
        Self::new(method, format!("/slow?gate={gate}&then={then}"))
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    pub(crate) fn fields(&self) -> &[(String, Vec<u8>)] {
        &self.fields
    }

    pub(crate) fn field(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// One `Cookie` line with exactly these octets.
    pub(crate) fn cookie(self, octets: impl Into<Vec<u8>>) -> Self {
        self.field("Cookie", octets)
    }

    /// The session cookie with this value, alone on its line.
    pub(crate) fn token(self, token: &str) -> Self {
        self.cookie(format!("{SESSION_COOKIE}={token}"))
    }

    /// The session cookie, if there is one.
    pub(crate) fn maybe_token(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.token(token),
            None => self,
        }
    }

    pub(crate) fn body(mut self, content_type: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.body = octets.into();
        self.field("Content-Type", content_type)
    }

    pub(crate) fn form(self, pairs: &[(&str, &str)]) -> Self {
        let encoded: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        self.body("application/x-www-form-urlencoded", encoded.join("&"))
    }

    /// The session tokens that this request presents, for the rule that no answer repeats them.
    pub(crate) fn presented_tokens(&self) -> Vec<String> {
        let lines = self.fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        lines
            .flat_map(|(_, value)| {
                String::from_utf8_lossy(value)
                    .split(';')
                    .filter_map(|pair| pair.trim().strip_prefix(SESSION_COOKIE)?.strip_prefix('='))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter(|value| value.len() == 64)
            .collect()
    }

    /// The octets on the wire; a `Host` field of the request's own replaces the given one.
    pub(crate) fn octets(&self, host: &str) -> Vec<u8> {
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        if !self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            out.extend_from_slice(format!("Host: {host}\r\n").as_bytes());
        }
        for (name, value) in &self.fields {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        if !self.body.is_empty() || !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
            out.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|octet| match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(octet).to_string()
            }
            _ => format!("%{octet:02X}"),
        })
        .collect()
}
