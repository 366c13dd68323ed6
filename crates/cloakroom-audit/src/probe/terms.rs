//! How a site is looked at.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;

use crate::agent::UnixTime;

/// An address to connect to in the place of a host's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// The host, as it stands in URLs.
    pub host: String,
    /// The port, as it would be in the URL.
    pub port: u16,
    /// Where to connect to.
    pub to: SocketAddr,
}

/// Bounds and manners.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Reads the clock.
    pub clock: fn() -> UnixTime,
    /// How long one answer may take, connecting included, of which each address of the host has its share.
    pub timeout: Duration,
    /// How long all may take that is not needed to judge the site at all. What was not looked at until then is left out.
    pub patience: Duration,
    /// How long to wait between two requests.
    pub pause: Duration,
    /// The most redirects in a row.
    pub redirects_max: usize,
    /// The longest head of an answer, in octets.
    pub head_octets_max: usize,
    /// How much of a body is read, and unpacked, in octets.
    pub body_octets_max: usize,
    /// How many more visitors to play, to compare their tokens.
    pub samples: usize,
    /// Whether a sign-in's form that is found is sent, empty, as another site would send it. A site may count that as a
    /// failed sign-in.
    pub sends_empty_sign_in: bool,
    /// Whether plain HTTP is asked first, as for somebody who types a name, and at which port.
    pub plain_port: Option<u16>,
    /// Authorities to trust beside the well-known ones.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Where to connect to instead.
    pub detours: Vec<Detour>,
}

impl Terms {
    /// How much may come of one answer in all: its head and its body several times, for what they are packed in on the way.
    pub(super) const fn wire_octets_max(&self) -> usize {
        (self.head_octets_max.saturating_add(self.body_octets_max)).saturating_mul(4)
    }

    /// The bounds and manners of an audit that nobody has to explain to the site's owner.
    pub fn gentle(clock: fn() -> UnixTime) -> Self {
        Self {
            clock,
            timeout: Duration::from_secs(10),
            patience: Duration::from_mins(5),
            pause: Duration::from_millis(250),
            redirects_max: 10,
            head_octets_max: 256 * 1024,
            body_octets_max: 1024 * 1024,
            samples: 16,
            sends_empty_sign_in: false,
            plain_port: Some(80),
            authorities: Vec::new(),
            detours: Vec::new(),
        }
    }
}
