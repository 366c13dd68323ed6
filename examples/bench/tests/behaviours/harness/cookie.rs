//! A `Set-Cookie` line, taken apart.

/// The name of the session cookie.
pub(crate) const SESSION_COOKIE: &str = "__Host-sid";

/// One `Set-Cookie` line; attribute names in lower case, in their order, duplicates kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetCookie {
    pub(crate) line: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl SetCookie {
    pub(crate) fn parse(line: &str) -> Self {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = halves(parts.next().unwrap_or_default());
        let attributes = parts.map(|part| {
            let (name, value) = halves(part);
            (name.to_ascii_lowercase(), value)
        });
        Self { line: line.to_owned(), name, value, attributes: attributes.collect() }
    }

    pub(crate) fn is_ours(&self) -> bool {
        self.name == SESSION_COOKIE
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Seconds that a browser may keep it; `None` lasts as long as the browser's own session.
    pub(crate) fn max_age(&self) -> Option<i64> {
        self.attribute("max-age").map(|digits| digits.parse().expect("Max-Age is a number"))
    }

    pub(crate) fn is_removal(&self) -> bool {
        self.max_age() == Some(0)
    }

    /// The attributes that say where and how it is kept: all but its lifetime.
    pub(crate) fn standing_attributes(&self) -> Vec<(String, String)> {
        let mut standing: Vec<_> = self.attributes.clone();
        standing.retain(|(name, _)| name != "max-age" && name != "expires");
        standing.sort();
        standing
    }
}

fn halves(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name.trim().to_owned(), value.trim().to_owned())
}
