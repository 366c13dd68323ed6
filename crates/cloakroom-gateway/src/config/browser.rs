//! What ties sessions to browsers: for how long one is remembered, and what a session is bound to.

use std::str::FromStr;

use cloakroom::client::{AddressMatch, Binding, OnChange};
use thiserror::Error;

use crate::config::span;

/// For how many days a browser is remembered: 1 to 400, which is as long as browsers keep a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedDays(u16);

/// The text is no number of whole days from 1 to 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a browser is remembered for 1 to 400 whole days")]
pub struct InvalidDays;

impl RememberedDays {
    /// The number.
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl FromStr for RememberedDays {
    type Err = InvalidDays;

    fn from_str(text: &str) -> Result<Self, InvalidDays> {
        const DAY: u64 = 24 * 60 * 60;
        let seconds = span::parse(text).ok_or(InvalidDays)?.as_secs();
        let days = u16::try_from(seconds / DAY).ok().filter(|days| (1..=400).contains(days));
        days.filter(|_| seconds.is_multiple_of(DAY)).map(Self).ok_or(InvalidDays)
    }
}

/// One thing that a session is bound to, and what a change of it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bond {
    property: Property,
    on_change: OnChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    /// The address itself.
    Address,
    /// The first 24 bits of an IPv4 address, or 48 of an IPv6 one.
    Network,
    /// Browser and system, whatever their versions.
    Agent,
}

/// The text says nothing that a session can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a session is bound to address, network or agent, with =log or =end behind it")]
pub struct InvalidBond;

impl Bond {
    /// The binding of all of these; of `address` and `network` the last counts.
    pub(crate) fn all(bonds: &[Self]) -> Binding {
        bonds.iter().fold(Binding::none(), |binding, bond| match bond.property {
            Property::Address => binding.address(AddressMatch::Exact, bond.on_change),
            Property::Network => {
                binding.address(AddressMatch::Prefix { ipv4_bits: 24, ipv6_bits: 48 }, bond.on_change)
            }
            Property::Agent => binding.agent(bond.on_change),
        })
    }
}

impl FromStr for Bond {
    type Err = InvalidBond;

    fn from_str(text: &str) -> Result<Self, InvalidBond> {
        let (property, on_change) = text.split_once('=').ok_or(InvalidBond)?;
        let property = match property.trim() {
            "address" => Property::Address,
            "network" => Property::Network,
            "agent" => Property::Agent,
            _ => return Err(InvalidBond),
        };
        let on_change = match on_change.trim() {
            "log" => OnChange::Log,
            "end" => OnChange::EndSession,
            _ => return Err(InvalidBond),
        };
        Ok(Self { property, on_change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_remembered_for_whole_days() {
        let days = |text: &str| text.parse::<RememberedDays>().map(RememberedDays::days);
        assert_eq!((days("30d"), days("48h")), (Ok(30), Ok(2)));
        for text in ["", "0d", "401d", "36h", "x"] {
            assert_eq!(days(text), Err(InvalidDays), "{text}");
        }
    }

    #[test]
    fn a_bond_says_to_what_and_what_then() {
        let bond = |text: &str| text.parse::<Bond>();
        assert_eq!(
            bond("agent=end"),
            Ok(Bond { property: Property::Agent, on_change: OnChange::EndSession })
        );
        assert_eq!(bond("network = log"), Ok(Bond { property: Property::Network, on_change: OnChange::Log }));
        for text in ["agent", "agent=ask", "cookie=end", ""] {
            assert_eq!(bond(text), Err(InvalidBond), "{text}");
        }
    }
}
