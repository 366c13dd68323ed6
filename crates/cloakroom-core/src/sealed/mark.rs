//! Marks: the rows by which sealed sessions end.

use sha2::{Digest as _, Sha256};
use smallvec::SmallVec;

use super::{Epoch, Epochs};
use crate::ids::{SessionId, Subject};
use crate::store::{Row, RowBody};
use crate::time::Timestamp;
use crate::token::{DigestStub, SecretDigest};

/// The first octet of a mark: no format of a record, so that neither passes for the other.
const FORMAT: u8 = 0xfe;

/// Where a mark is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkKey(SessionId);

/// What is marked of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionMark {
    /// It has ended.
    Ended,
    /// Only the value with this digest is good: a reauthentication has replaced those before it.
    Superseded(DigestStub),
}

/// What is marked of a subject, or of everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochMark {
    /// Values of other epochs are refused.
    pub epoch: Epoch,
    /// But for those of this session, in whose favour the others ended.
    pub spare: Option<SessionId>,
}

/// All marks that concern one value. A mark that cannot be read is refused like one that says no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Of its session.
    pub session: Option<SessionMark>,
    /// Of its subject.
    pub subject: Option<EpochMark>,
    /// Of everyone.
    pub everyone: Option<EpochMark>,
}

/// What marks leave of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Worth {
    /// It is good.
    Good,
    /// Its session goes on under a newer value.
    Superseded,
    /// Its session has ended.
    Ended,
}

impl MarkKey {
    /// Of everyone.
    pub const EVERYONE: Self = Self(SessionId::from_octets(*b"cloakroom: every"));

    /// Of this session.
    pub const fn of_session(id: SessionId) -> Self {
        // Another name than the session's own, should a store hold stored sessions too.
        let mut octets = *id.as_octets();
        octets[0] ^= 0xff;
        Self(SessionId::from_octets(octets))
    }

    /// Of this subject.
    pub fn of_subject(subject: &Subject) -> Self {
        let digest =
            Sha256::new_with_prefix(b"cloakroom: subject\0").chain_update(subject.as_str()).finalize();
        let mut octets = [0; SessionId::LEN];
        octets.copy_from_slice(&digest[..SessionId::LEN]);
        Self(SessionId::from_octets(octets))
    }

    /// The name of its row.
    pub const fn id(self) -> SessionId {
        self.0
    }
}

impl SessionMark {
    /// The mark that only the value of this digest is good.
    pub fn superseded_by(digest: &SecretDigest) -> Self {
        Self::Superseded(digest.stub())
    }

    /// Whether only the value of this digest is good.
    pub fn is_superseded_by(&self, digest: &SecretDigest) -> bool {
        *self == Self::superseded_by(digest)
    }

    /// The row of this mark, which is wanted until `until`.
    pub fn to_row(self, now: Timestamp, until: Timestamp) -> Row {
        match self {
            Self::Ended => row(&[], now, until),
            Self::Superseded(stub) => row(&stub, now, until),
        }
    }

    /// Reads a row back; one that cannot be read has ended its session.
    pub fn from_row(row: &Row) -> Self {
        match row.body.as_slice() {
            [FORMAT, stub @ ..] => stub.try_into().map_or(Self::Ended, Self::Superseded),
            _ => Self::Ended,
        }
    }
}

impl EpochMark {
    /// The row of this mark, which is wanted until `until`.
    pub fn to_row(self, now: Timestamp, until: Timestamp) -> Row {
        let mut octets: SmallVec<[u8; 24]> = SmallVec::from_slice(self.epoch.as_octets());
        if let Some(spare) = self.spare {
            octets.extend_from_slice(spare.as_octets());
        }
        row(&octets, now, until)
    }

    /// Reads a row back; one that cannot be read has an epoch that no value has.
    pub fn from_row(row: &Row) -> Self {
        const NOBODYS: EpochMark = EpochMark { epoch: Epoch::from_entropy([0xff; Epoch::LEN]), spare: None };
        let [FORMAT, octets @ ..] = row.body.as_slice() else { return NOBODYS };
        let Some((epoch, spare)) = octets.split_first_chunk() else { return NOBODYS };
        let spare = match spare {
            [] => None,
            spare => match spare.try_into() {
                Ok(spare) => Some(SessionId::from_octets(spare)),
                Err(_) => return NOBODYS,
            },
        };
        Self { epoch: Epoch::from_entropy(*epoch), spare }
    }

    fn refuses(&self, epoch: Epoch, id: SessionId) -> bool {
        self.epoch != epoch && self.spare != Some(id)
    }
}

impl Marks {
    /// The epochs under which a sign-in that begins now seals its value.
    pub fn epochs(&self) -> Epochs {
        let epoch = |mark: &Option<EpochMark>| mark.map_or(Epoch::FIRST, |mark| mark.epoch);
        Epochs { everyone: epoch(&self.everyone), subject: epoch(&self.subject) }
    }

    /// What they leave of the value of this session with this digest, sealed under these epochs.
    ///
    /// Where no mark is left of a subject or of everyone, every epoch is good: whatever it spoke of has expired.
    pub fn judge(&self, id: SessionId, digest: &SecretDigest, epochs: &Epochs) -> Worth {
        let refuses = |mark: &Option<EpochMark>, epoch| mark.is_some_and(|mark| mark.refuses(epoch, id));
        if refuses(&self.everyone, epochs.everyone) || refuses(&self.subject, epochs.subject) {
            return Worth::Ended;
        }
        match &self.session {
            None => Worth::Good,
            Some(SessionMark::Ended) => Worth::Ended,
            Some(mark) if mark.is_superseded_by(digest) => Worth::Good,
            Some(_) => Worth::Superseded,
        }
    }
}

fn row(octets: &[u8], now: Timestamp, until: Timestamp) -> Row {
    let mut body = RowBody::new();
    body.push(FORMAT);
    body.extend_from_slice(octets);
    Row { subject: None, created_at: now, last_seen_at: now, expires_at: until, address: None, body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use crate::token::FreshSecret;

    const ID: SessionId = SessionId::from_octets([1; SessionId::LEN]);
    const OTHER: SessionId = SessionId::from_octets([2; SessionId::LEN]);
    const NOW: Timestamp = Timestamp::from_millis(1_000);
    const LATER: Timestamp = Timestamp::from_millis(2_000);

    fn digest(octet: u8) -> SecretDigest {
        FreshSecret::from_entropy([octet; 32]).digest()
    }

    fn epoch(octet: u8) -> Epoch {
        Epoch::from_entropy([octet; Epoch::LEN])
    }

    #[test]
    fn a_mark_reads_back_and_is_no_record() {
        for mark in [SessionMark::Ended, SessionMark::superseded_by(&digest(1))] {
            let row = mark.to_row(NOW, LATER);
            assert_eq!((SessionMark::from_row(&row), row.expires_at), (mark, LATER));
            assert!(Record::from_row(&row).is_err());
        }
        for spare in [None, Some(ID)] {
            let mark = EpochMark { epoch: epoch(3), spare };
            assert_eq!(EpochMark::from_row(&mark.to_row(NOW, LATER)), mark);
        }
    }

    #[test]
    fn a_mark_that_cannot_be_read_refuses() {
        for body in [&[][..], &[1], &[FORMAT, 1, 2, 3], &[FORMAT; 12]] {
            let mut row = SessionMark::Ended.to_row(NOW, LATER);
            row.body = RowBody::from_slice(body);
            assert_eq!(SessionMark::from_row(&row), SessionMark::Ended, "{body:?}");
            let marks = Marks { everyone: Some(EpochMark::from_row(&row)), ..Marks::default() };
            assert_eq!(marks.judge(ID, &digest(1), &Epochs::FIRST), Worth::Ended, "{body:?}");
        }
    }

    #[test]
    fn behaviour_10_a_new_epoch_ends_every_value_but_that_of_the_spared_session() {
        let mark = EpochMark { epoch: epoch(3), spare: Some(ID) };
        let marks = Marks { subject: Some(mark), ..Marks::default() };
        assert_eq!(marks.judge(ID, &digest(1), &Epochs::FIRST), Worth::Good);
        assert_eq!(marks.judge(OTHER, &digest(1), &Epochs::FIRST), Worth::Ended);
        assert_eq!(marks.judge(OTHER, &digest(1), &marks.epochs()), Worth::Good, "it signed in afterwards");
        let again = Marks { subject: Some(EpochMark { epoch: epoch(4), spare: None }), ..Marks::default() };
        assert_eq!(again.judge(ID, &digest(1), &Epochs::FIRST), Worth::Ended);
    }

    #[test]
    fn rot_02_a_superseded_value_is_refused_and_the_newer_one_is_good() {
        let marks = Marks { session: Some(SessionMark::superseded_by(&digest(2))), ..Marks::default() };
        assert_eq!(marks.judge(ID, &digest(1), &Epochs::FIRST), Worth::Superseded);
        assert_eq!(marks.judge(ID, &digest(2), &Epochs::FIRST), Worth::Good);
    }

    #[test]
    fn keys_of_a_session_and_of_a_subject_are_their_own() {
        let alice = MarkKey::of_subject(&Subject::new("alice").unwrap());
        assert_ne!(alice, MarkKey::of_subject(&Subject::new("bob").unwrap()));
        assert_ne!(MarkKey::of_session(ID), MarkKey::of_session(OTHER));
        assert_ne!(MarkKey::of_session(ID).id(), ID);
    }
}
