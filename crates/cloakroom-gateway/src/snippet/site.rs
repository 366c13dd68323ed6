//! What a proxy in front needs to know: who is reached where.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;

use crate::config::{AppName, PublicUrl, Scheme, Settings, Upstream, UpstreamProtocol};

/// The gateway, its sign-in host and the applications, as a proxy serves them.
#[derive(Clone, Debug)]
pub struct Site {
    gateway: SocketAddr,
    sign_in: PublicUrl,
    apps: Vec<SiteApp>,
}

/// One application behind the proxy.
#[derive(Clone, Debug)]
pub(super) struct SiteApp {
    /// What it is called.
    pub(super) name: AppName,
    /// The origin that browsers see.
    pub(super) origin: PublicUrl,
    /// Where it answers.
    pub(super) upstream: Upstream,
}

/// No proxy can be configured from these settings.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SiteError {
    /// Nothing says where the sign-in pages are.
    #[error("a proxy in front needs the origin of the sign-in pages: set public_url")]
    NoPublicUrl,
    /// The gateway speaks TLS itself, which no text here does to it.
    #[error(
        "the gateway speaks TLS by itself: behind a proxy that does, leave tls_certificate and tls_key out"
    )]
    SpeaksTls,
    /// There is nothing to put behind the proxy.
    #[error(
        "there is no application to put behind a proxy: add an [[app]] table with name, origin and upstream"
    )]
    NoApps,
    /// Nothing says where an application answers.
    #[error("the application {name} has no upstream, and the proxy has to know where it answers")]
    NoUpstream {
        /// The application.
        name: AppName,
    },
    /// The application is at many hosts, and each configuration names one.
    #[error(
        "the configurations that are printed name every host, and {name} is at many: print them with one of its hosts as the origin, and make \
         a virtual host for the others of that, which asks with the Host that the browser sent"
    )]
    ManyHosts {
        /// The application.
        name: AppName,
    },
    /// The application does not speak plain HTTP, which is what the configurations say.
    #[error(
        "the configurations that are printed reach applications by http:// only, and {name} is at {upstream}"
    )]
    NotPlain {
        /// The application.
        name: AppName,
        /// Where it is.
        upstream: String,
    },
    /// The port of the gateway is left to the system.
    #[error("the port of listen is 0, which the system replaces by another at each start")]
    NoPort,
    /// One port cannot speak both plain HTTP and TLS.
    #[error("port {port} is that of http:// and of https:// origins")]
    TwoSchemes {
        /// The port.
        port: u16,
    },
    /// The gateway listens where the proxy would.
    #[error("{origin} is on the port that the gateway itself listens on, which the proxy needs")]
    PortOfGateway {
        /// The origin.
        origin: PublicUrl,
    },
    /// The sign-in host and an application share an origin, or two applications do.
    #[error("{origin} is the origin of two")]
    TwoOnOneOrigin {
        /// The origin.
        origin: PublicUrl,
    },
    /// A name that a configuration could take for more than a name.
    #[error("{host:?} is not a host name of letters, digits, '-' and '.', nor an IP address")]
    UnusualHost {
        /// The host.
        host: String,
    },
}

/// A port that the proxy listens on, and the hosts on it.
#[derive(Debug)]
pub(super) struct Door<'a> {
    pub(super) port: u16,
    pub(super) scheme: Scheme,
    /// Whether only this machine can mean the hosts on it, so that nobody else need reach it.
    pub(super) is_local: bool,
    pub(super) sign_in: Option<&'a PublicUrl>,
    pub(super) apps: Vec<&'a SiteApp>,
}

impl Site {
    fn new(gateway: SocketAddr, sign_in: PublicUrl, apps: Vec<SiteApp>) -> Result<Self, SiteError> {
        let site = Self { gateway: reachable(gateway), sign_in, apps };
        site.check()?;
        Ok(site)
    }

    /// The site of a configuration: its `public_url` and its `[[app]]` tables.
    ///
    /// # Errors
    /// [`SiteError`] for what is missing or no proxy can serve.
    pub fn of(settings: &Settings) -> Result<Self, SiteError> {
        if settings.speaks_tls() {
            return Err(SiteError::SpeaksTls);
        }
        let sign_in = settings.public_url.clone().ok_or(SiteError::NoPublicUrl)?;
        let apps = settings.apps.iter().map(|app| {
            let name = app.name.clone();
            let Some(origin) = app.origin.one().cloned() else { return Err(SiteError::ManyHosts { name }) };
            match app.upstream.clone() {
                Some(upstream) if upstream.protocol() == UpstreamProtocol::Plain => {
                    Ok(SiteApp { name, origin, upstream })
                }
                Some(upstream) => Err(SiteError::NotPlain { name, upstream: upstream.to_string() }),
                None => Err(SiteError::NoUpstream { name }),
            }
        });
        Self::new(settings.listen, sign_in, apps.collect::<Result<_, _>>()?)
    }

    /// Where the proxy reaches the gateway.
    pub(super) const fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    pub(super) fn apps(&self) -> &[SiteApp] {
        &self.apps
    }

    pub(super) const fn sign_in(&self) -> &PublicUrl {
        &self.sign_in
    }

    fn origins(&self) -> impl Iterator<Item = &PublicUrl> {
        std::iter::once(&self.sign_in).chain(self.apps.iter().map(|app| &app.origin))
    }

    /// The ports to listen on, the sign-in host's first.
    pub(super) fn doors(&self) -> Vec<Door<'_>> {
        let mut ports: Vec<u16> = Vec::new();
        for origin in self.origins() {
            if !ports.contains(&origin.port()) {
                ports.push(origin.port());
            }
        }
        ports.into_iter().map(|port| self.door(port)).collect()
    }

    fn door(&self, port: u16) -> Door<'_> {
        let on_it = || self.origins().filter(|origin| origin.port() == port);
        Door {
            port,
            scheme: on_it().next().map_or(Scheme::Https, PublicUrl::scheme),
            is_local: on_it().all(PublicUrl::is_loopback),
            sign_in: Some(&self.sign_in).filter(|origin| origin.port() == port),
            apps: self.apps.iter().filter(|app| app.origin.port() == port).collect(),
        }
    }

    fn check(&self) -> Result<(), SiteError> {
        if self.apps.is_empty() {
            return Err(SiteError::NoApps);
        }
        if self.gateway.port() == 0 {
            return Err(SiteError::NoPort);
        }
        let upstreams = self.apps.iter().map(|app| app.upstream.host());
        if let Some(host) = self.origins().map(PublicUrl::host).chain(upstreams).find(|host| !is_usual(host))
        {
            return Err(SiteError::UnusualHost { host: host.to_owned() });
        }
        for (at, origin) in self.origins().enumerate() {
            if origin.port() == self.gateway.port() && self.door(origin.port()).is_local {
                return Err(SiteError::PortOfGateway { origin: origin.clone() });
            }
            for other in self.origins().skip(at + 1).filter(|other| other.port() == origin.port()) {
                if other.scheme() != origin.scheme() {
                    return Err(SiteError::TwoSchemes { port: origin.port() });
                }
                if other == origin {
                    return Err(SiteError::TwoOnOneOrigin { origin: origin.clone() });
                }
            }
        }
        Ok(())
    }
}

impl Door<'_> {
    /// The authorities that a `Host` field may name to mean this origin.
    pub(super) fn spellings(origin: &PublicUrl) -> Vec<String> {
        let mut spellings = vec![origin.authority().to_owned()];
        if origin.authority() == origin.host() {
            spellings.push(format!("{}:{}", origin.host(), origin.port()));
        }
        spellings
    }

    /// What the port is called in a configuration.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.scheme.as_str(), self.port)
    }
}

/// The address by which this machine reaches one that listens on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}

/// A host name or an IP address, as they are mostly written: nothing that ends a word in any configuration.
fn is_usual(host: &str) -> bool {
    let is_name = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_');
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match literal {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn app(name: &str, origin: &str, upstream: &str) -> SiteApp {
        SiteApp {
            name: name.parse().unwrap(),
            origin: origin.parse().unwrap(),
            upstream: upstream.parse().unwrap(),
        }
    }

    fn site(sign_in: &str, apps: &[(&str, &str, &str)]) -> Result<Site, SiteError> {
        let apps = apps.iter().map(|(name, origin, upstream)| app(name, origin, upstream)).collect();
        Site::new("0.0.0.0:7464".parse().unwrap(), sign_in.parse().unwrap(), apps)
    }

    /// Two applications, one of them on a port of its own.
    pub(in crate::snippet) fn example() -> Site {
        let wiki = ("wiki", "https://wiki.example.org", "http://127.0.0.1:3000");
        let files = ("files", "https://files.example.org:8443", "http://files.internal");
        site("https://login.example.org", &[wiki, files]).unwrap()
    }

    /// One application on this machine alone.
    pub(in crate::snippet) fn local() -> Site {
        let wiki = ("wiki", "http://wiki.localhost:8080", "http://127.0.0.1:3000");
        site("http://login.localhost:8080", &[wiki]).unwrap()
    }

    #[test]
    fn a_gateway_that_listens_everywhere_is_reached_on_this_machine() {
        assert_eq!(example().gateway().to_string(), "127.0.0.1:7464");
    }

    #[test]
    fn there_is_a_door_for_each_port() {
        let site = example();
        let doors: Vec<(u16, bool, usize)> =
            site.doors().iter().map(|door| (door.port, door.sign_in.is_some(), door.apps.len())).collect();
        assert_eq!(doors, [(443, true, 1), (8443, false, 1)]);
        assert!(local().doors()[0].is_local);
    }

    #[test]
    fn what_no_proxy_can_serve_is_refused() {
        let login = "http://login.localhost:8080";
        let up = "http://127.0.0.1:3000";
        let refusal = |apps: &[(&str, &str, &str)]| site(login, apps).unwrap_err();
        assert_eq!(refusal(&[]), SiteError::NoApps);
        assert_eq!(refusal(&[("a", "https://a.example:8080", up)]), SiteError::TwoSchemes { port: 8080 });
        let origin = || login.parse().unwrap();
        assert_eq!(refusal(&[("a", login, up)]), SiteError::TwoOnOneOrigin { origin: origin() });
        let a = "http://a.localhost:7464";
        assert_eq!(refusal(&[("a", a, up)]), SiteError::PortOfGateway { origin: a.parse().unwrap() });
        assert!(matches!(refusal(&[("a", "https://a;b", up)]), SiteError::UnusualHost { .. }));
        assert!(matches!(
            refusal(&[("a", "https://a.example", "http://a$b")]),
            SiteError::UnusualHost { .. }
        ));
    }
}
