//! Which browser on which system a `User-Agent` names, without versions, which change by themselves.

use std::fmt;

/// A browser and a system, as a `User-Agent` names them.
///
/// ```
/// use cloakroom::client::AgentFamily;
///
/// let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// assert_eq!(AgentFamily::of(agent).to_string(), "Firefox on Linux");
/// ```
/// Good for telling sessions apart in a list, and for noticing that one has moved; a client says what it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentFamily<'a> {
    /// The browser, or the first product's name when it is none that is known.
    pub browser: &'a str,
    /// The system; empty when it is none that is known.
    pub system: &'static str,
}

/// By what a product is known, the most particular first: most browsers name others too.
const BROWSERS: [(&str, &str); 15] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("Safari/", "Safari"),
];

/// Android names Linux too, and an iPhone names Mac OS.
const SYSTEMS: [(&str, &str); 9] = [
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
];

impl<'a> AgentFamily<'a> {
    /// What this `User-Agent` names. Takes time linear in its length.
    pub fn of(agent: &'a str) -> Self {
        let known = |table: &[(&str, &'static str)]| {
            table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
        };
        let first_product = || agent.split(['/', ' ', ';', '(']).next().unwrap_or_default();
        Self {
            browser: known(&BROWSERS).unwrap_or_else(first_product),
            system: known(&SYSTEMS).unwrap_or_default(),
        }
    }
}

impl fmt::Display for AgentFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.browser, self.system) {
            (browser, "") => f.write_str(browser),
            (browser, system) => write!(f, "{browser} on {system}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_the_browser_and_the_system() {
        for (agent, family) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome on iOS",
            ),
            ("curl/8.14.1", "curl"),
            ("", ""),
        ] {
            assert_eq!(AgentFamily::of(agent).to_string(), family);
        }
    }

    #[test]
    fn an_update_changes_no_family() {
        let of = |version: &str| {
            format!("Mozilla/5.0 (X11; Linux x86_64; rv:{version}) Gecko/20100101 Firefox/{version}")
        };
        assert_eq!(AgentFamily::of(&of("139.0")), AgentFamily::of(&of("140.0")));
    }
}
