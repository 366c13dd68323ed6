//! A `User-Agent` field in words that a person recognises their device by.

use std::fmt;

/// Browser and operating system, as far as the field tells.
///
/// The field proves nothing and is never judged by; it only helps people to recognise their sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserAgent {
    browser: Option<&'static str>,
    system: Option<&'static str>,
}

/// What kind of thing a client runs on, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// A computer with a screen, or something that nobody knows.
    Desk,
    /// A telephone or tablet.
    Hand,
    /// A program without a window.
    Program,
}

/// Marks of browsers, the most telling first: nearly all of them also claim to be Safari, and half to be Chrome.
const BROWSERS: [(&str, &str); 24] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox Focus"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Seamonkey/", "SeaMonkey"),
    ("SeaMonkey/", "SeaMonkey"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("Trident/", "Internet Explorer"),
];

/// Marks of systems, the most telling first: an iPhone also says "Mac OS X", Android also says "Linux".
const SYSTEMS: [(&str, &str); 11] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

impl UserAgent {
    /// Reads the field.
    pub(crate) fn parse(field: &str) -> Self {
        let first = |marks: &[(&str, &'static str)]| {
            marks.iter().find(|(mark, _)| field.contains(mark)).map(|(_, name)| *name)
        };
        Self { browser: first(&BROWSERS), system: first(&SYSTEMS) }
    }

    /// The browser, as its makers call it.
    pub(crate) const fn browser(self) -> Option<&'static str> {
        self.browser
    }

    /// The operating system, or the device where that says more.
    pub(crate) const fn system(self) -> Option<&'static str> {
        self.system
    }

    /// What it runs on.
    pub(crate) const fn device(self) -> Device {
        match (self.browser, self.system) {
            (Some(browser), None) if matches!(browser.as_bytes(), b"curl" | b"Wget") => Device::Program,
            (_, Some(system)) if matches!(system.as_bytes(), b"iPhone" | b"iPad" | b"Android") => {
                Device::Hand
            }
            _ => Device::Desk,
        }
    }

    /// A client that did not send the field.
    pub(crate) const fn unknown() -> Self {
        Self { browser: None, system: None }
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.browser.unwrap_or("Unknown browser"))?;
        match self.system {
            Some(system) => write!(f, " on {system}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_of_the_day_are_told_apart() {
        for (words, field) in [
            (
                "Chrome on Linux",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            ),
            (
                "Chrome on Linux",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
            ),
            (
                "Chrome on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36",
            ),
            (
                "Chrome on Android",
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Mobile Safari/537.36",
            ),
            (
                "Chrome on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/155.0.7000.41 Mobile/15E148 Safari/604.1",
            ),
            (
                "Chrome on ChromeOS",
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36",
            ),
            (
                "Edge on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36 Edg/155.0.0.0",
            ),
            (
                "Edge on Android",
                "Mozilla/5.0 (Linux; Android 10; Pixel 3 XL) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Mobile Safari/537.36 EdgA/155.0.0.0",
            ),
            (
                "Opera on macOS",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36 OPR/124.0.0.0",
            ),
            (
                "Samsung Internet on Android",
                "Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            ),
            ("Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"),
            (
                "Firefox on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:156.0) Gecko/20100101 Firefox/156.0",
            ),
            ("Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:156.0) Gecko/156.0 Firefox/156.0"),
            (
                "Firefox on iPad",
                "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/150.0 Mobile/15E148 Safari/605.1.15",
            ),
            (
                "Safari on macOS",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            ),
            (
                "Safari on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            ),
            (
                "DuckDuckGo on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
            ),
            (
                "Internet Explorer on Windows",
                "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            ),
            ("curl", "curl/8.14.1"),
        ] {
            assert_eq!(UserAgent::parse(field).to_string(), words, "{field}");
        }
    }

    #[test]
    fn what_a_client_runs_on_is_told_apart() {
        for (device, field) in [
            (Device::Hand, "Mozilla/5.0 (Linux; Android 10; K) Chrome/143.0.0.0 Mobile Safari/537.36"),
            (Device::Hand, "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) Safari/604.1"),
            (Device::Desk, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"),
            (Device::Desk, ""),
            (Device::Program, "curl/8.14.1"),
        ] {
            assert_eq!(UserAgent::parse(field).device(), device, "{field}");
        }
    }

    #[test]
    fn what_is_not_known_is_said_so() {
        assert_eq!(UserAgent::parse("").to_string(), "Unknown browser");
        assert_eq!(UserAgent::parse("Something (FreeBSD)").to_string(), "Unknown browser on FreeBSD");
        assert_eq!(UserAgent::unknown().to_string(), "Unknown browser");
    }
}
