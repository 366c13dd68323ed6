//! Fences, and what a sign-in comes to.
//!
//! A revocation of a subject has to stop the sign-ins of that subject that have begun, on every node. So both lock a row of
//! `cloakroom_fences`, which also counts the revocations; a fence is that count when the sign-in began. A row for every
//! subject would grow without end and one row for all would make every sign-in wait for every other, so there are 1024.
//! Who was revoked lately stands in `cloakroom_revocations`, so that a revocation stops nobody else in its bucket.

use cloakroom_core::store::{Cap, Fence, Seen, SubjectInserted};
use cloakroom_core::{SessionId, Subject};

use super::trouble::Trouble;
use super::value::Columns;
use crate::cap::make_room;
use crate::columns::{BadColumn, number_column};

/// How many buckets there are, in every database; part of the schema.
pub(super) const BUCKETS: u32 = 1024;

/// The bucket of a subject: alike on every node and in every release.
///
/// FNV-1a: what counts is that it is spread and never changes. Whoever chooses subjects to share a bucket makes them wait
/// for each other at sign-in, and no more.
pub(super) fn bucket(subject: Option<&Subject>) -> u32 {
    let text = subject.map_or("", Subject::as_str);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let bucket = (hash ^ (hash >> 32)) % u64::from(BUCKETS);
    u32::try_from(bucket).expect("a bucket is below 1024")
}

/// What is known of a bucket's revocations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    number: i64,
    forgotten: i64,
}

impl Bucket {
    /// The bucket of an answer to [`FENCE`](super::statements::FENCE).
    pub(super) fn of_rows(rows: &[impl Columns]) -> Result<Self, Trouble> {
        let Some(row) = rows.first() else {
            return Err(BadColumn::new("bucket", "row of this bucket").into());
        };
        Ok(Self { number: row.number(0)?, forgotten: row.number(1)? })
    }

    /// The fence of a sign-in that begins now.
    pub(super) fn fence(self) -> Fence {
        Fence::from_number(u64::try_from(self.number).unwrap_or(0))
    }

    /// Whether a sign-in has been overtaken by a revocation of its subject, or by one that nobody remembers, or comes
    /// from the future of an older copy of the database.
    fn fences(self, fence: Fence, was_revoked: bool) -> bool {
        let began = number_column(fence.number());
        began < self.forgotten || began > self.number || (began < self.number && was_revoked)
    }
}

/// What a sign-in finds when it has its bucket to itself.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) bucket: Bucket,
    /// Whether its subject was revoked after it began, as far as is remembered.
    pub(super) was_revoked: bool,
    /// The version of the session to replace.
    pub(super) replaced: Option<i64>,
    /// The live sessions of the subject but the one to replace, the oldest first.
    pub(super) live: Vec<SessionId>,
}

impl Findings {
    /// The sessions to evict; or the answer to a sign-in that must not be.
    pub(super) fn judge(
        self,
        fence: Fence,
        replaces: Option<Seen>,
        cap: Option<Cap>,
    ) -> Result<Vec<SessionId>, SubjectInserted> {
        if self.bucket.fences(fence, self.was_revoked) {
            return Err(SubjectInserted::Fenced);
        }
        if let Some(seen) = replaces {
            match self.replaced {
                None => return Err(SubjectInserted::Gone),
                Some(version) if version != number_column(seen.version.number()) => {
                    return Err(SubjectInserted::Lost);
                }
                Some(_) => {}
            }
        }
        match cap {
            None => Ok(Vec::new()),
            Some(cap) => make_room(self.live, cap).ok_or(SubjectInserted::Full),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_of_a_subject_never_changes() {
        let subject = |text| Subject::new(text).unwrap();
        let buckets = ["alice", "bob", "\u{e9}"].map(|text| bucket(Some(&subject(text))));
        assert_eq!(buckets, [956, 589, 262]);
    }

    #[test]
    fn a_fence_holds_against_what_is_remembered_what_is_forgotten_and_what_cannot_be() {
        let bucket = Bucket { number: 10, forgotten: 5 };
        let fenced = |began, was_revoked| bucket.fences(Fence::from_number(began), was_revoked);
        assert!(!fenced(10, false), "nothing has happened since");
        assert!(!fenced(7, false), "others were revoked");
        assert!(fenced(7, true), "it was revoked");
        assert!(!fenced(5, false), "all that came after it is remembered");
        assert!(fenced(4, false), "nobody knows who was revoked then");
        assert!(fenced(11, false), "from the future");
    }
}
