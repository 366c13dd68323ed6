//! What a route asks of the user's proofs.

use std::ops::Deref;
use std::time::Duration;

use axum_core::extract::FromRequestParts;
use cloakroom_core::{Authentication, Method, Timestamp, seconds};
use http::request::Parts;

use crate::error::Rejection;
use crate::extract::SignedIn;

/// What a route asks of the proofs that the user has given: how recent, and of which kind.
///
/// A browser that was only remembered has proved nothing. A span that is over exactly is over.
///
/// Source: ASVS 5.0 7.5.1, 7.5.3; NIST SP 800-63B-4 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepUp {
    within: Duration,
    method: Option<Method>,
    factors: Factors,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Factors {
    Any,
    Two,
}

impl StepUp {
    /// A proof of any kind less than this long ago.
    pub const fn within(within: Duration) -> Self {
        Self { within, method: None, factors: Factors::Any }
    }

    /// The same, and the proof by this method.
    #[must_use]
    pub const fn by(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// The same, and two different factors proven in this session.
    #[must_use]
    pub const fn with_two_factors(self) -> Self {
        Self { factors: Factors::Two, ..self }
    }

    /// Whether these proofs meet it now.
    pub fn is_met_by(&self, authentication: &Authentication, now: Timestamp) -> bool {
        let at = match self.method {
            Some(method) => authentication.proven_by(method),
            None => authentication.last_proof_at(),
        };
        let factors = self.factors == Factors::Any || authentication.has_two_factors();
        factors && at.is_some_and(|at| now < at.after(self.within))
    }
}

impl SignedIn {
    /// Lets the user go on when their proofs meet this now.
    ///
    /// Where the store answers from copies, the session is looked up in the store itself. A session that is
    /// [bound](crate::client::Binding) to another place, and is to prove itself for that, meets nothing.
    ///
    /// # Errors
    /// [`Rejection::ReauthenticationRequired`]; [`Rejection::SignInRequired`] when the session has ended meanwhile;
    /// [`Rejection::Failed`] when the store failed.
    ///
    /// # Security
    /// What counts is in the session's record alone: nothing that a client sends is looked at.
    pub async fn require(&self, step_up: StepUp) -> Result<(), Rejection> {
        self.session().confirm().await?;
        let authentication = self.session().authentication().ok_or(Rejection::SignInRequired)?;
        let is_met = step_up.is_met_by(&authentication, self.session().now());
        if is_met && !self.session().has_moved() { Ok(()) } else { Err(Rejection::ReauthenticationRequired) }
    }
}

/// The session of a user who has proved who they are less than so many seconds ago; otherwise 403, or 401 when nobody is signed in.
///
/// ```
/// use cloakroom::assurance::ProvenWithin;
///
/// async fn delete_account(user: ProvenWithin<60>) -> String {
///     format!("farewell, {}", user.subject())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ProvenWithin<const SECONDS: u64>(SignedIn);

impl<const SECONDS: u64> Deref for ProvenWithin<SECONDS> {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

impl<const SECONDS: u64, S: Send + Sync> FromRequestParts<S> for ProvenWithin<SECONDS> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        signed_in.require(StepUp::within(seconds(SECONDS))).await?;
        Ok(Self(signed_in))
    }
}

#[cfg(test)]
mod tests {
    use cloakroom_core::{Subject, minutes};

    use super::*;

    #[test]
    fn a_step_up_asks_for_a_recent_proof_of_its_kind() {
        let now = Timestamp::from_millis(1_000_000_000);
        let alice = Authentication::new(Subject::new("alice").unwrap(), Method::Password, now);
        let recent = StepUp::within(minutes(5));
        assert!(recent.is_met_by(&alice, now.after(seconds(299))));
        assert!(!recent.is_met_by(&alice, now.after(seconds(300))));
        assert!(recent.by(Method::Password).is_met_by(&alice, now));
        assert!(!recent.by(Method::Passkey).is_met_by(&alice, now));
        assert!(!recent.with_two_factors().is_met_by(&alice, now));
        let passkey = Authentication::new(alice.subject, Method::Passkey, now);
        assert!(recent.with_two_factors().is_met_by(&passkey, now));
    }
}
