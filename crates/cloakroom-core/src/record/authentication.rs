//! Who is signed in, and by which proofs that is known.

use std::time::Duration;

use super::Method;
use crate::ids::Subject;
use crate::time::Timestamp;

/// Who is signed in, and since when and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authentication {
    /// Whose session it is.
    pub subject: Subject,
    /// How the user last proved who they are.
    pub method: Method,
    /// When the user signed in.
    pub authenticated_at: Timestamp,
    /// When the user last proved who they are; the absolute timeout counts from here.
    pub proven_at: Timestamp,
    /// The last proof by each other method, the latest last.
    pub earlier: Proofs,
}

/// The last proof by some method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How the user proved who they are.
    pub method: Method,
    /// When.
    pub at: Timestamp,
}

/// Proofs by different methods. Most sessions have none, which takes no allocation and is copied for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs(Option<Box<[Proof]>>);

impl Authentication {
    /// A sign-in by this method at this moment.
    pub fn new(subject: Subject, method: Method, at: Timestamp) -> Self {
        Self { subject, method, authenticated_at: at, proven_at: at, earlier: Proofs::default() }
    }

    /// The same after a first factor that was proven before.
    #[must_use]
    pub fn after(self, first: Proof) -> Self {
        let is_earlier = first.method != self.method && first.at <= self.proven_at;
        let earlier = if is_earlier { Proofs::new(vec![first]) } else { self.earlier };
        Self { earlier, ..self }
    }

    /// When the user last proved who they are by this method; `None` when they have not.
    ///
    /// A browser that was remembered has proved nothing, so [`Method::Remembered`] has no such time.
    pub fn proven_by(&self, method: Method) -> Option<Timestamp> {
        let mut proofs = self.proofs();
        proofs.find(|proof| proof.method == method).map(|proof| proof.at)
    }

    /// When the user last proved who they are; `None` when the browser was only remembered.
    pub fn last_proof_at(&self) -> Option<Timestamp> {
        self.proofs().next().map(|proof| proof.at)
    }

    /// Whether the user has proved who they are less than `window` ago.
    pub fn is_proven_within(&self, window: Duration, now: Timestamp) -> bool {
        self.last_proof_at().is_some_and(|at| now < at.after(window))
    }

    /// Whether two different factors are proven: by one method that takes both, or by two of different kinds.
    ///
    /// Source: NIST SP 800-63B-4 2.2.1, 3.1.
    pub fn has_two_factors(&self) -> bool {
        let mut kinds = self.proofs().map(|proof| proof.method.factors());
        kinds
            .try_fold(0, |all, kind| if all | kind == Method::BOTH { None } else { Some(all | kind) })
            .is_none()
    }

    /// All proofs, the latest first.
    pub fn proofs(&self) -> impl Iterator<Item = Proof> {
        let last = Proof { method: self.method, at: self.proven_at };
        let earlier = self.earlier.as_slice().iter().rev().copied();
        std::iter::once(last).chain(earlier).filter(|proof| proof.method != Method::Remembered)
    }

    /// Notes another proof.
    pub(crate) fn prove(&mut self, method: Method, now: Timestamp) {
        if method != self.method {
            let last = Proof { method: self.method, at: self.proven_at };
            let others = self.earlier.as_slice().iter().copied().chain([last]);
            // A clock that was set back must not make an earlier proof later than the last.
            let others = others.map(|proof| Proof { at: proof.at.min(now), ..proof });
            let kept = others.filter(|proof| proof.method != method && proof.method != Method::Remembered);
            self.earlier = Proofs::new(kept.collect());
        }
        self.method = method;
        self.proven_at = now;
    }
}

impl Proofs {
    /// The most proofs beside the last: one by each other method.
    pub(crate) const MAX: usize = Method::COUNT - 1;

    pub(crate) fn new(proofs: Vec<Proof>) -> Self {
        Self((!proofs.is_empty()).then(|| proofs.into()))
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The proofs, the latest last.
    pub fn as_slice(&self) -> &[Proof] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{minutes, seconds};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn by(method: Method) -> Authentication {
        Authentication::new(Subject::new("alice").unwrap(), method, at(100))
    }

    #[test]
    fn each_method_keeps_the_time_of_its_last_proof() {
        let mut alice = by(Method::Password);
        alice.prove(Method::OneTimeCode, at(200));
        alice.prove(Method::Password, at(300));
        alice.prove(Method::Passkey, at(400));
        assert_eq!(alice.proven_by(Method::Password), Some(at(300)));
        assert_eq!(alice.proven_by(Method::OneTimeCode), Some(at(200)));
        assert_eq!(alice.proven_by(Method::Passkey), Some(at(400)));
        assert_eq!(alice.proven_by(Method::Federated), None);
        assert_eq!((alice.proven_at, alice.authenticated_at), (at(400), at(100)));
        assert_eq!(alice.earlier.as_slice().len(), 2);
    }

    #[test]
    fn lif_12_a_remembered_browser_has_proved_nothing_and_a_proof_after_it_counts() {
        let mut alice = by(Method::Remembered);
        assert_eq!(alice.last_proof_at(), None);
        assert_eq!(alice.proven_by(Method::Remembered), None);
        assert!(!alice.is_proven_within(minutes(5), at(100)));
        alice.prove(Method::Password, at(200));
        assert!(alice.is_proven_within(minutes(5), at(499)));
        assert!(!alice.is_proven_within(minutes(5), at(500)));
        assert!(alice.earlier.is_empty());
    }

    #[test]
    fn two_factors_are_one_of_each_kind_and_never_twice_the_same() {
        for (methods, both) in [
            (&[Method::Passkey][..], true),
            (&[Method::PasswordAndSecondFactor], true),
            (&[Method::Password], false),
            (&[Method::Password, Method::OneTimeCode], true),
            (&[Method::RecoveryCode, Method::Password], true),
            (&[Method::OneTimeCode, Method::RecoveryCode], false),
            (&[Method::Password, Method::OneTimeLink], false),
            (&[Method::Password, Method::Federated, Method::Other], false),
        ] {
            let mut alice = by(methods[0]);
            methods[1..].iter().for_each(|method| alice.prove(*method, at(200)));
            assert_eq!(alice.has_two_factors(), both, "{methods:?}");
        }
    }

    #[test]
    fn a_first_factor_counts_from_when_it_was_proven() {
        let alice = by(Method::OneTimeCode).after(Proof { method: Method::Password, at: at(40) });
        assert!(alice.has_two_factors());
        assert_eq!(alice.proven_by(Method::Password), Some(at(40)));
        assert_eq!(alice.last_proof_at(), Some(at(100)));
        assert!(alice.is_proven_within(seconds(10), at(109)));
    }
}
