//! Which browsers there are.

use std::fmt;

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by way of its driver.
    Chromium,
    /// Firefox, which takes commands itself.
    Firefox,
}

impl Kind {
    /// Both browsers.
    pub const BOTH: &[Self] = &[Self::Chromium, Self::Firefox];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}
