//! What is not known for as long as a write is under way, and for ever when its answer is lost.

use cloakroom_core::store::{CapPolicy, Insert, SubjectInsert, Touch};
use cloakroom_core::{SessionId, Subject};

use super::copies::Copies;

/// A write that is under way: what it is about is forgotten when it begins, and again when it ends, in whichever way.
///
/// Whoever looks before the end may load the row as it was, so what they load leaves no copy. A call that failed or was
/// dropped may have had its effect.
#[must_use]
pub(super) struct Doubt<'a> {
    copies: &'a Copies,
    ids: [Option<SessionId>; 2],
    subject: Option<&'a Subject>,
    everyone: bool,
    /// Dropped last, after all has been forgotten; a touch ends nothing and has none.
    #[expect(dead_code, reason = "it is only dropped")]
    under_way: Option<EndUnderWay<'a>>,
}

/// A write that may end a session and is not answered yet.
struct EndUnderWay<'a>(&'a Copies);

impl<'a> EndUnderWay<'a> {
    fn begin(copies: &'a Copies) -> Self {
        copies.begin_end();
        Self(copies)
    }
}

impl Drop for EndUnderWay<'_> {
    fn drop(&mut self) {
        self.0.end_end();
    }
}

impl<'a> Doubt<'a> {
    /// A write of these sessions.
    pub(super) fn about(copies: &'a Copies, ids: [Option<SessionId>; 2]) -> Self {
        let doubt = Self::of(copies, ids, None, false);
        ids.into_iter().flatten().for_each(|id| copies.forget(id));
        doubt
    }

    /// An insert: of a session that was absent so far, and perhaps the end of another.
    pub(super) fn about_insert(copies: &'a Copies, insert: Insert<'_>) -> Self {
        Self::about(copies, [Some(insert.id), insert.replaces.map(|seen| seen.id)])
    }

    /// An insert that may end any session of its subject.
    pub(super) fn about_subject_insert(copies: &'a Copies, insert: SubjectInsert<'a>) -> Self {
        let evicts = insert.cap.is_some_and(|cap| cap.policy == CapPolicy::EvictOldest);
        let mut doubt = Self::about_insert(copies, insert.insert);
        doubt.subject = insert.insert.row.subject.as_ref().filter(|_| evicts);
        doubt
    }

    /// A touch. What it is about is not forgotten at first: the copy says the same before it and after.
    pub(super) fn about_touch(copies: &'a Copies, id: SessionId) -> Self {
        Self { copies, ids: [Some(id), None], subject: None, everyone: false, under_way: None }
    }

    /// The end of any session of a subject. Nothing is forgotten at first: no answer says yet that one has ended, and to look
    /// for them means to walk over all copies.
    pub(super) fn about_subject(copies: &'a Copies, subject: &'a Subject) -> Self {
        Self::of(copies, [None; 2], Some(subject), false)
    }

    /// The end of any session.
    pub(super) fn about_everyone(copies: &'a Copies) -> Self {
        let doubt = Self::of(copies, [None; 2], None, true);
        copies.forget_all();
        doubt
    }

    fn of(
        copies: &'a Copies,
        ids: [Option<SessionId>; 2],
        subject: Option<&'a Subject>,
        everyone: bool,
    ) -> Self {
        Self { copies, ids, subject, everyone, under_way: Some(EndUnderWay::begin(copies)) }
    }

    /// The touch is done: copies are touched like the row, and a touching workload reads from memory too.
    pub(super) fn settle_touch(mut self, touch: Touch) {
        if let [Some(id), _] = self.ids {
            self.copies.touch(id, touch);
        }
        self.ids = [None; 2];
    }

    /// The sessions of the subject that this write has ended are known.
    ///
    /// Another write that is still under way may have ended others before, which were not there any more for this one to end: then
    /// all of the subject's are forgotten.
    pub(super) fn settle_subject(mut self, ended: &[SessionId]) {
        if self.copies.ends_under_way() > 1 {
            return;
        }
        for id in ended {
            self.copies.forget(*id);
        }
        self.subject = None;
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.ids.into_iter().flatten().for_each(|id| self.copies.forget(id));
        if let Some(subject) = self.subject {
            self.copies.forget_subject(subject);
        }
        if self.everyone {
            self.copies.forget_all();
        }
    }
}
