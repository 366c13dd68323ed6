//! The settings of a gateway: every key resolved, read and checked against the others.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cloakroom::client::Network;
use cloakroom_stores::StoreUrl;
use tracing::Level;

use crate::config::resolver::Resolver;
use crate::config::{
    AcmeSettings, App, Bond, Brand, ConfigError, CookieDomain, FileFacts, HookSettings, Key, Layer,
    OidcProvider, Origin, PublicUrl, RememberedDays, Scheme, Upstream, Watch, span,
};
use crate::tls::CertificateFiles;

/// The configuration file that is read when it exists and no other is named.
const FILE_BY_DEFAULT: &str = "cloakroom.toml";

/// Where everything is kept when nothing is said.
const FILE_OF_ALL: &str = "sqlite:cloakroom.db";

/// What one gateway needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The origin that browsers see; `None` for `http://localhost` and the port that is listened on.
    pub public_url: Option<PublicUrl>,
    /// The domain whose hosts share the session cookie; `None` for a cookie of each host's own.
    pub cookie_domain: Option<CookieDomain>,
    /// Where plain HTTP is answered with the way to TLS.
    pub redirect_listen: Option<SocketAddr>,
    /// How long requests under way may take when the process ends.
    pub shutdown_timeout: Duration,
    /// Our own certificate, where no proxy speaks TLS.
    pub tls: Option<CertificateFiles>,
    /// Directory of files that have no path of their own.
    pub data_dir: PathBuf,
    /// Where sessions are kept.
    pub store: StoreUrl,
    /// Where accounts are kept: with the sessions when those are in tables, unless something else is said.
    pub accounts: StoreUrl,
    /// How old a copy of a session may be that answers a request; for a store that is far away.
    pub near_cache: Duration,
    /// The application behind it.
    pub proxy: Option<Upstream>,
    /// Whether the application that `proxy` names gets a JWT with each request.
    pub jwt: bool,
    /// Proxies in front of it.
    pub trusted_proxies: Vec<Network>,
    /// Origins whose forms may be posted to it.
    pub trusted_origins: Vec<PublicUrl>,
    /// How long a session lives without a request.
    pub idle_timeout: Duration,
    /// How long a session lives at most.
    pub absolute_timeout: Duration,
    /// How long a proof of identity counts as recent.
    pub reauthentication_window: Duration,
    /// The fewest characters of a new password.
    pub password_length_min: usize,
    /// The name that the pages bear.
    pub name: String,
    /// How much is logged.
    pub log: Level,
    /// What is kept and shown of what happens.
    pub watch: Watch,
    /// Every key with its value in effect and where that comes from, for people.
    pub in_effect: Vec<(Key, String, Origin)>,
    /// The applications of the file's `[[app]]` tables.
    pub apps: Vec<App>,
    /// The providers of sign-ins of the file's `[[oidc]]` tables.
    pub oidc: Vec<OidcProvider>,
    /// The file, and where its tables stand.
    pub file: FileFacts,
    /// Where certificates come from that nobody has brought.
    pub acme: Option<AcmeSettings>,
    /// Whom to ask for passwords that are not ours.
    pub hook: Option<HookSettings>,
    /// For how many days a browser is remembered whose user asks for it; `None` for never.
    pub remember_me: Option<RememberedDays>,
    /// What sessions are bound to.
    pub bind: Vec<Bond>,
    /// How pages look, from the file's `[brand]` table.
    pub brand: Brand,
    /// The file that tells where networks are.
    pub geo_database: Option<PathBuf>,
}

/// Where settings come from.
#[derive(Clone, Debug, Default)]
pub struct SettingsSource {
    /// The file that was named; without one, `cloakroom.toml` in the current directory if it is there.
    pub file: Option<PathBuf>,
    /// The environment of the process.
    pub environment: Vec<(String, String)>,
    /// The flags of the command line.
    pub flags: Vec<(Key, String)>,
}

impl SettingsSource {
    /// Reads every source and checks the whole.
    ///
    /// # Errors
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn load(&self) -> Result<Settings, ConfigError> {
        let environment = Layer::from_environment(self.environment.clone())?;
        let file = match &self.file {
            Some(path) => Layer::from_file(path)?,
            None if Path::new(FILE_BY_DEFAULT).exists() => Layer::from_file(Path::new(FILE_BY_DEFAULT))?,
            None => Layer::default(),
        };
        Settings::resolve(vec![Layer::from_flags(self.flags.clone()), environment, file])
    }
}

impl Settings {
    /// Reads settings from layers, the strongest first.
    pub(super) fn resolve(layers: Vec<Layer>) -> Result<Self, ConfigError> {
        let mut keys = Resolver::over(layers);
        let listen: SocketAddr = keys.read(Key::Listen, "127.0.0.1:7464", |text| text.parse().ok())?;
        let public_url = keys.read_if_any(Key::PublicUrl)?;
        let tls = keys.read_tls()?;
        let data_dir =
            keys.read(Key::DataDir, ".", |text| (!text.is_empty()).then(|| PathBuf::from(text)))?;
        let store = keys.read(Key::Store, FILE_OF_ALL, store_url)?;
        let beside = keys.find(Key::Store, FILE_OF_ALL).0;
        let beside = beside.as_text().filter(|_| store.has_tables()).unwrap_or(FILE_OF_ALL);
        let accounts = keys.read(Key::Accounts, beside, accounts_url)?.within(&data_dir);
        let store = store.within(&data_dir);
        let settings = Self {
            listen,
            public_url,
            cookie_domain: keys.read_if_any(Key::CookieDomain)?,
            redirect_listen: keys.read_if_any(Key::RedirectListen)?,
            shutdown_timeout: keys.read(Key::ShutdownTimeout, "10s", span::parse)?,
            tls,
            accounts,
            store,
            data_dir,
            near_cache: keys.read(Key::NearCache, "1s", span::parse)?,
            proxy: keys.read_if_any(Key::Proxy)?,
            jwt: keys.read_flag(Key::Jwt)?,
            trusted_proxies: keys.read_all(Key::TrustedProxies)?,
            trusted_origins: keys.read_all(Key::TrustedOrigins)?,
            absolute_timeout: keys.read(Key::AbsoluteTimeout, "24h", |text| {
                span::parse(text).filter(|span| !span.is_zero() && *span <= ABSOLUTE_TIMEOUT_MAX)
            })?,
            idle_timeout: keys
                .read(Key::IdleTimeout, "1h", |text| span::parse(text).filter(|span| !span.is_zero()))?,
            reauthentication_window: keys.read(Key::ReauthenticationWindow, "5m", |text| {
                span::parse(text).filter(|span| !span.is_zero())
            })?,
            password_length_min: keys.read(Key::PasswordLengthMin, "15", |text| {
                text.parse().ok().filter(|length| (8..=64).contains(length))
            })?,
            name: keys.read(Key::Name, "cloakroom", |text| {
                let plain = (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control);
                plain.then(|| text.to_owned())
            })?,
            log: keys.read(Key::Log, "info", level)?,
            watch: keys.read_watch(listen)?,
            in_effect: Vec::new(),
            apps: keys.layers().iter().flat_map(Layer::apps).cloned().collect(),
            oidc: keys.layers().iter().flat_map(Layer::oidc).cloned().collect(),
            file: keys.layers().iter().find_map(Layer::file).cloned().unwrap_or_default(),
            acme: keys.layers().iter().find_map(Layer::acme).cloned(),
            hook: keys.layers().iter().find_map(Layer::hook).cloned(),
            remember_me: keys.read_if_any(Key::RememberMe)?,
            bind: keys.read_all(Key::Bind)?,
            brand: keys.layers().iter().find_map(Layer::brand).cloned().unwrap_or_default(),
            geo_database: keys.read_if_any(Key::GeoDatabase)?,
        };
        settings.check_network(&keys)?;
        settings.check_cookie_domain(keys.origin(Key::CookieDomain))?;
        settings.check_hosts(keys.origin(Key::Proxy))?;
        settings.check_lifetime(&keys)?;
        settings.check_app_limits()?;
        Ok(Self { in_effect: keys.in_effect(), ..settings })
    }

    /// The origin that browsers see when this port is listened on, which the system chooses for port 0.
    pub(crate) fn public_url_on(&self, port: u16) -> PublicUrl {
        let scheme = if self.speaks_tls() { Scheme::Https } else { Scheme::Http };
        self.public_url.clone().unwrap_or_else(|| PublicUrl::localhost(scheme, port))
    }

    /// Whether other machines could share the sessions, and nobody has said where they would find the accounts.
    pub(crate) fn accounts_are_on_this_machine_alone(&self) -> bool {
        let said =
            |(key, _, origin): &(Key, String, Origin)| *key == Key::Accounts && *origin != Origin::Default;
        self.store.is_far() && !self.accounts.is_far() && !self.in_effect.iter().any(said)
    }

    /// Whether we speak TLS ourselves, and no proxy for us.
    pub(crate) fn speaks_tls(&self) -> bool {
        self.tls.is_some() || self.acme.is_some()
    }
}

/// Browsers keep no cookie for longer (RFC 6265bis, 5.5), so nothing promises more.
const ABSOLUTE_TIMEOUT_MAX: Duration = Duration::from_hours(400 * 24);

/// A store that finds sessions by their user, as the account page does.
fn store_url(text: &str) -> Option<StoreUrl> {
    text.parse().ok().filter(StoreUrl::has_index)
}

/// A database that has tables.
fn accounts_url(text: &str) -> Option<StoreUrl> {
    text.parse().ok().filter(StoreUrl::has_tables)
}

fn level(text: &str) -> Option<Level> {
    match text {
        "error" => Some(Level::ERROR),
        "warn" => Some(Level::WARN),
        "info" => Some(Level::INFO),
        "debug" => Some(Level::DEBUG),
        "trace" => Some(Level::TRACE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Given;

    fn from_flags(flags: &[(Key, &str)]) -> Result<Settings, ConfigError> {
        let flags = flags.iter().map(|(key, value)| (*key, (*value).to_owned()));
        Settings::resolve(vec![Layer::from_flags(flags)])
    }

    fn refusal(flags: &[(Key, &str)]) -> String {
        from_flags(flags).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_listen_on_loopback_and_stay_within_aal2() {
        let settings = from_flags(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:7464");
        assert_eq!(settings.public_url_on(7464).to_string(), "http://localhost:7464");
        assert_eq!(settings.store.file(), Some(&PathBuf::from("./cloakroom.db")));
        assert_eq!(settings.accounts, settings.store);
        assert_eq!(settings.password_length_min, 15);
        assert!(settings.idle_timeout <= Duration::from_hours(1));
        assert!(settings.absolute_timeout <= Duration::from_hours(24));
        assert_eq!(settings.in_effect.len(), Key::ALL.len());
    }

    #[test]
    fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
        let text = |text: &str| Given::Text(text.into());
        let mut file = Layer::default();
        file.insert(Key::Name, text("file"), Origin::File { path: "c.toml".into(), line: 1 });
        file.insert(Key::Log, text("debug"), Origin::File { path: "c.toml".into(), line: 2 });
        file.insert(Key::IdleTimeout, text("10m"), Origin::File { path: "c.toml".into(), line: 3 });
        let mut environment = Layer::default();
        environment.insert(Key::Name, text("environment"), Origin::Environment(Key::Name));
        environment.insert(Key::Log, text("warn"), Origin::Environment(Key::Log));
        let flags = Layer::from_flags([(Key::Name, "flag".to_owned())]);
        let settings = Settings::resolve(vec![flags, environment, file]).unwrap();
        assert_eq!(settings.name, "flag");
        assert_eq!(settings.log, Level::WARN);
        assert_eq!(settings.idle_timeout, Duration::from_mins(10));
    }

    #[test]
    fn the_public_url_follows_the_port() {
        let settings = from_flags(&[(Key::Listen, "127.0.0.1:0")]).unwrap();
        assert_eq!(settings.public_url_on(9000).to_string(), "http://localhost:9000");
    }

    #[test]
    fn a_certificate_of_our_own_needs_its_key_and_makes_the_origin_https() {
        let both = [(Key::TlsCertificate, "a.pem"), (Key::TlsKey, "b.pem"), (Key::Listen, "0.0.0.0:8443")];
        assert_eq!(from_flags(&both).unwrap().public_url_on(8443).to_string(), "https://localhost:8443");
        assert!(refusal(&both[..1]).contains("tls_key = \"\" is not valid; expected a PEM file"));
        let plain = [both[0], both[1], (Key::PublicUrl, "http://localhost")];
        assert!(refusal(&plain).contains("does not go with tls_certificate"), "{}", refusal(&plain));
    }

    #[test]
    fn plain_http_is_refused_on_a_network() {
        let refusal = refusal(&[(Key::Listen, "0.0.0.0:7464")]);
        assert!(
            refusal.starts_with("flag --listen: listen = \"0.0.0.0:7464\" can be reached over the network")
        );
    }

    #[test]
    fn a_proxy_that_speaks_tls_is_declared_by_the_public_url() {
        let flags = [(Key::Listen, "0.0.0.0:7464"), (Key::PublicUrl, "https://login.example.org")];
        assert!(from_flags(&flags).is_ok());
    }

    #[test]
    fn a_plain_http_public_url_must_be_this_machine() {
        assert!(refusal(&[(Key::PublicUrl, "http://login.example.org")]).contains("expected https://"));
    }

    #[test]
    fn a_wrong_value_says_what_would_be_right() {
        assert_eq!(
            refusal(&[(Key::PasswordLengthMin, "6")]),
            "flag --password-length-min: password_length_min = \"6\" is not valid; expected a number of characters \
             from 8 to 64; 15 where a password is the only proof"
        );
        assert!(
            refusal(&[(Key::TrustedProxies, "10.0.0.0/8, 10.0.0.0/40")]).contains("= \"10.0.0.0/40\" is")
        );
    }

    #[test]
    fn a_jwt_is_sent_when_that_is_said_in_one_of_two_words() {
        assert!(!from_flags(&[]).unwrap().jwt);
        assert!(from_flags(&[(Key::Jwt, "true")]).unwrap().jwt);
        assert_eq!(
            refusal(&[(Key::Jwt, "yes")]),
            "flag --jwt: jwt = \"yes\" is not valid; expected true or false"
        );
    }

    #[test]
    fn metrics_are_apart_from_the_gateway_and_off_this_machine_for_those_who_are_named() {
        assert_eq!(from_flags(&[]).unwrap().watch.metrics, None);
        let on = |listen, from| from_flags(&[(Key::MetricsListen, listen), (Key::MetricsFrom, from)]);
        assert!(on("127.0.0.1:7465", "").is_ok() && on("[::1]:0", "").is_ok());
        assert!(on("127.0.0.1:7464", "").is_err(), "browsers are answered there");
        assert!(on("0.0.0.0:7465", "").is_err(), "everybody would be");
        assert!(on("0.0.0.0:7465", "10.0.0.0/40").is_err());
        let metrics = on("0.0.0.0:7465", "10.0.0.0/8").unwrap().watch.metrics.unwrap();
        assert_eq!((metrics.listen.port(), metrics.from.len()), (7465, 1));
    }

    #[test]
    fn an_idle_timeout_must_be_shorter_than_the_absolute_one() {
        let refusal = refusal(&[(Key::IdleTimeout, "12h"), (Key::AbsoluteTimeout, "12h")]);
        assert!(
            refusal.contains("idle_timeout = \"12h\" does not go with absolute_timeout = \"12h\""),
            "{refusal}"
        );
    }

    #[test]
    fn accounts_are_beside_the_sessions_or_in_a_file_of_their_own() {
        for store in ["sqlite:a/b.db", "sqlite:///srv/c.db", "postgres://u@h/d", "mysql://u@h/d"] {
            let settings = from_flags(&[(Key::Store, store), (Key::DataDir, "/var/lib")]).unwrap();
            assert_eq!(settings.accounts, settings.store);
            assert!(!settings.accounts_are_on_this_machine_alone());
        }
        for store in ["redis://127.0.0.1", "memory:"] {
            let settings = from_flags(&[(Key::Store, store), (Key::DataDir, "/var/lib")]).unwrap();
            assert_eq!(settings.accounts.file(), Some(&PathBuf::from("/var/lib/cloakroom.db")));
            assert_eq!(settings.accounts_are_on_this_machine_alone(), store.starts_with("redis"));
        }
    }

    #[test]
    fn accounts_are_where_the_operator_says_and_nothing_is_warned_of() {
        let on = |accounts| from_flags(&[(Key::Store, "redis://h"), (Key::Accounts, accounts)]);
        let settings = on("postgres://u@h/d").unwrap();
        assert_eq!(settings.accounts.to_string(), "postgres://u@h/d");
        assert!(!settings.accounts_are_on_this_machine_alone());
        assert!(!on("sqlite:users.db").unwrap().accounts_are_on_this_machine_alone());
        for text in ["redis://h", "memory:", "memcached://h", ""] {
            assert!(on(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_store_of_a_gateway_is_refused() {
        for text in ["", "sqlite:", "cloakroom.db", "sqlite:x?mode=memory", "memcached://127.0.0.1"] {
            assert!(from_flags(&[(Key::Store, text)]).is_err(), "{text}");
        }
    }

    #[test]
    fn no_refusal_shows_the_password_of_a_store() {
        let refused = refusal(&[(Key::Store, "postgre://u:p4ss@h/d")]);
        assert!(!refused.contains("p4ss"), "{refused}");
    }
}
