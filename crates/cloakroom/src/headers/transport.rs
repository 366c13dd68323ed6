//! `Strict-Transport-Security`: the promise that we are reached by TLS.

use std::time::Duration;

use http::HeaderValue;
use thiserror::Error;

/// For how long a browser comes by TLS only, and to which hosts.
///
/// Source: RFC 6797 6.1; ASVS 5.0 3.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrictTransportSecurity {
    max_age: Duration,
    covers_subdomains: bool,
    asks_for_preload: bool,
}

/// A promise that no browser's list takes, or that is too short to protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidTransportSecurity {
    /// Less than a year.
    #[error("a promise of {} s is too short: at least {} s, a year", .0.as_secs(), YEAR.as_secs())]
    TooShort(Duration),
    /// Browsers take a site into their lists with all its sub-domains only.
    #[error("preloading covers all sub-domains; it cannot be asked for without them")]
    PreloadWithoutSubdomains,
}

const YEAR: Duration = Duration::from_hours(365 * 24);

impl StrictTransportSecurity {
    /// Two years, sub-domains included, and not in the lists that browsers ship with.
    pub const fn two_years() -> Self {
        Self { max_age: Duration::from_hours(2 * 365 * 24), covers_subdomains: true, asks_for_preload: false }
    }

    /// Another time than two years.
    ///
    /// # Errors
    /// [`InvalidTransportSecurity::TooShort`] for less than a year.
    pub fn max_age(self, max_age: Duration) -> Result<Self, InvalidTransportSecurity> {
        if max_age < YEAR {
            return Err(InvalidTransportSecurity::TooShort(max_age));
        }
        Ok(Self { max_age, ..self })
    }

    /// This host alone.
    ///
    /// # Security
    /// A sub-domain that is reached without TLS can then plant cookies for this one; a `__Host-` cookie is safe from that.
    #[must_use]
    pub const fn insecure_without_subdomains(self) -> Self {
        Self { covers_subdomains: false, ..self }
    }

    /// Asks to be put into the lists that browsers ship with. Hard to undo: it takes months until a browser forgets.
    ///
    /// # Errors
    /// [`InvalidTransportSecurity::PreloadWithoutSubdomains`].
    pub fn preload(self) -> Result<Self, InvalidTransportSecurity> {
        if !self.covers_subdomains {
            return Err(InvalidTransportSecurity::PreloadWithoutSubdomains);
        }
        Ok(Self { asks_for_preload: true, ..self })
    }

    pub(super) fn value(self) -> HeaderValue {
        let subdomains = if self.covers_subdomains { "; includeSubDomains" } else { "" };
        let preload = if self.covers_subdomains && self.asks_for_preload { "; preload" } else { "" };
        let text = format!("max-age={}{subdomains}{preload}", self.max_age.as_secs());
        HeaderValue::try_from(text).expect("digits and words")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hdr_03_the_default_is_two_years_with_sub_domains_and_without_preload() {
        assert_eq!(StrictTransportSecurity::two_years().value(), "max-age=63072000; includeSubDomains");
    }

    #[test]
    fn hdr_04_preload_wants_a_year_and_all_sub_domains() {
        let promise = StrictTransportSecurity::two_years();
        assert_eq!(promise.preload().unwrap().value(), "max-age=63072000; includeSubDomains; preload");
        let alone = promise.insecure_without_subdomains();
        assert_eq!(alone.preload(), Err(InvalidTransportSecurity::PreloadWithoutSubdomains));
        assert_eq!(alone.value(), "max-age=63072000");
        let short = Duration::from_secs(31_535_999);
        assert_eq!(promise.max_age(short), Err(InvalidTransportSecurity::TooShort(short)));
        assert!(promise.max_age(YEAR).is_ok());
    }
}
