//! The address of a database, as a URL.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::connect_error::{ConnectError, ConnectTrouble};

/// How a kind of server writes its addresses.
#[derive(Debug)]
pub(super) struct Spelling {
    /// Its schemes, the usual one first.
    pub(super) schemes: &'static [&'static str],
    /// Where it listens by default.
    pub(super) port: u16,
    /// The parameter that says whether to use TLS.
    pub(super) tls: &'static str,
    /// The parameter that names the file of a private certificate authority.
    pub(super) authority: &'static str,
    /// The parameter that names a Unix socket.
    pub(super) socket: &'static str,
    /// The parameter with settings for each connection, if there is one.
    pub(super) options: Option<&'static str>,
    /// What an address looks like.
    pub(super) example: &'static str,
}

/// Where a database is and who asks it.
///
/// Neither `Display` nor `Debug` shows the password.
#[derive(Clone)]
pub(super) struct Address {
    scheme: &'static str,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) socket: Option<PathBuf>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL knows some"))]
    pub(super) options: Option<String>,
    pub(super) tls: Tls,
}

/// Whether a connection is encrypted. If it is, the server proves who it is: encryption for whoever answers protects nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// It is not.
    Off,
    /// With a certificate for the name of the host.
    Verified {
        /// The file of the authority that issued it, in PEM; `None` for one of the public ones.
        authority: Option<PathBuf>,
    },
}

impl Address {
    /// Reads an address.
    pub(super) fn parse(text: &str, spelling: &Spelling) -> Result<Self, ConnectError> {
        read(text, spelling).map_err(|wrong| {
            // Whatever is wrong with it, what was read so far may hold the password.
            let trouble = ConnectTrouble::Address { wrong, right: spelling.example };
            ConnectError::new(format!("the address of a {} database", spelling.schemes[0]), trouble)
        })
    }
}

/// The address, or what is wrong with it.
fn read(text: &str, spelling: &Spelling) -> Result<Address, String> {
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    let scheme = spelling.schemes.iter().find(|scheme| **scheme == url.scheme());
    let scheme = *scheme.ok_or_else(|| format!("its scheme is {:?}", url.scheme()))?;
    let user = decoded(url.username())?;
    let database = decoded(url.path().trim_start_matches('/'))?;
    if user.is_empty() {
        return Err("it names no user".to_owned());
    }
    if database.is_empty() {
        return Err("it names no database".to_owned());
    }
    let (mut host, is_here) = match url.host() {
        // A host of a scheme that is none of the web's is text to the parser.
        Some(Host::Domain(name)) => (decoded(name)?, is_loopback(name)),
        Some(Host::Ipv4(ip)) => (ip.to_string(), ip.is_loopback()),
        Some(Host::Ipv6(ip)) => (ip.to_string(), ip.is_loopback()),
        None => (String::new(), true),
    };
    let password = url.password().map(decoded).transpose()?;
    let port = url.port().unwrap_or(spelling.port);
    let (mut mode, mut authority, mut socket, mut options) = (None, None, None, None);
    for (key, value) in url.query_pairs() {
        let value = value.into_owned();
        if key == spelling.tls {
            mode = Some(is_encrypted(spelling, &value)?);
        } else if key == spelling.authority {
            authority = Some(PathBuf::from(value));
        } else if key == spelling.socket {
            socket = Some(PathBuf::from(value));
        } else if Some(&*key) == spelling.options {
            options = Some(value);
        } else {
            let known = [spelling.tls, spelling.authority, spelling.socket].join(", ");
            return Err(format!("it has the parameter {key:?}; known are {known}"));
        }
    }
    if host.is_empty() {
        "localhost".clone_into(&mut host);
    }
    // Where there is nobody between, there is nobody to hide from.
    let is_encrypted = mode.unwrap_or(!is_here && socket.is_none());
    if socket.is_some() && is_encrypted {
        return Err(format!("a socket of this machine takes no TLS; leave {} away", spelling.tls));
    }
    if authority.is_some() && !is_encrypted {
        return Err(format!("it names an authority and has no TLS; set {}", spelling.tls));
    }
    let tls = if is_encrypted { Tls::Verified { authority } } else { Tls::Off };
    Ok(Address { scheme, host, port, socket, user, password, database, options, tls })
}

/// Whether this mode encrypts. One that does so only when nobody interferes, or for whoever answers, is taken for a mistake
/// or for its strong neighbour.
fn is_encrypted(spelling: &Spelling, mode: &str) -> Result<bool, String> {
    match mode.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" => Ok(false),
        "require" | "required" | "verify-ca" | "verify-full" | "verify-identity" => Ok(true),
        "allow" | "prefer" | "preferred" => Err(format!(
            "{}={mode} encrypts unless somebody interferes; require it or disable it",
            spelling.tls
        )),
        _ => Err(format!("{}={mode} is no mode; require TLS or disable it", spelling.tls)),
    }
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        || name.is_empty()
}

fn decoded(text: &str) -> Result<String, String> {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("a part of it is not in UTF-8".to_owned()),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, user, database, .. } = self;
        match &self.socket {
            Some(socket) => write!(f, "{scheme}://{user}@{}/{database}", socket.display()),
            None if host.contains(':') => write!(f, "{scheme}://{user}@[{host}]:{port}/{database}"),
            None => write!(f, "{scheme}://{user}@{host}:{port}/{database}"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPELLING: Spelling = Spelling {
        schemes: &["postgres", "postgresql"],
        port: 5432,
        tls: "sslmode",
        authority: "sslrootcert",
        socket: "host",
        options: Some("options"),
        example: "postgres://user:password@host/database",
    };

    fn parse(text: &str) -> Address {
        Address::parse(text, &SPELLING).unwrap()
    }

    #[test]
    fn an_address_is_read_part_by_part() {
        let address = parse("postgresql://a%40b:p%2Fw@db.example:6000/app?options=-c%20x%3Dy");
        assert_eq!((&*address.host, address.port), ("db.example", 6000));
        assert_eq!((&*address.user, address.password.as_deref()), ("a@b", Some("p/w")));
        assert_eq!((&*address.database, address.options.as_deref()), ("app", Some("-c x=y")));
    }

    #[test]
    fn no_text_shows_the_password() {
        let address = parse("postgres://app:hunter2@db.example/app");
        assert_eq!(format!("{address} {address:?}").matches("hunter2").count(), 0);
        for wrong in [
            "postgres://app:hunter2@db.example/app?colour=red",
            "http://app:hunter2@db.example/app",
            "postgres://app:hunter2@db.example",
            "postgres://app:hunter2@db.example:99999/app",
        ] {
            let error = Address::parse(wrong, &SPELLING).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn another_machine_is_spoken_to_by_tls_unless_the_address_says_otherwise() {
        let verified = Tls::Verified { authority: None };
        for (text, right) in [
            ("postgres://app@db.example/app", &verified),
            ("postgres://app@10.0.0.1/app", &verified),
            ("postgres://app@[2001:db8::1]/app", &verified),
            ("postgres://app@localhost/app?sslmode=require", &verified),
            ("postgres://app@db.example/app?sslmode=disable", &Tls::Off),
            ("postgres://app@localhost/app", &Tls::Off),
            ("postgres://app@127.0.0.1/app", &Tls::Off),
            ("postgres://app@[::1]/app", &Tls::Off),
            ("postgres://app@localhost/app?host=/run/postgresql", &Tls::Off),
        ] {
            assert_eq!(parse(text).tls, *right, "{text}");
        }
    }

    #[test]
    fn a_private_authority_is_named_by_its_file() {
        let authority = Some(PathBuf::from("/etc/ca.pem"));
        let address = parse("postgres://app@db.example/app?sslmode=verify-full&sslrootcert=/etc/ca.pem");
        assert_eq!(address.tls, Tls::Verified { authority });
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        for (text, wrong) in [
            ("db.example", "this is no URL: relative URL without a base"),
            ("mysql://app@h/app", "its scheme is \"mysql\""),
            ("postgres://h/app", "it names no user"),
            ("postgres://app@h/", "it names no database"),
            (
                "postgres://app@h/app?sslmode=prefer",
                "sslmode=prefer encrypts unless somebody interferes; require it or disable it",
            ),
            (
                "postgres://app@h/app?ssl=on",
                "it has the parameter \"ssl\"; known are sslmode, sslrootcert, host",
            ),
        ] {
            let error = Address::parse(text, &SPELLING).unwrap_err();
            let right = format!(
                "the address of a postgres database: {wrong}; an address looks like {}",
                SPELLING.example
            );
            assert_eq!(error.to_string(), right);
        }
    }
}
