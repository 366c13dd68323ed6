//! Where the servers are, and how to speak to them.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::link::Patience;

const PORT: u16 = 11211;

/// Which servers there are, how long we wait for them and what we ask of them.
///
/// Read from a URL, `memcached://host1:11211,host2:11211?prefix=cr.`; the port may be left out. Sessions are shared out among the
/// servers by the text of their addresses, so every node must have the same list; its order does not matter.
///
/// | parameter | without it | what |
/// |---|---|---|
/// | `prefix` | `cr.` | what all keys begin with: letters, digits, `-`, `_`, `.` and `~`, at most 64 |
/// | `connections` | 2 | connections to each server, each with any number of requests under way |
/// | `connect_ms` | 500 | how long connecting may take |
/// | `answer_ms` | 1000 | how long an answer may take; a request that has to ask more than once takes longer |
/// | `item_octets_max` | 1048000 | how large a row may be; a little less than the `-I` of the servers |
///
/// # Security
/// Memcached knows no users here, and its traffic is not encrypted: keep it in a network of its own. What it holds are
/// digests of tokens, and whatever slots hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemcachedOptions {
    pub(crate) servers: Vec<String>,
    pub(crate) prefix: String,
    pub(crate) connections: usize,
    pub(crate) patience: Patience,
    pub(crate) item_octets_max: usize,
}

/// A URL that names no Memcached.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidMemcachedUrl {
    /// Another scheme.
    #[error("a Memcached URL begins with memcached://")]
    Scheme,
    /// No host, a port that is no number, or a server twice.
    #[error(
        "a Memcached URL names its servers as host:port, several with commas between them, and none twice: {0:?}"
    )]
    Servers(String),
    /// Something after the servers that is no parameter.
    #[error("a Memcached URL has no path, user or password: {0:?}")]
    Path(String),
    /// A parameter that there is not.
    #[error(
        "a Memcached URL has the parameters prefix, connections, connect_ms, answer_ms and item_octets_max, not {0:?}"
    )]
    Parameter(String),
    /// A parameter with a value that it cannot have.
    #[error(
        "{0:?} has a value that it cannot have: a prefix has at most 64 letters, digits, '-', '_', '.' and '~', and the others are numbers above zero"
    )]
    Value(String),
}

impl FromStr for MemcachedOptions {
    type Err = InvalidMemcachedUrl;

    fn from_str(url: &str) -> Result<Self, InvalidMemcachedUrl> {
        let rest = url.strip_prefix("memcached://").ok_or(InvalidMemcachedUrl::Scheme)?;
        let (servers, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let servers = servers.strip_suffix('/').unwrap_or(servers);
        if servers.contains(['/', '@', '#']) {
            return Err(InvalidMemcachedUrl::Path(servers.to_owned()));
        }
        let mut options = Self {
            servers: Vec::new(),
            prefix: "cr.".to_owned(),
            connections: 2,
            patience: Patience { connect: Duration::from_millis(500), answer: Duration::from_secs(1) },
            item_octets_max: 1_048_000,
        };
        for server in servers.split(',') {
            let address = address(server).ok_or_else(|| InvalidMemcachedUrl::Servers(server.to_owned()))?;
            if options.servers.contains(&address) {
                return Err(InvalidMemcachedUrl::Servers(server.to_owned()));
            }
            options.servers.push(address);
        }
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            options.set(name, value)?;
        }
        Ok(options)
    }
}

impl MemcachedOptions {
    fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidMemcachedUrl> {
        let invalid = || InvalidMemcachedUrl::Value(name.to_owned());
        let number = || value.parse().ok().filter(|number: &u32| *number > 0).ok_or_else(invalid);
        match name {
            "prefix" => {
                let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.~".contains(&octet);
                if value.len() > 64 || !value.bytes().all(is_plain) {
                    return Err(invalid());
                }
                value.clone_into(&mut self.prefix);
            }
            "connections" => self.connections = number()? as usize,
            "connect_ms" => self.patience.connect = Duration::from_millis(number()?.into()),
            "answer_ms" => self.patience.answer = Duration::from_millis(number()?.into()),
            "item_octets_max" => self.item_octets_max = number()? as usize,
            _ => return Err(InvalidMemcachedUrl::Parameter(name.to_owned())),
        }
        Ok(())
    }
}

/// Host and port; an IPv6 address stands in brackets.
fn address(server: &str) -> Option<String> {
    let after_host = match server.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.1,
        None => server.find(':').map_or("", |colon| &server[colon..]),
    };
    let host = &server[..server.len() - after_host.len()];
    let port = match after_host.strip_prefix(':') {
        Some(port) => port.parse().ok().filter(|port| *port > 0)?,
        None if after_host.is_empty() => PORT,
        None => return None,
    };
    let is_host = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.[]:%".contains(&octet);
    (!host.is_empty() && host.bytes().all(is_host)).then(|| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_servers_and_settings() {
        let url = "memcached://cache1,cache2:12345,[::1]:7/?prefix=shop-&connections=4&connect_ms=10&answer_ms=20&item_octets_max=900";
        let options: MemcachedOptions = url.parse().unwrap();
        assert_eq!(options.servers, ["cache1:11211", "cache2:12345", "[::1]:7"]);
        assert_eq!(
            (options.prefix.as_str(), options.connections, options.item_octets_max),
            ("shop-", 4, 900)
        );
        assert_eq!(options.patience.connect, Duration::from_millis(10));
        assert_eq!(options.patience.answer, Duration::from_millis(20));
    }

    #[test]
    fn a_wrong_url_says_what_is_wrong() {
        use InvalidMemcachedUrl::{Parameter, Path, Scheme, Servers, Value};
        let wrong = [
            ("redis://a", Scheme),
            ("memcached://", Servers(String::new())),
            ("memcached://a,,b", Servers(String::new())),
            ("memcached://a:x", Servers("a:x".to_owned())),
            ("memcached://a:0", Servers("a:0".to_owned())),
            ("memcached://a,a:11211", Servers("a:11211".to_owned())),
            ("memcached://a b", Servers("a b".to_owned())),
            ("memcached://a/0", Path("a/0".to_owned())),
            ("memcached://user:password@a", Path("user:password@a".to_owned())),
            ("memcached://a?ttl=1", Parameter("ttl".to_owned())),
            ("memcached://a?prefix=a%20b", Value("prefix".to_owned())),
            ("memcached://a?connections=0", Value("connections".to_owned())),
        ];
        for (url, error) in wrong {
            assert_eq!(url.parse::<MemcachedOptions>(), Err(error), "{url}");
        }
    }
}
