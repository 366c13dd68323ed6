//! What two keys may not say together.

use crate::config::resolver::Resolver;
use crate::config::{ConfigError, Key, Scheme, Settings, span};

impl Settings {
    /// Plain HTTP stays on this machine, or behind a proxy that speaks TLS.
    ///
    /// # Errors
    /// [`ConfigError`], of which kind says what the network would see.
    pub(super) fn check_network(&self, keys: &Resolver) -> Result<(), ConfigError> {
        let https = match &self.public_url {
            Some(url) => url.scheme() == Scheme::Https,
            None => self.speaks_tls(),
        };
        if self.redirect_listen.is_some() && !self.speaks_tls() {
            let (origin, key) = (keys.origin(Key::RedirectListen), Key::RedirectListen);
            let value = self.redirect_listen.map(|address| format!("\"{address}\"")).unwrap_or_default();
            let (other, other_value) = (Key::TlsCertificate, "\"\"".to_owned());
            return Err(ConfigError::Contradiction { origin, key, value, other, other_value });
        }
        if self.speaks_tls() && !https {
            let (origin, key) = (keys.origin(Key::PublicUrl), Key::PublicUrl);
            let value =
                self.public_url.as_ref().map(|url| format!("{:?}", url.to_string())).unwrap_or_default();
            let (other, other_value) = (Key::TlsCertificate, "a certificate".to_owned());
            return Err(ConfigError::Contradiction { origin, key, value, other, other_value });
        }
        if !self.listen.ip().is_loopback() && !https {
            let origin = keys.origin(Key::Listen);
            return Err(ConfigError::PlainHttpOnNetwork { origin, listen: self.listen });
        }
        match &self.public_url {
            Some(url) if !https && !url.is_loopback() => {
                let origin = keys.origin(Key::PublicUrl);
                Err(ConfigError::PlainHttpPublicUrl { origin, value: url.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// No limit of a session is longer than its life.
    ///
    /// # Errors
    /// [`ConfigError::Contradiction`].
    pub(super) fn check_lifetime(&self, keys: &Resolver) -> Result<(), ConfigError> {
        for (key, span) in [
            (Key::IdleTimeout, self.idle_timeout),
            (Key::ReauthenticationWindow, self.reauthentication_window),
        ] {
            let fits = match key {
                Key::IdleTimeout => span < self.absolute_timeout,
                _ => span <= self.absolute_timeout,
            };
            if !fits {
                return Err(ConfigError::Contradiction {
                    origin: keys.origin(key),
                    key,
                    value: format!("{:?}", span::render(span)),
                    other: Key::AbsoluteTimeout,
                    other_value: format!("{:?}", span::render(self.absolute_timeout)),
                });
            }
        }
        Ok(())
    }
}
