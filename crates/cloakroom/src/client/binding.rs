//! What a session is bound to, and how a request from elsewhere differs.

use std::net::IpAddr;

use cloakroom_core::Client;

use super::{AgentFamily, Network};

/// What a session is bound to, and what a change of it does.
///
/// ```
/// use cloakroom::client::{AddressMatch, Binding, OnChange};
///
/// let binding = Binding::none()
///     .address(AddressMatch::Prefix { ipv4_bits: 24, ipv6_bits: 48 }, OnChange::Log)
///     .agent(OnChange::RequireReauthentication)
///     .tls_fingerprint(OnChange::EndSession);
/// ```
/// A session is compared with where it was signed in to, or last reauthenticated from. What was not known then binds nothing; what was
/// known then and is missing now is a change.
///
/// # Security
/// A stolen cookie is used from elsewhere, and so is an honest one: phones change their network by the minute, and browsers are updated.
/// All that a request says but its TLS handshake can be imitated. So the default is [`OnChange::Log`], and a binding that ends sessions
/// is for networks that stay.
///
/// Source: OWASP Session Management, "Binding the Session ID to Other User Properties".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    address: Option<(AddressMatch, OnChange)>,
    agent: Option<OnChange>,
    fingerprint: Option<OnChange>,
}

/// Which addresses count as the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressMatch {
    /// Only the address itself.
    Exact,
    /// Those that share this many leading bits; no more than an address has. An address of IPv4 and one of IPv6 never do.
    Prefix {
        /// For IPv4, such as 24.
        ipv4_bits: u8,
        /// For IPv6, such as 48.
        ipv6_bits: u8,
    },
    /// Those in the same one of these networks, of which the first counts that holds an address; all others are one network too.
    Networks(Vec<Network>),
}

/// What a change does, the mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnChange {
    /// It is reported, once for each new value while the process remembers it. The default.
    #[default]
    Log,
    /// The user stays signed in, and [`Reauthenticated`](crate::Reauthenticated) and [`SignedIn::require`](crate::SignedIn::require)
    /// refuse until they prove again who they are; then the session is bound to where they did.
    RequireReauthentication,
    /// The session ends, and the request is a visitor's.
    EndSession,
}

/// What a session is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BoundProperty {
    /// The client's address.
    Address,
    /// The family of its `User-Agent`.
    Agent,
    /// The fingerprint of its TLS handshake.
    TlsFingerprint,
}

/// How a request differs from where its session was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingChange {
    /// What changed.
    pub property: BoundProperty,
    /// What the session was bound to.
    pub from: String,
    /// What the request has; `None` when it has nothing of the kind.
    pub to: Option<String>,
}

impl BoundProperty {
    /// The name in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Agent => "agent",
            Self::TlsFingerprint => "tls_fingerprint",
        }
    }
}

impl Binding {
    /// Bound to nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Bound to the client's address too; see [`TrustedProxies`](super::TrustedProxies).
    #[must_use]
    pub fn address(self, same: AddressMatch, on_change: OnChange) -> Self {
        Self { address: Some((same, on_change)), ..self }
    }

    /// Bound to the browser and system too, whatever their versions.
    #[must_use]
    pub fn agent(self, on_change: OnChange) -> Self {
        Self { agent: Some(on_change), ..self }
    }

    /// Bound to the fingerprint of the TLS handshake too; see
    /// [`TrustedProxies::tls_fingerprint_in`](super::TrustedProxies::tls_fingerprint_in).
    #[must_use]
    pub fn tls_fingerprint(self, on_change: OnChange) -> Self {
        Self { fingerprint: Some(on_change), ..self }
    }

    /// How `now` differs from `begun`, and what that does.
    pub(crate) fn changes(&self, begun: &Client, now: &Client) -> Vec<(BindingChange, OnChange)> {
        let address = self.address.as_ref().and_then(|(same, on_change)| {
            let from = begun.address?;
            let moved = now.address.is_none_or(|to| !same.holds(from, to));
            let to = now.address.as_ref().map(ToString::to_string);
            moved.then(|| (change(BoundProperty::Address, &from.to_string(), to), *on_change))
        });
        let agent = self.agent.and_then(|on_change| {
            let (from, to) = (begun.agent.as_deref()?, now.agent.as_deref());
            let moved = to.is_none_or(|to| to != from && AgentFamily::of(to) != AgentFamily::of(from));
            moved.then(|| (change(BoundProperty::Agent, from, to.map(str::to_owned)), on_change))
        });
        let fingerprint = self.fingerprint.and_then(|on_change| {
            let (from, to) = (begun.fingerprint.as_deref()?, now.fingerprint.as_deref());
            let moved = to != Some(from);
            moved.then(|| (change(BoundProperty::TlsFingerprint, from, to.map(str::to_owned)), on_change))
        });
        [address, agent, fingerprint].into_iter().flatten().collect()
    }
}

fn change(property: BoundProperty, from: &str, to: Option<String>) -> BindingChange {
    BindingChange { property, from: from.to_owned(), to }
}

impl AddressMatch {
    fn holds(&self, from: IpAddr, to: IpAddr) -> bool {
        let (from, to) = (from.to_canonical(), to.to_canonical());
        match self {
            Self::Exact => from == to,
            Self::Prefix { ipv4_bits, ipv6_bits } => {
                let bits = if from.is_ipv4() { *ipv4_bits } else { *ipv6_bits };
                from.is_ipv4() == to.is_ipv4() && Network::around(from, bits).contains(to)
            }
            Self::Networks(networks) => {
                let network = |address| networks.iter().position(|network| network.contains(address));
                network(from) == network(to)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn addresses_match_exactly_or_by_prefix_or_by_network() {
        let prefix = AddressMatch::Prefix { ipv4_bits: 24, ipv6_bits: 48 };
        let networks = ["10.1.0.0/16", "10.0.0.0/8"].map(|network| network.parse().unwrap());
        let networks = AddressMatch::Networks(networks.to_vec());
        for (same, from, to, holds) in [
            (&AddressMatch::Exact, "192.0.2.1", "::ffff:192.0.2.1", true),
            (&AddressMatch::Exact, "192.0.2.1", "192.0.2.2", false),
            (&prefix, "192.0.2.1", "192.0.2.255", true),
            (&prefix, "192.0.2.1", "192.0.3.1", false),
            (&prefix, "2001:db8:1::1", "2001:db8:1:ffff::1", true),
            (&prefix, "2001:db8:1::1", "2001:db8:2::1", false),
            (&AddressMatch::Prefix { ipv4_bits: 0, ipv6_bits: 0 }, "192.0.2.1", "2001:db8::1", false),
            (&AddressMatch::Prefix { ipv4_bits: 99, ipv6_bits: 255 }, "192.0.2.1", "192.0.2.2", false),
            (&networks, "10.1.0.1", "10.1.255.1", true),
            (&networks, "10.1.0.1", "10.2.0.1", false),
            (&networks, "192.0.2.1", "198.51.100.1", true),
        ] {
            assert_eq!(same.holds(at(from), at(to)), holds, "{same:?}: {from}, {to}");
        }
    }

    #[test]
    fn what_was_not_known_binds_nothing_and_what_is_missing_is_a_change() {
        let binding = Binding::none()
            .address(AddressMatch::Exact, OnChange::Log)
            .agent(OnChange::RequireReauthentication)
            .tls_fingerprint(OnChange::EndSession);
        let all = Client::new(Some(at("192.0.2.1")), Some("curl/8")).with_fingerprint("t13d");
        assert_eq!(binding.changes(&Client::default(), &all), []);
        assert_eq!(binding.changes(&all, &all), []);
        let missing: Vec<_> = binding.changes(&all, &Client::default());
        let told = missing.iter().map(|(change, does)| (change.property.as_str(), change.to.clone(), *does));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("address", None, OnChange::Log),
                ("agent", None, OnChange::RequireReauthentication),
                ("tls_fingerprint", None, OnChange::EndSession),
            ]
        );
    }
}
