//! Which sign-ins a revocation stops.

use std::collections::BTreeMap;

use cloakroom_core::Subject;
use cloakroom_core::store::Fence;

/// Counts the revocations of subjects and of everyone; a fence is the count at its moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revocations {
    so_far: u64,
    of_subject: BTreeMap<Subject, u64>,
    of_everyone: u64,
}

impl Revocations {
    pub(crate) const fn fence(&self) -> Fence {
        Fence::from_number(self.so_far)
    }

    /// Whether the subject, or everyone, was revoked after the fence was taken.
    pub(crate) fn stop(&self, subject: &Subject, fence: Fence) -> bool {
        self.stop_subject(subject, fence) || self.stop_everyone(fence)
    }

    pub(crate) fn stop_subject(&self, subject: &Subject, fence: Fence) -> bool {
        self.of_subject.get(subject).is_some_and(|count| *count > fence.number())
    }

    pub(crate) const fn stop_everyone(&self, fence: Fence) -> bool {
        self.of_everyone > fence.number()
    }

    pub(crate) fn count_subject(&mut self, subject: &Subject) {
        self.so_far += 1;
        self.of_subject.insert(subject.clone(), self.so_far);
    }

    pub(crate) const fn count_everyone(&mut self) {
        self.so_far += 1;
        self.of_everyone = self.so_far;
    }
}
