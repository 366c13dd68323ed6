//! Networks of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// An address or a network in CIDR notation. An IPv4 address and its IPv6-mapped form are one.
///
/// ```
/// use cloakroom_core::Network;
///
/// let network: Network = "10.0.0.0/8".parse()?;
/// assert!(network.contains([10, 1, 2, 3].into()));
/// # Ok::<(), cloakroom_core::InvalidNetwork>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: Ipv6Addr,
    prefix_bits: u32,
}

/// The text is neither an address nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a network is an address and a prefix length, such as 10.0.0.0/8")]
pub struct InvalidNetwork;

impl Network {
    /// The network of this many leading bits around an address; no more than the address has.
    pub fn around(address: IpAddr, prefix_bits: u8) -> Self {
        let (width, offset) = widths(address);
        Self { address: mapped(address), prefix_bits: offset + u32::from(prefix_bits).min(width) }
    }

    /// The one address that it holds, when it holds no more.
    pub fn only_address(&self) -> Option<IpAddr> {
        (self.prefix_bits == 128).then(|| self.address.to_canonical())
    }

    /// The text that all of its addresses begin with, and perhaps some others, as addresses are written (RFC 5952).
    ///
    /// It lets an index of texts find a network: whole parts of an address only, and of IPv6 none from the first group on that is zero, since
    /// `::` may stand for it.
    pub fn text_prefix(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(address) if self.prefix_bits >= 96 => {
                let whole = address.octets().into_iter().take(((self.prefix_bits - 96) / 8) as usize);
                whole.fold(String::new(), |text, octet| text + &format!("{octet}."))
            }
            _ => {
                let whole = self.address.segments().into_iter().take((self.prefix_bits / 16) as usize);
                let whole = whole.take_while(|group| *group != 0);
                whole.fold(String::new(), |text, group| text + &format!("{group:x}:"))
            }
        }
    }

    /// Whether an address lies in this network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.prefix_bits).unwrap_or(0);
        (self.address.to_bits() ^ mapped(address).to_bits()) & mask == 0
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let (width, offset) = widths(address);
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|bits| *bits <= width).ok_or(InvalidNetwork)?,
            None => width,
        };
        Ok(Self { address: mapped(address), prefix_bits: offset + prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, offset) = match self.address.to_canonical() {
            address @ IpAddr::V4(_) if self.prefix_bits >= 96 => (address, 96),
            _ => (IpAddr::V6(self.address), 0),
        };
        write!(f, "{address}/{}", self.prefix_bits - offset)
    }
}

/// How many bits an address has, and before which of 128 they begin.
const fn widths(address: IpAddr) -> (u32, u32) {
    if address.is_ipv4() { (32, 96) } else { (128, 0) }
}

const fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_other() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains("10.1.255.255".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.0.1".parse().unwrap()));
        assert!(!network.contains("10.2.0.0".parse().unwrap()));
        assert!("::/0".parse::<Network>().unwrap().contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn text_that_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "example.org", "10.0.0.1/-1"] {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork), "{text}");
        }
    }

    #[test]
    fn every_address_of_a_network_begins_with_its_text() {
        for (network, text) in [
            ("192.0.2.0/24", "192.0.2."),
            ("10.1.16.0/20", "10.1."),
            ("10.0.0.0/8", "10."),
            ("0.0.0.0/0", ""),
            ("2001:db8:1:2::/64", "2001:db8:1:2:"),
            ("2001:db8:0:2::/64", "2001:db8:"),
            ("2001:db8::/33", "2001:db8:"),
            ("::/0", ""),
            ("::ffff:0:0/90", ""),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.text_prefix(), text, "{network}");
            for low in [0, 1, 0xffff, 0x1_0000, u128::from(u64::MAX), u128::MAX] {
                let host = u128::MAX.checked_shr(network.prefix_bits).unwrap_or(0) & low;
                let base =
                    network.address.to_bits() & !u128::MAX.checked_shr(network.prefix_bits).unwrap_or(0);
                let address = Ipv6Addr::from_bits(base | host).to_canonical();
                assert!(network.contains(address), "{network} {address}");
                assert!(address.to_string().starts_with(text), "{network} {address}");
            }
        }
    }

    #[test]
    fn a_network_of_one_address_is_that_address() {
        let only = |text: &str| text.parse::<Network>().unwrap().only_address();
        assert_eq!(only("192.0.2.7"), Some([192, 0, 2, 7].into()));
        assert_eq!(only("2001:db8::1/128"), Some("2001:db8::1".parse().unwrap()));
        assert_eq!(only("192.0.2.6/31"), None);
    }

    #[test]
    fn a_network_is_shown_as_it_is_written() {
        for text in ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }
}
