//! Which hosts go together: the sign-in's, the applications', and those that share a cookie.

use crate::config::{App, ConfigError, Key, Origin, PublicUrl, Settings};

impl Settings {
    /// The sign-in's own host is below the domain: browsers take no cookie from any other.
    ///
    /// # Errors
    /// [`ConfigError::Contradiction`].
    pub(super) fn check_cookie_domain(&self, origin: Origin) -> Result<(), ConfigError> {
        let here = self.public_url_on(self.listen.port());
        match &self.cookie_domain {
            Some(domain) if !domain.covers(&here) => Err(ConfigError::Contradiction {
                origin,
                key: Key::CookieDomain,
                value: format!("{:?}", domain.as_str()),
                other: Key::PublicUrl,
                other_value: format!("{:?}", here.to_string()),
            }),
            _ => Ok(()),
        }
    }

    /// `proxy` and an application are not both at the origin of the sign-in.
    ///
    /// # Errors
    /// [`ConfigError::TwoOnOneOrigin`].
    pub(super) fn check_hosts(&self, origin: Origin) -> Result<(), ConfigError> {
        let on_ours =
            self.apps.iter().find(|app| self.public_url.as_ref().is_some_and(|url| app.origin == *url));
        match (&self.proxy, on_ours) {
            (Some(proxy), Some(app)) => Err(ConfigError::TwoOnOneOrigin {
                origin,
                proxy: proxy.to_string(),
                name: app.name.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// The application at an origin: the one that is there alone, else the one of many hosts, which the sign-in's own is never among.
    pub fn app_at(&self, origin: &PublicUrl) -> Option<&App> {
        let is_here = || *origin == self.public_url_on(self.listen.port());
        let alone = self.apps.iter().find(|app| app.origin == *origin);
        alone.or_else(|| self.apps.iter().find(|app| app.origin.is_at(origin)).filter(|_| !is_here()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_in_is_below_it() {
        let settings = |domain: &str, url: &str| {
            let text = format!("public_url = \"{url}\"\ncookie_domain = \"{domain}\"");
            Settings::try_sample(&text).map_err(|error| error.to_string())
        };
        let shared = settings("example.org", "https://login.example.org").unwrap();
        assert_eq!(shared.cookie_domain.unwrap().as_str(), "example.org");
        let refused = settings("example.com", "https://login.example.org").unwrap_err();
        assert!(
            refused.contains("line 2: cookie_domain = \"example.com\" does not go with public_url = \"https://login.example.org\""),
            "{refused}"
        );
        let refused = settings("co.uk", "https://login.example.co.uk").unwrap_err();
        assert!(refused.contains("expected a domain of your own"), "{refused}");
    }
}
