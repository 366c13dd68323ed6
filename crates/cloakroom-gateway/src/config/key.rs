//! The keys of the configuration and their three spellings.

use std::fmt;

use cloakroom_stores::StoreUrl;

use crate::config::suggestion::nearest;

/// One key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Where the gateway listens.
    Listen,
    /// What a browser's address bar says.
    PublicUrl,
    /// The domain whose hosts share the session cookie.
    CookieDomain,
    /// Where plain HTTP is answered with the way to TLS.
    RedirectListen,
    /// How long requests under way may take when the process ends.
    ShutdownTimeout,
    /// The file of our own certificate chain.
    TlsCertificate,
    /// The file of its private key.
    TlsKey,
    /// Directory of the database, where that is a file.
    DataDir,
    /// Where sessions are kept.
    Store,
    /// Where accounts are kept.
    Accounts,
    /// How old a copy of a session may be that answers a request.
    NearCache,
    /// The application behind the gateway.
    Proxy,
    /// Whether the application that `proxy` names gets a JWT with each request.
    Jwt,
    /// Proxies in front of the gateway, whose `X-Forwarded-*` fields are believed.
    TrustedProxies,
    /// Other origins whose forms may be posted here.
    TrustedOrigins,
    /// How long a session lives without a request.
    IdleTimeout,
    /// How long a session lives at most.
    AbsoluteTimeout,
    /// How long a proof of identity counts as recent.
    ReauthenticationWindow,
    /// For how long a browser is remembered whose user asks for it.
    RememberMe,
    /// What a session is bound to.
    Bind,
    /// The fewest characters of a new password.
    PasswordLengthMin,
    /// The name that the pages bear.
    Name,
    /// The file that tells where networks are.
    GeoDatabase,
    /// How much is logged.
    Log,
    /// How the log is written.
    LogFormat,
    /// How long events are kept.
    EventsKept,
    /// Where metrics are to be had.
    MetricsListen,
    /// Who else than this machine gets metrics.
    MetricsFrom,
}

impl Key {
    /// Every key, in the order in which the manual explains them.
    pub const ALL: [Self; 28] = [
        Self::Listen,
        Self::PublicUrl,
        Self::CookieDomain,
        Self::RedirectListen,
        Self::ShutdownTimeout,
        Self::TlsCertificate,
        Self::TlsKey,
        Self::DataDir,
        Self::Store,
        Self::Accounts,
        Self::NearCache,
        Self::Proxy,
        Self::Jwt,
        Self::TrustedProxies,
        Self::TrustedOrigins,
        Self::IdleTimeout,
        Self::AbsoluteTimeout,
        Self::ReauthenticationWindow,
        Self::RememberMe,
        Self::Bind,
        Self::PasswordLengthMin,
        Self::Name,
        Self::GeoDatabase,
        Self::Log,
        Self::LogFormat,
        Self::EventsKept,
        Self::MetricsListen,
        Self::MetricsFrom,
    ];

    /// The key as the file spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::PublicUrl => "public_url",
            Self::CookieDomain => "cookie_domain",
            Self::RedirectListen => "redirect_listen",
            Self::ShutdownTimeout => "shutdown_timeout",
            Self::TlsCertificate => "tls_certificate",
            Self::TlsKey => "tls_key",
            Self::DataDir => "data_dir",
            Self::Store => "store",
            Self::Accounts => "accounts",
            Self::NearCache => "near_cache",
            Self::Proxy => "proxy",
            Self::Jwt => "jwt",
            Self::TrustedProxies => "trusted_proxies",
            Self::TrustedOrigins => "trusted_origins",
            Self::IdleTimeout => "idle_timeout",
            Self::AbsoluteTimeout => "absolute_timeout",
            Self::ReauthenticationWindow => "reauthentication_window",
            Self::RememberMe => "remember_me",
            Self::Bind => "bind",
            Self::PasswordLengthMin => "password_length_min",
            Self::Name => "name",
            Self::GeoDatabase => "geo_database",
            Self::Log => "log",
            Self::LogFormat => "log_format",
            Self::EventsKept => "events_kept",
            Self::MetricsListen => "metrics_listen",
            Self::MetricsFrom => "metrics_from",
        }
    }

    /// What a right value looks like, to follow "expected".
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Listen => "an IP address and a port, such as 127.0.0.1:7464 or [::1]:7464",
            Self::PublicUrl => "an origin without a path, such as https://login.example.org",
            Self::CookieDomain => {
                "a domain of your own that the host of public_url is below, such as example.org; nothing for a cookie of \
                 each host's own"
            }
            Self::RedirectListen => {
                "an IP address and a port, such as [::]:80, beside a listener that speaks TLS"
            }
            Self::ShutdownTimeout => "a time such as 10s or 5m",
            Self::TlsCertificate => "a PEM file with the certificate chain, beside tls_key",
            Self::TlsKey => "a PEM file with the private key, beside tls_certificate",
            Self::DataDir => "a directory, such as /var/lib/cloakroom",
            Self::Store => {
                "sqlite: and a file, such as sqlite:cloakroom.db, or the address of a server: postgres://, mysql://, \
                 redis://, redis+sentinel:// or redis+cluster://"
            }
            Self::Accounts => {
                "sqlite: and a file, such as sqlite:cloakroom.db, or the address of a server: postgres:// or mysql://"
            }
            Self::NearCache => "a time such as 1s, or 0s for no copies",
            Self::Proxy => {
                "the address of one application, such as http://127.0.0.1:3000 or https://app.internal"
            }
            Self::Jwt => "true or false",
            Self::TrustedProxies | Self::MetricsFrom => {
                "addresses or networks, such as 10.0.0.7 or 10.0.0.0/8"
            }
            Self::TrustedOrigins => "origins without a path, such as https://app.example.org",
            Self::IdleTimeout => "a time such as 30m or 1h, shorter than absolute_timeout",
            Self::AbsoluteTimeout => "a time such as 12h or 1d, at most 400d",
            Self::ReauthenticationWindow => "a time such as 5m, at most absolute_timeout",
            Self::RememberMe => "whole days such as 30d, at most 400d; nothing for never",
            Self::Bind => "address, network or agent, and what a change does: network=log or agent=end",
            Self::PasswordLengthMin => {
                "a number of characters from 8 to 64; 15 where a password is the only proof"
            }
            Self::Name => "1 to 60 characters on one line",
            Self::GeoDatabase => "a file in MaxMind's DB format, such as GeoLite2-City.mmdb",
            Self::Log => "one of error, warn, info, debug or trace",
            Self::LogFormat => "text or json",
            Self::EventsKept => "a time such as 90d, and not 0s",
            Self::MetricsListen => {
                "an IP address and a port of its own, such as 127.0.0.1:7465; one that is not of this machine alone \
                 beside metrics_from"
            }
        }
    }

    /// A value of this key as it may be shown: an address of a store may have a password.
    pub(super) fn shown(self, value: String) -> String {
        if !matches!(self, Self::Store | Self::Accounts) || !value.contains('@') {
            return value;
        }
        let url = value.trim_matches('"').parse::<StoreUrl>();
        url.map_or_else(
            |_| "(not shown, since it may have a password)".to_owned(),
            |url| format!("{:?}", url.to_string()),
        )
    }

    /// The environment variable of this key.
    pub fn variable(self) -> String {
        format!("CLOAKROOM_{}", self.name().to_ascii_uppercase())
    }

    /// The flag of this key.
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }

    /// The key with this name in a file.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that a mistyped name is near to.
    pub(super) fn nearest(mistyped: &str) -> Option<Self> {
        nearest(mistyped, Self::ALL.iter().map(|key| key.name())).and_then(Self::from_name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_name() {
        for key in Key::ALL {
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
    }

    #[test]
    fn a_password_in_the_address_of_a_store_is_not_shown() {
        let shown = |value: &str| {
            let shown = Key::Store.shown(format!("{value:?}"));
            assert_eq!(shown, Key::Accounts.shown(format!("{value:?}")));
            shown
        };
        assert_eq!(shown("postgres://u:p4ss@h/d"), "\"postgres://u:***@h/d\"");
        assert!(!shown("postgre://u:p4ss@h/d").contains("p4ss"));
        assert_eq!(shown("sqlite:a.db"), "\"sqlite:a.db\"");
    }

    #[test]
    fn a_key_has_three_spellings() {
        assert_eq!(Key::PublicUrl.to_string(), "public_url");
        assert_eq!(Key::PublicUrl.variable(), "CLOAKROOM_PUBLIC_URL");
        assert_eq!(Key::PublicUrl.flag(), "--public-url");
    }
}
