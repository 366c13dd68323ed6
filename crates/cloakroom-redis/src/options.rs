//! Where the servers are, and how to speak to them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use redis::{
    ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo, TlsCertificates,
};
use thiserror::Error;

use crate::link::Patience;

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// Which servers there are, how long we wait for them and what we ask of them.
///
/// Read from a URL:
///
/// | URL | servers |
/// |---|---|
/// | `redis://user:password@host:6379/0` | one; the path is the number of its database |
/// | `redis+sentinel://host1:26379,host2:26379/mymaster/0` | the master that the sentinels name; the second part of the path is the number of its database |
/// | `redis+cluster://host1:6379,host2:6379` | a cluster; any of its nodes will do to find the others |
///
/// `rediss` instead of `redis` is TLS, for all servers, sentinels included. User and password are percent-encoded where they must be, and are those of the servers; sentinels are
/// asked without.
///
/// | parameter | without it | what |
/// |---|---|---|
/// | `prefix` | `cr` | what all keys begin with: letters, digits, `-`, `_`, `.` and `:`. More than five octets make every key larger |
/// | `connect_ms` | 500 | how long connecting may take |
/// | `answer_ms` | 1000 | how long an answer may take; a request that has to be sent more than once takes longer, at most by half |
/// | `wait_replicas` | 0 | how many replicas must have a sign-in, a renewal or an end of sessions before it returns |
/// | `ca` | what the operating system trusts | a file with the certificates to trust instead, in PEM |
/// | `wait_ms` | 500 | how long to wait for them; too few in that time is an error, and the write is done |
///
/// # Security
/// `Debug` shows neither user nor password.
#[derive(Clone)]
pub struct RedisOptions {
    pub(crate) servers: Servers,
    tls: bool,
    pub(crate) ca: Option<PathBuf>,
    /// What stands in that file.
    pub(crate) roots: Option<Vec<u8>>,
    user: Option<String>,
    password: Option<String>,
    database: i64,
    pub(crate) prefix: String,
    pub(crate) patience: Patience,
    pub(crate) replicas: Option<Replicas>,
}

/// Which servers there are.
#[derive(Clone, Debug)]
pub(crate) enum Servers {
    One(Address),
    Sentinel { sentinels: Vec<Address>, master: String },
    Cluster(Vec<Address>),
}

/// How many replicas are to have a write, and how long we wait for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replicas {
    pub(crate) count: u32,
    pub(crate) wait: Duration,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// A URL that names no Redis; the URL itself, which may hold a password, is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidRedisUrl {
    /// Another scheme.
    #[error(
        "a Redis URL begins with redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://"
    )]
    Scheme,
    /// No host, or a port that is no number.
    #[error("a Redis URL names its servers as host:port, several with commas between them")]
    Servers,
    /// More than one server without Sentinel or Cluster.
    #[error("several servers are redis+sentinel:// or redis+cluster://")]
    Several,
    /// User or password are not percent-encoded UTF-8.
    #[error("user and password of a Redis URL are percent-encoded UTF-8")]
    Credentials,
    /// The path is none that the scheme has.
    #[error(
        "the path of a Redis URL is the number of a database; with Sentinel it is the name of the master, and then the number; with Cluster there is none"
    )]
    Path,
    /// A parameter that there is not.
    #[error("a Redis URL has the parameters prefix, ca, connect_ms, answer_ms, wait_replicas and wait_ms")]
    Parameter,
    /// A parameter with a value that it cannot have.
    #[error(
        "prefix has letters, digits, '-', '_', '.' and ':' only, ca is a file; the others are numbers, and times are at least 1"
    )]
    Value,
}

impl RedisOptions {
    /// Below another prefix than `cr`, so that several applications may share a Redis.
    ///
    /// # Errors
    /// [`InvalidRedisUrl::Value`] when it has other characters than letters, digits, `-`, `_`, `.` and `:`.
    pub fn with_prefix(mut self, prefix: &str) -> Result<Self, InvalidRedisUrl> {
        self.set("prefix", prefix)?;
        Ok(self)
    }

    pub(crate) fn connection_to(&self, address: &Address) -> ConnectionInfo {
        let mut settings = Self::settings().set_db(self.database);
        if let Some(user) = &self.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.password {
            settings = settings.set_password(password);
        }
        self.at(address).set_redis_settings(settings)
    }

    pub(crate) fn connection_to_sentinel(&self, address: &Address) -> ConnectionInfo {
        self.at(address).set_redis_settings(Self::settings())
    }

    fn settings() -> RedisConnectionInfo {
        RedisConnectionInfo::default()
            .set_protocol(ProtocolVersion::RESP3)
            .set_lib_name("cloakroom", env!("CARGO_PKG_VERSION"))
    }

    fn at(&self, address: &Address) -> ConnectionInfo {
        let Address { host, port } = address.clone();
        let address = if self.tls {
            ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
        } else {
            ConnectionAddr::Tcp(host, port)
        };
        address.into_connection_info().expect("an address is an address already")
    }

    /// The certificates to trust, for [`Link`](crate::link::Link).
    pub(crate) fn trust(&self) -> Option<TlsCertificates> {
        let root_cert = self.roots.clone().filter(|_| self.tls)?;
        Some(TlsCertificates { client_tls: None, root_cert: Some(root_cert) })
    }

    fn set(&mut self, parameter: &str, value: &str) -> Result<(), InvalidRedisUrl> {
        let number = || value.parse::<u32>().map_err(|_| InvalidRedisUrl::Value);
        let millis = || match number()? {
            0 => Err(InvalidRedisUrl::Value),
            number => Ok(Duration::from_millis(number.into())),
        };
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.:".contains(&octet);
        let mut replicas = self.replicas.unwrap_or(Replicas { count: 0, wait: Duration::from_millis(500) });
        match parameter {
            "prefix" if !value.is_empty() && value.bytes().all(is_plain) => {
                value.clone_into(&mut self.prefix);
            }
            "ca" if !value.is_empty() => self.ca = Some(PathBuf::from(value)),
            "prefix" | "ca" => return Err(InvalidRedisUrl::Value),
            "connect_ms" => self.patience.connect = millis()?,
            "answer_ms" => self.patience.answer = millis()?,
            "wait_replicas" => replicas.count = number()?,
            "wait_ms" => replicas.wait = millis()?,
            _ => return Err(InvalidRedisUrl::Parameter),
        }
        self.replicas = Some(replicas);
        Ok(())
    }
}

impl FromStr for RedisOptions {
    type Err = InvalidRedisUrl;

    fn from_str(url: &str) -> Result<Self, InvalidRedisUrl> {
        let (scheme, rest) = url.split_once("://").ok_or(InvalidRedisUrl::Scheme)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        let (protocol, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        let tls = match protocol {
            "redis" => false,
            "rediss" => true,
            _ => return Err(InvalidRedisUrl::Scheme),
        };
        let (servers, database) = match kind {
            "" => (Servers::One(one(addresses(hosts, PORT)?)?), path),
            "sentinel" => {
                let (master, database) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return Err(InvalidRedisUrl::Path);
                }
                let sentinels = addresses(hosts, SENTINEL_PORT)?;
                (Servers::Sentinel { sentinels, master: decoded(master, InvalidRedisUrl::Path)? }, database)
            }
            "cluster" if path.is_empty() => (Servers::Cluster(addresses(hosts, PORT)?), ""),
            "cluster" => return Err(InvalidRedisUrl::Path),
            _ => return Err(InvalidRedisUrl::Scheme),
        };
        let database = if database.is_empty() { "0" } else { database };
        let credential = |text: &str| -> Result<Option<String>, InvalidRedisUrl> {
            Ok(Some(decoded(text, InvalidRedisUrl::Credentials)?).filter(|text| !text.is_empty()))
        };
        let mut options = Self {
            servers,
            tls,
            ca: None,
            roots: None,
            user: credential(user)?,
            password: credential(password)?,
            database: database.parse::<u16>().map_err(|_| InvalidRedisUrl::Path)?.into(),
            prefix: "cr".to_owned(),
            patience: Patience { connect: Duration::from_millis(500), answer: Duration::from_secs(1) },
            replicas: None,
        };
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or(InvalidRedisUrl::Parameter)?;
            options.set(name, &decoded(value, InvalidRedisUrl::Value)?)?;
        }
        options.replicas = options.replicas.filter(|replicas| replicas.count > 0);
        Ok(options)
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("servers", &self.servers)
            .field("tls", &self.tls)
            .field("prefix", &self.prefix)
            .field("patience", &self.patience)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Address {
    /// `host:port`, as servers name each other; an IPv6 address without brackets.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some(Self { host: host.to_owned(), port: port.parse().ok()? })
            .filter(|address| !address.host.is_empty())
    }
}

fn one(addresses: Vec<Address>) -> Result<Address, InvalidRedisUrl> {
    let [address] = <[Address; 1]>::try_from(addresses).map_err(|_| InvalidRedisUrl::Several)?;
    Ok(address)
}

fn addresses(hosts: &str, port: u16) -> Result<Vec<Address>, InvalidRedisUrl> {
    hosts.split(',').map(|host| address(host, port)).collect()
}

fn address(text: &str, port: u16) -> Result<Address, InvalidRedisUrl> {
    let has_port = text.rsplit_once(':').is_some_and(|(host, _)| !host.contains(':') || host.ends_with(']'));
    let with_port = if has_port { text.to_owned() } else { format!("{text}:{port}") };
    Address::parse(&with_port).ok_or(InvalidRedisUrl::Servers)
}

fn decoded(text: &str, otherwise: InvalidRedisUrl) -> Result<String, InvalidRedisUrl> {
    percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> RedisOptions {
        url.parse().unwrap()
    }

    #[test]
    fn a_url_names_one_server_a_sentinel_or_a_cluster() {
        assert!(matches!(options("redis://a").servers, Servers::One(Address { port: 6379, .. })));
        assert!(matches!(options("rediss://[::1]:7000/3").servers, Servers::One(Address { port: 7000, .. })));
        let sentinel = options("redis+sentinel://a,b:7/main/2");
        let Servers::Sentinel { sentinels, master } = sentinel.servers else { panic!("not a sentinel") };
        assert_eq!((sentinels[0].port, sentinels[1].port, master.as_str()), (26379, 7, "main"));
        assert!(
            matches!(options("redis+cluster://a:1,b:2").servers, Servers::Cluster(nodes) if nodes.len() == 2)
        );
    }

    #[test]
    fn a_url_that_is_wrong_says_what_is_wrong() {
        let cases = [
            ("http://a", InvalidRedisUrl::Scheme),
            ("redis+ring://a", InvalidRedisUrl::Scheme),
            ("redis://", InvalidRedisUrl::Servers),
            ("redis://a:port", InvalidRedisUrl::Servers),
            ("redis://a,b", InvalidRedisUrl::Several),
            ("redis://a/first", InvalidRedisUrl::Path),
            ("redis+sentinel://a", InvalidRedisUrl::Path),
            ("redis+cluster://a/0", InvalidRedisUrl::Path),
            ("redis://:%ff@a", InvalidRedisUrl::Credentials),
            ("redis://a?wait=1", InvalidRedisUrl::Parameter),
            ("redis://a?answer_ms=0", InvalidRedisUrl::Value),
            ("redis://a?prefix={x}", InvalidRedisUrl::Value),
        ];
        for (url, wrong) in cases {
            assert_eq!(url.parse::<RedisOptions>().map(drop), Err(wrong), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_shown() {
        let options = options("redis://al%40ice:p%3ass@a");
        assert_eq!((options.user.as_deref(), options.password.as_deref()), (Some("al@ice"), Some("p:ss")));
        let shown = format!("{options:?} {:?}", options.connection_to(&Address::parse("a:1").unwrap()));
        assert!(!shown.contains("p:ss") && !format!("{options:?}").contains("al@ice"), "{shown}");
    }
}
