//! What a sealed cookie carries, in octets.
//!
//! ```text
//! payload = format, 1 octet (1) | session ID, 16 octets
//!         | epoch of everyone, 8 octets | epoch of the subject, 8 octets | secret of the session, 16 octets
//!         | created at | last seen at | ends at
//!         | length of the subject, varint | subject
//!         | length of the address, 1 octet (0, 4 or 16) | address
//!         | the record's body, to the end
//! ```
//! The first time is milliseconds since 1970 and the others milliseconds since that, as varints.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Epoch, Epochs};
use crate::ids::{SessionId, Subject};
use crate::lifetime::Lifetime;
use crate::record::octets::{Reader, put_varint};
use crate::record::{Record, Tokens};
use crate::store::{Row, RowBody};
use crate::time::Timestamp;

const FORMAT: u8 = 1;

/// A session as its cookie carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSession {
    /// The session.
    pub id: SessionId,
    /// What is known of it, as a store would keep it.
    pub row: Row,
    /// On which terms the value is good.
    pub terms: Terms,
}

/// On which terms a sealed value is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The epochs that it was sealed under.
    pub epochs: Epochs,
    /// A secret that the session has from its begin to its end, such as for the tokens of its forms.
    pub secret: SealedSecret,
    /// Its last moment, whatever becomes of the configured limits: the marks that end it are kept until after it.
    pub ends_at: Timestamp,
}

/// A secret that only the sealed value holds.
///
/// # Security
/// `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealedSecret([u8; Self::LEN]);

impl SealedSecret {
    /// Octets of a secret.
    pub const LEN: usize = 16;

    /// A secret of these octets, which come from the operating system's CSPRNG.
    pub const fn from_entropy(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    /// The octets.
    pub const fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

impl SealedSession {
    /// The payload of a session's value. Of its tokens only the current one counts, since the value itself is the token.
    pub fn encode(id: SessionId, record: &Record, terms: &Terms, lifetime: &Lifetime) -> Vec<u8> {
        let mut record = record.clone();
        record.tokens = Tokens::only(record.tokens.current, record.tokens.current_since);
        let row = record.to_row(lifetime);
        let mut payload = Vec::with_capacity(128 + row.body.len());
        payload.push(FORMAT);
        payload.extend_from_slice(id.as_octets());
        payload.extend_from_slice(terms.epochs.everyone.as_octets());
        payload.extend_from_slice(terms.epochs.subject.as_octets());
        payload.extend_from_slice(terms.secret.expose());
        let created_at = row.created_at.as_millis();
        let since = |at: Timestamp| at.as_millis().saturating_sub(created_at);
        let subject = row.subject.as_ref().map_or("", Subject::as_str);
        for number in [created_at, since(row.last_seen_at), since(terms.ends_at), subject.len() as u64] {
            put_varint(number, |octet| payload.push(octet));
        }
        payload.extend_from_slice(subject.as_bytes());
        match row.address {
            None => payload.push(0),
            Some(IpAddr::V4(address)) => {
                payload.push(4);
                payload.extend_from_slice(&address.octets());
            }
            Some(IpAddr::V6(address)) => {
                payload.push(16);
                payload.extend_from_slice(&address.octets());
            }
        }
        payload.extend_from_slice(&row.body);
        payload
    }

    /// Reads a payload back, but for the record in its row; `None` when it is of a format that this version does not know.
    pub fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(payload);
        if reader.octet()? != FORMAT {
            return None;
        }
        let id = SessionId::from_octets(*reader.array()?);
        let mut epoch = || Some(Epoch::from_entropy(*reader.array()?));
        let epochs = Epochs { everyone: epoch()?, subject: epoch()? };
        let secret = SealedSecret::from_entropy(*reader.array()?);
        let created_at = Timestamp::from_millis(reader.varint()?);
        let mut time = || {
            let millis = created_at.as_millis().checked_add(reader.varint()?)?;
            Some(Timestamp::from_millis(millis))
        };
        let (last_seen_at, ends_at) = (time()?, time()?);
        let len = usize::try_from(reader.varint()?).ok()?;
        let subject = match std::str::from_utf8(reader.take(len)?).ok()? {
            "" => None,
            subject => Some(Subject::new(subject).ok()?),
        };
        let address = match reader.octet()? {
            0 => None,
            4 => Some(IpAddr::V4(Ipv4Addr::from(*reader.array::<4>()?))),
            16 => Some(IpAddr::V6(Ipv6Addr::from(*reader.array::<16>()?))),
            _ => return None,
        };
        let body = RowBody::from_slice(reader.rest());
        let row = Row { subject, created_at, last_seen_at, expires_at: ends_at, address, body };
        Some(Self { id, row, terms: Terms { epochs, secret, ends_at } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Client, KeptAtSignIn, Method, Slots};
    use crate::time::hours;
    use crate::token::FreshSecret;

    const ID: SessionId = SessionId::from_octets([1; SessionId::LEN]);
    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn terms() -> Terms {
        let epoch = |octet| Epoch::from_entropy([octet; Epoch::LEN]);
        let epochs = Epochs { everyone: epoch(1), subject: epoch(2) };
        Terms {
            epochs,
            secret: SealedSecret::from_entropy([7; SealedSecret::LEN]),
            ends_at: NOW.after(hours(12)),
        }
    }

    fn record() -> Record {
        let mut slots = Slots::default();
        slots.set("cart", b"apples", KeptAtSignIn::Yes).unwrap();
        let alice = Subject::new("alice").unwrap();
        Record::authenticated(alice, Method::Password, &FreshSecret::from_entropy([3; 32]), NOW)
            .with_slots(slots)
    }

    #[test]
    fn a_session_reads_back_from_its_payload() {
        let visitor = Record::anonymous(&FreshSecret::from_entropy([4; 32]), NOW);
        let addresses = [None, Some("192.0.2.7"), Some("2001:db8::7")];
        for record in [record(), visitor] {
            for address in addresses {
                let address = address.map(|address| address.parse().unwrap());
                let record = record.clone().with_client(Client::new(address, Some("Browser/1")));
                let payload = SealedSession::encode(ID, &record, &terms(), &Lifetime::default());
                let read = SealedSession::decode(&payload).unwrap();
                assert_eq!((read.id, read.terms), (ID, terms()));
                assert_eq!(*Record::from_row(&read.row).unwrap(), record);
            }
        }
    }

    #[test]
    fn a_payload_that_is_cut_off_or_of_another_format_is_none_and_never_panics() {
        let payload = SealedSession::encode(ID, &record(), &terms(), &Lifetime::default());
        for cut in 0..payload.len() {
            let read =
                SealedSession::decode(&payload[..cut]).and_then(|read| Record::from_row(&read.row).ok());
            assert!(read.is_none_or(|record| record.slots().is_empty()), "{cut}");
        }
        let mut other = payload.clone();
        other[0] = 2;
        assert_eq!(SealedSession::decode(&other), None);
    }

    #[test]
    fn tokens_of_the_past_are_not_carried() {
        let (before, mut record) = (record(), record());
        record.renew(FreshSecret::from_entropy([5; 32]).digest(), NOW);
        let with = SealedSession::encode(ID, &record, &terms(), &Lifetime::default());
        let without = SealedSession::encode(ID, &before, &terms(), &Lifetime::default());
        assert_eq!(with.len(), without.len());
    }
}
