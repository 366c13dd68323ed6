//! What follows from settings.

use std::net::IpAddr;

use crate::config::{Scheme, Settings};

impl Settings {
    /// The hosts that get their certificates by ACME: those that we answer for and nobody has brought one for. An address is no host, and
    /// nobody vouches for a name that means this machine.
    pub(crate) fn acme_hosts(&self) -> Vec<String> {
        if self.acme.is_none() {
            return Vec::new();
        }
        let apps = self.apps.iter().filter(|app| app.upstream.is_some() && app.tls.is_none());
        // Nobody proves by answering for one host that all beside it are theirs too.
        let origins = self.public_url.iter().chain(apps.filter_map(|app| app.origin.one()));
        let mut hosts: Vec<String> = origins
            .filter(|origin| origin.scheme() == Scheme::Https && origin.host().parse::<IpAddr>().is_err())
            .map(|origin| origin.host().to_owned())
            .filter(|host| !host.starts_with('['))
            .collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// Whether any application gets JWTs.
    pub(crate) fn has_tokens(&self) -> bool {
        self.proxy.is_some() && self.jwt || self.apps.iter().any(|app| app.jwt)
    }
}
