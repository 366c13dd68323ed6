//! The arguments that say where the configuration is, what it says otherwise, and how a list is printed.

use std::path::PathBuf;

use clap::Args;
use cloakroom_gateway::config::{Key, SettingsSource};

/// Where things are. A flag wins over the environment, which wins over the file.
#[derive(Debug, Args)]
pub(crate) struct Configuration {
    /// Configuration file [default: cloakroom.toml, if it exists].
    #[arg(long, value_name = "FILE", env = "CLOAKROOM_CONFIG")]
    config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:7464].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Origin that browsers see [default: `http://localhost` and the port].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Domain whose hosts share the session cookie, at a cost: each of them can read and replace it [default: each has its own].
    #[arg(long, value_name = "DOMAIN")]
    cookie_domain: Option<String>,
    /// Address and port where plain HTTP is answered with the way to TLS.
    #[arg(long, value_name = "ADDRESS")]
    redirect_listen: Option<String>,
    /// How long requests under way may take when the process ends [default: 10s].
    #[arg(long, value_name = "TIME")]
    shutdown_timeout: Option<String>,
    /// PEM file with our own certificate chain, where no proxy speaks TLS.
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// PEM file with its private key.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// Directory of the database, where that is a file [default: the current one].
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<String>,
    /// Where sessions are kept [default: sqlite:cloakroom.db].
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Where accounts are kept [default: as sessions if that is SQL, else sqlite:cloakroom.db].
    #[arg(long, value_name = "URL")]
    accounts: Option<String>,
    /// How old a copy of a session may be that answers a request, for a store on a server [default: 1s].
    #[arg(long, value_name = "TIME")]
    near_cache: Option<String>,
    /// Application to put behind the gateway, such as `http://127.0.0.1:3000`.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Send the application a JWT with each request [default: false].
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    jwt: Option<String>,
    /// Proxies in front whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Other origins whose forms may be posted here, separated by commas.
    #[arg(long, value_name = "ORIGINS")]
    trusted_origins: Option<String>,
    /// How long a session lives without a request [default: 1h].
    #[arg(long, value_name = "TIME")]
    idle_timeout: Option<String>,
    /// How long a session lives at most [default: 24h].
    #[arg(long, value_name = "TIME")]
    absolute_timeout: Option<String>,
    /// How long a proof of identity counts as recent [default: 5m].
    #[arg(long, value_name = "TIME")]
    reauthentication_window: Option<String>,
    /// Offer to remember a browser for so many days, such as 30d [default: never].
    #[arg(long, value_name = "TIME")]
    remember_me: Option<String>,
    /// What sessions are bound to, such as `network=log,agent=end` [default: nothing].
    #[arg(long, value_name = "BONDS")]
    bind: Option<String>,
    /// Fewest characters of a new password [default: 15].
    #[arg(long, value_name = "NUMBER")]
    password_length_min: Option<String>,
    /// Name that the pages bear [default: cloakroom].
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// File such as GeoLite2-City.mmdb that tells where networks are, for the account page.
    #[arg(long, value_name = "FILE")]
    geo_database: Option<String>,
    /// How much is logged: error, warn, info, debug or trace [default: info].
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// How the log is written: text, or json for programs [default: text].
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// How long events are kept [default: 90d].
    #[arg(long, value_name = "TIME")]
    events_kept: Option<String>,
    /// Address and port at which metrics are to be had [default: nowhere].
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<String>,
    /// Who else than this machine gets metrics, separated by commas.
    #[arg(long, value_name = "NETWORKS")]
    metrics_from: Option<String>,
}

impl Configuration {
    pub(crate) fn into_source(self) -> SettingsSource {
        let flags = [
            (Key::Listen, self.listen),
            (Key::PublicUrl, self.public_url),
            (Key::CookieDomain, self.cookie_domain),
            (Key::RedirectListen, self.redirect_listen),
            (Key::ShutdownTimeout, self.shutdown_timeout),
            (Key::TlsCertificate, self.tls_certificate),
            (Key::TlsKey, self.tls_key),
            (Key::DataDir, self.data_dir),
            (Key::Store, self.store),
            (Key::Accounts, self.accounts),
            (Key::NearCache, self.near_cache),
            (Key::Proxy, self.proxy),
            (Key::Jwt, self.jwt),
            (Key::TrustedProxies, self.trusted_proxies),
            (Key::TrustedOrigins, self.trusted_origins),
            (Key::IdleTimeout, self.idle_timeout),
            (Key::AbsoluteTimeout, self.absolute_timeout),
            (Key::ReauthenticationWindow, self.reauthentication_window),
            (Key::RememberMe, self.remember_me),
            (Key::Bind, self.bind),
            (Key::PasswordLengthMin, self.password_length_min),
            (Key::Name, self.name),
            (Key::GeoDatabase, self.geo_database),
            (Key::Log, self.log),
            (Key::LogFormat, self.log_format),
            (Key::EventsKept, self.events_kept),
            (Key::MetricsListen, self.metrics_listen),
            (Key::MetricsFrom, self.metrics_from),
        ];
        let flags = flags.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        // A variable that is not UTF-8 can be none of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        SettingsSource { file: self.config, environment, flags }
    }
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}
