//! Marks on the sessions of another system that users move in with: each is good once.

use sha2::{Digest as _, Sha256};

use crate::ids::{SessionId, Subject};
use crate::lifetime::Lifetime;
use crate::record::Record;
use crate::store::Row;
use crate::time::Timestamp;
use crate::token::FreshSecret;

/// The name of a mark in the store of marks.
///
/// Names are made from digests, so that what an old system calls its sessions is not to be read in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovingMark(SessionId);

impl MovingMark {
    /// Nobody moves in any more.
    pub const EVERYONE: Self = Self(SessionId::from_octets(*b"cloakroom: moved"));

    /// The old cookie with this fingerprint has been used.
    pub fn of_cookie(fingerprint: &[u8; 32]) -> Self {
        Self::named(b"cloakroom: old cookie\0", fingerprint)
    }

    /// The old session that its system knows by this ID has been used, whichever of its cookies it came in.
    pub fn of_session(old_id: &[u8]) -> Self {
        Self::named(b"cloakroom: old session\0", old_id)
    }

    /// Nobody moves in as this subject any more.
    pub fn of_subject(subject: &Subject) -> Self {
        Self::named(b"cloakroom: moving subject\0", subject.as_str().as_bytes())
    }

    fn named(of: &[u8], name: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix(of).chain_update(name).finalize();
        let mut octets = [0; SessionId::LEN];
        octets.copy_from_slice(&digest[..SessionId::LEN]);
        Self(SessionId::from_octets(octets))
    }

    /// The name of its row.
    pub const fn id(self) -> SessionId {
        self.0
    }

    /// The row of a mark, which is wanted until `until`.
    ///
    /// # Security
    /// Whoever has an old cookie can work out the mark's name and claim it as a session. So the row is that of a visitor's
    /// session with a secret that nobody has: the claim is refused like any other, and the mark stays.
    pub fn row(fresh: &FreshSecret, now: Timestamp, until: Timestamp) -> Row {
        Row { expires_at: until, ..Record::anonymous(fresh, now).to_row(&Lifetime::default()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Judgement, Rules, judge};

    #[test]
    fn marks_of_different_things_never_meet() {
        let subject = Subject::new("alice").unwrap();
        let marks = [
            MovingMark::EVERYONE,
            MovingMark::of_cookie(&[b'a'; 32]),
            MovingMark::of_session(&[b'a'; 32]),
            MovingMark::of_session(b"alice"),
            MovingMark::of_subject(&subject),
        ];
        for (at, mark) in marks.iter().enumerate() {
            assert!(marks[at + 1..].iter().all(|other| other != mark), "{mark:?}");
        }
    }

    #[test]
    fn a_mark_reads_as_a_session_that_no_token_opens() {
        let (now, until) = (Timestamp::from_millis(1_000), Timestamp::from_millis(9_000_000));
        let row = MovingMark::row(&FreshSecret::from_entropy([1; 32]), now, until);
        assert_eq!((row.expires_at, &row.subject), (until, &None));
        let record = Record::from_row(&row).unwrap();
        let guess = FreshSecret::from_entropy([2; 32]).digest();
        assert_eq!(judge(&record, &guess, now, &Rules::default()), Judgement::Wrong);
    }
}
