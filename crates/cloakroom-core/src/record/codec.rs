//! The versioned octets of a record: what a store keeps in a row's body.
//!
//! ```text
//! body = format, 1 octet (1 or 2)
//!      | flags, 1 octet (bit 0 signed in, 1 pending, 2 previous, 3 retired, 4 remembered, 5 agent,
//!      |                 6 pending before, 7 current is unused)
//!      | digest of the current secret, 32 octets | current since
//!      | [signed in]  method, 1 octet | authenticated at | proven at
//!      | [earlier proofs] count, 1 octet | count x (method, 1 octet | how long before proven at)
//!      | [pending]    digest, 32 octets | issued at
//!      | [pending before] digest, 32 octets
//!      | [previous]   digest, 32 octets | good until | suspicious from
//!      | [retired]    count, 1 octet | count x 8 octets
//!      | [agent]      length, varint | User-Agent
//!      | [fingerprint] length, 1 octet | fingerprint of the TLS handshake
//!      | slots, to the end
//! ```
//! Times are milliseconds since the row's `created_at`, as varints. A record is written in the oldest format that holds it, so that one
//! with nothing new in it stays readable for the version before, and takes no more room. Subject, address and the times of the row stand in
//! its columns. A format that this version does not know is undecodable: it ends the session, and never a request.

use smallvec::SmallVec;
use thiserror::Error;

use super::octets::{Reader, put_varint};
use super::{
    Authentication, Client, Method, Pending, Persistence, Previous, Proof, Proofs, Record, Slots, Tokens,
};
use crate::lifetime::Lifetime;
use crate::store::{Row, RowBody};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// The newest format that this version writes; it reads every format up to it.
pub const FORMAT: u8 = 2;
/// The first octet of a series: no format of a record, so that neither passes for the other.
pub(super) const SERIES: u8 = 0xfd;

mod flag {
    pub(super) const SIGNED_IN: u8 = 1;
    pub(super) const PENDING: u8 = 1 << 1;
    pub(super) const PREVIOUS: u8 = 1 << 2;
    pub(super) const RETIRED: u8 = 1 << 3;
    pub(super) const REMEMBERED: u8 = 1 << 4;
    pub(super) const AGENT: u8 = 1 << 5;
    pub(super) const PENDING_BEFORE: u8 = 1 << 6;
    pub(super) const UNUSED: u8 = 1 << 7;
}

/// The flags that came with format 2.
mod more {
    pub(super) const EARLIER: u8 = 1;
    pub(super) const FINGERPRINT: u8 = 1 << 1;
    pub(super) const ALL: u8 = EARLIER | FINGERPRINT;
}

/// A row that is no record of a format that this version reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Undecodable {
    /// It was written in a format that this version does not know.
    #[error("the record has format {0}, and this version reads formats up to {FORMAT}")]
    Format(u8),
    /// It is cut off or was not written by cloakroom.
    #[error("the record is damaged")]
    Damaged,
    /// It is a [`Series`](super::Series): a remembered browser, and no session.
    #[error("the row is that of a remembered browser")]
    Series,
}

impl Record {
    /// The row that a store keeps of this record.
    pub fn to_row(&self, lifetime: &Lifetime) -> Row {
        Row {
            subject: self.subject().cloned(),
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
            expires_at: self.expires_at(lifetime),
            address: self.client.address,
            body: Writer::new(self.created_at).record(self),
        }
    }

    /// Reads a row back. Boxed, since a record has several hundred octets and goes from hand to hand.
    ///
    /// # Errors
    /// [`Undecodable`], when the octets are no record. Never panics, and what it takes means the same when it is written
    /// again; it is no checksum, so a digest that was changed is another digest.
    pub fn from_row(row: &Row) -> Result<Box<Self>, Undecodable> {
        let mut record = Box::new(Self::blank(row.created_at));
        record.read(row)?;
        Ok(record)
    }

    /// Reads a row into a [`Record::blank`]; after an error the record is not to be used.
    pub(crate) fn read(&mut self, row: &Row) -> Result<(), Undecodable> {
        let mut reader = Reader::new(&row.body);
        match reader.octet() {
            Some(format @ 1..=FORMAT) => read_record(reader, format, row, self).ok_or(Undecodable::Damaged),
            Some(SERIES) => Err(Undecodable::Series),
            Some(format) => Err(Undecodable::Format(format)),
            None => Err(Undecodable::Damaged),
        }
    }
}

struct Writer {
    body: RowBody,
    created_at: Timestamp,
}

impl Writer {
    fn new(created_at: Timestamp) -> Self {
        Self { body: SmallVec::new(), created_at }
    }

    fn record(mut self, record: &Record) -> RowBody {
        let tokens = &record.tokens;
        let agent = record.client.agent.as_deref();
        let flags = [
            (flag::SIGNED_IN, record.authentication.is_some()),
            (flag::PENDING, tokens.pending.is_some()),
            (flag::PREVIOUS, tokens.previous.is_some()),
            (flag::RETIRED, !tokens.retired.is_empty()),
            (flag::REMEMBERED, record.persistence == Persistence::Remembered),
            (flag::AGENT, agent.is_some()),
            (flag::PENDING_BEFORE, tokens.pending_before.is_some()),
            (flag::UNUSED, tokens.current_is_unused),
        ];
        let earlier = record.authentication.as_ref().map_or(&[][..], |proof| proof.earlier.as_slice());
        let fingerprint = record.client.fingerprint.as_deref();
        let more = [(more::EARLIER, !earlier.is_empty()), (more::FINGERPRINT, fingerprint.is_some())];
        let sum =
            |flags: &[(u8, bool)]| flags.iter().filter(|(_, set)| *set).fold(0, |sum, (bit, _)| sum | bit);
        let (flags, more) = (sum(&flags), sum(&more));
        if more == 0 {
            self.body.extend_from_slice(&[1, flags]);
        } else {
            self.body.extend_from_slice(&[2, flags, more]);
        }
        self.body.extend_from_slice(tokens.current.as_octets());
        self.time(tokens.current_since);
        if let Some(proof) = &record.authentication {
            self.body.push(proof.method.code());
            self.time(proof.authenticated_at);
            self.time(proof.proven_at);
            self.earlier(earlier, proof.proven_at);
        }
        if let Some(pending) = &tokens.pending {
            self.body.extend_from_slice(pending.digest.as_octets());
            self.time(pending.issued_at);
        }
        if let Some(digest) = &tokens.pending_before {
            self.body.extend_from_slice(digest.as_octets());
        }
        if let Some(previous) = &tokens.previous {
            self.body.extend_from_slice(previous.digest.as_octets());
            self.time(previous.good_until);
            self.time(previous.suspicious_from);
        }
        if !tokens.retired.is_empty() {
            self.body.push(u8::try_from(tokens.retired.len()).expect("at most 16 digests are remembered"));
            tokens.retired.iter().for_each(|stub| self.body.extend_from_slice(stub));
        }
        if let Some(agent) = agent {
            put_varint(agent.len() as u64, |octet| self.body.push(octet));
            self.body.extend_from_slice(agent.as_bytes());
        }
        if let Some(fingerprint) = fingerprint {
            self.body.push(u8::try_from(fingerprint.len()).expect("a fingerprint has at most 64 octets"));
            self.body.extend_from_slice(fingerprint.as_bytes());
        }
        self.body.extend_from_slice(record.slots.as_octets());
        self.body
    }

    /// Proofs that may be older than the session: a first factor is proven before there is one.
    fn earlier(&mut self, proofs: &[Proof], proven_at: Timestamp) {
        if proofs.is_empty() {
            return;
        }
        self.body.push(u8::try_from(proofs.len()).expect("there is one proof a method"));
        for proof in proofs {
            self.body.push(proof.method.code());
            let before = proven_at.as_millis().saturating_sub(proof.at.as_millis());
            put_varint(before, |octet| self.body.push(octet));
        }
    }

    fn time(&mut self, at: Timestamp) {
        let millis = at.as_millis().saturating_sub(self.created_at.as_millis());
        put_varint(millis, |octet| self.body.push(octet));
    }
}

fn read_record(mut reader: Reader<'_>, format: u8, row: &Row, record: &mut Record) -> Option<()> {
    let flags = reader.octet()?;
    let has = |bit| flags & bit != 0;
    let more = if format == 1 { 0 } else { read_more(&mut reader)? };
    if more & more::EARLIER != 0 && row.subject.is_none() {
        return None;
    }
    if has(flag::SIGNED_IN) != row.subject.is_some() {
        return None;
    }
    let time = |reader: &mut Reader<'_>| {
        let millis = row.created_at.as_millis().checked_add(reader.varint()?)?;
        Some(Timestamp::from_millis(millis))
    };
    let digest = |reader: &mut Reader<'_>| reader.array().map(|octets| SecretDigest::from_octets(*octets));

    record.last_seen_at = row.last_seen_at;
    record.client.address = row.address;
    let tokens = &mut record.tokens;
    tokens.current = digest(&mut reader)?;
    tokens.current_since = time(&mut reader)?;
    tokens.current_is_unused = has(flag::UNUSED);
    if let Some(subject) = &row.subject {
        let mut proof = Authentication {
            subject: subject.clone(),
            method: Method::from_code(reader.octet()?)?,
            authenticated_at: time(&mut reader)?,
            proven_at: time(&mut reader)?,
            earlier: Proofs::default(),
        };
        if more & more::EARLIER != 0 {
            proof.earlier = read_earlier(&mut reader, &proof)?;
        }
        record.authentication = Some(proof);
    }
    if has(flag::PENDING) {
        tokens.pending = Some(Pending { digest: digest(&mut reader)?, issued_at: time(&mut reader)? });
    }
    if has(flag::PENDING_BEFORE) {
        tokens.pending_before = Some(digest(&mut reader)?);
    }
    if has(flag::PREVIOUS) {
        tokens.previous = Some(Previous {
            digest: digest(&mut reader)?,
            good_until: time(&mut reader)?,
            suspicious_from: time(&mut reader)?,
        });
    }
    if has(flag::RETIRED) {
        let count = usize::from(reader.octet()?);
        if count > Tokens::RETIRED_MAX {
            return None;
        }
        for _ in 0..count {
            tokens.retired.push(*reader.array()?);
        }
    }
    if has(flag::REMEMBERED) {
        record.persistence = Persistence::Remembered;
    }
    if has(flag::AGENT) {
        let len = usize::try_from(reader.varint()?).ok()?;
        record.client.agent = Some(std::str::from_utf8(reader.take(len)?).ok()?.into());
    }
    if more & more::FINGERPRINT != 0 {
        let len = usize::from(reader.octet()?);
        let fingerprint = std::str::from_utf8(reader.take(len)?).ok()?;
        if len > Client::FINGERPRINT_LEN_MAX {
            return None;
        }
        record.client.fingerprint = Some(fingerprint.into());
    }
    record.slots = Slots::from_octets(reader.rest())?;
    Some(())
}

/// The flags of format 2, of which at least one is set, since a record without any is written in format 1.
#[cold]
fn read_more(reader: &mut Reader<'_>) -> Option<u8> {
    reader.octet().filter(|more| *more != 0 && more & !more::ALL == 0)
}

#[cold]
fn read_earlier(reader: &mut Reader<'_>, last: &Authentication) -> Option<Proofs> {
    let count = usize::from(reader.octet()?);
    if !(1..=Proofs::MAX).contains(&count) {
        return None;
    }
    let mut proofs: Vec<Proof> = Vec::with_capacity(count);
    for _ in 0..count {
        let method = Method::from_code(reader.octet()?)?;
        let at = last.proven_at.as_millis().checked_sub(reader.varint()?)?;
        if method == last.method || proofs.iter().any(|proof| proof.method == method) {
            return None;
        }
        proofs.push(Proof { method, at: Timestamp::from_millis(at) });
    }
    Some(Proofs::new(proofs))
}
