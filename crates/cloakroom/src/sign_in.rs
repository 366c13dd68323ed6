//! A sign-in, from before the password is checked until it is done.

use cloakroom_core::machine::{IndexTerms, SignIn, SignInOutcome, SignInRequest};
use cloakroom_core::sealed::Epochs;
use cloakroom_core::store::Fence;
use cloakroom_core::{Method, Persistence, Proof, SeriesLink, Subject};

use crate::error::Error;
use crate::event::EventKind;
use crate::remember::SeriesWish;
use crate::sealed::SealedWrite;
use crate::session::Session;
use crate::visit::{LostSession, State};

impl Session {
    /// Begins to sign a user in, before their password is checked.
    ///
    /// A sign-in that begins here loses against every revocation of the subject that comes after, such as a password
    /// change while the old password is being checked. Nothing is written before [`SignInAttempt::finish`].
    ///
    /// # Errors
    /// [`Error::Store`] when the store failed, [`Error::NotTheSignIn`] at an [audience](crate::audience).
    pub async fn begin_sign_in(&self, subject: Subject) -> Result<SignInAttempt, Error> {
        SignInAttempt::begin(self.clone(), subject).await
    }

    /// Signs a user in: a new session with a new token; the one that the request came with is ended.
    ///
    /// Where checking the proof takes time, [`Session::begin_sign_in`] before it closes the gap between the check and
    /// this call.
    ///
    /// # Errors
    /// As [`SignInAttempt::finish`].
    ///
    /// Source: ASVS 5.0 7.2.4.
    pub async fn sign_in(&self, subject: Subject, method: Method) -> Result<(), Error> {
        self.begin_sign_in(subject).await?.finish(method).await
    }
}

/// A sign-in that has begun and written nothing; dropping it changes nothing.
///
/// Source: ASVS 5.0 7.2.4, 7.4.3.
#[must_use = "a sign-in happens when it is finished"]
#[derive(Debug)]
pub struct SignInAttempt {
    pub(crate) session: Session,
    pub(crate) subject: Subject,
    pub(crate) began: Began,
    pub(crate) persistence: Persistence,
    /// The first of two factors, when it was proven before.
    pub(crate) first: Option<Proof>,
    pub(crate) series: SeriesWish,
}

/// What a sign-in knew of its subject's revocations when it began.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Began {
    /// Nothing: the store counts none.
    Unfenced,
    At(Fence),
    Under(Epochs),
}

impl SignInAttempt {
    async fn begin(session: Session, subject: Subject) -> Result<Self, Error> {
        let engine = &session.0.engine;
        engine.check_is_sign_in()?;
        let began = match (&engine.sealing, &engine.index) {
            (Some(sealing), _) => Began::Under(SealedWrite { engine, sealing }.epochs(&subject).await?),
            (None, Some(index)) => Began::At(engine.in_time("fence", index.fence(&subject)).await?),
            (None, None) => Began::Unfenced,
        };
        let series = match &engine.remember {
            Some(remembering) => Box::pin(remembering.begin(engine, &subject)).await?,
            None => SeriesWish::Off,
        };
        Ok(Self { session, subject, began, persistence: Persistence::Session, first: None, series })
    }

    /// Lets the browser keep the cookie when it is closed, for as long as the absolute timeout and no longer.
    ///
    /// Changes no limit of the session. What outlives the session is [`SignInAttempt::remember_me`].
    pub fn remembered(self) -> Self {
        Self { persistence: Persistence::Remembered, ..self }
    }

    /// Remembers the user in this browser beyond the session: with a second cookie, as [`remember`](crate::remember) says.
    ///
    /// Without effect where [`Sessions::remember_me`](crate::Sessions::remember_me) is not set, and under a
    /// [`Profile`](crate::assurance::Profile). Ask the user, for whom it must be a choice on a computer that others use too.
    pub fn remember_me(self) -> Self {
        Self { series: self.series.made(), ..self }
    }

    /// Who is about to sign in.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Makes the session; it is durable when this returns. The one that the request came with is ended in the same step.
    ///
    /// Only slots marked [`kept_at_sign_in`](crate::Slot::kept_at_sign_in) cross, and none from another subject.
    ///
    /// # Errors
    /// [`Error::Gone`] when the session that the request came with was ended, or the subject revoked, after this
    /// sign-in began. [`Error::TwoFactorsRequired`] under a [`Profile`](crate::assurance::Profile). [`Error::TooManySessions`] when the cap refuses it. [`Error::Store`] when the store failed. No
    /// cookie is set in any of these cases.
    pub async fn finish(self, method: Method) -> Result<(), Error> {
        match self.session.0.engine.remember.clone() {
            Some(remembering) => Box::pin(remembering.sign_in(self, method)).await,
            None => self.establish(method, None).await,
        }
    }

    /// Whether it may go on, for all that is known without the store.
    pub(crate) fn check(&self, method: Method) -> Result<(), Error> {
        if self.session.lost() == LostSession::SignedIn {
            return Err(Error::Gone);
        }
        self.session.0.engine.check_sign_in(&self.subject, method, self.first)
    }

    /// Makes the session, of a browser that is remembered by this series if there is one.
    pub(crate) async fn establish(self, method: Method, series: Option<SeriesLink>) -> Result<(), Error> {
        self.check(method)?;
        let Self { session, subject, began, persistence, first, series: _ } = self;
        let engine = &session.0.engine;
        let (id, fresh) = (engine.fresh_id_of(&subject)?, engine.fresh_secret()?);
        let mut request = SignInRequest::new(subject.clone(), method, id, &fresh)
            .with_persistence(persistence)
            .with_client(session.0.client());
        if let Some(first) = first {
            request = request.after_first_factor(first);
        }
        if let Some(link) = series {
            request = request.with_series(link);
        }
        if let Began::At(fence) = began {
            request = request.with_index(IndexTerms { fence, cap: engine.cap });
        }
        let (held, edits) = session.0.change(State::take).unwrap_or_default();
        if let (Began::Under(epochs), Some(sealing)) = (began, &engine.sealing) {
            let terms = session.terms();
            let sealed = SealedWrite { engine, sealing };
            let signed_in = sealed.sign_in(held.zip(terms), edits, request, &subject, epochs).await;
            return session.sign_in_sealed(signed_in);
        }
        let mut sign_in = SignIn::new(held, edits, request, engine.rules);
        let outcome = engine.drive(&mut sign_in).await?;
        match outcome {
            SignInOutcome::Done { held, replaced, evicted } => {
                if let Some(replaced) = replaced {
                    engine.superseded.add(replaced, engine.now());
                }
                let event = engine.event(EventKind::SignedIn).of(id).by(held.record.subject());
                engine.report(&event.because(method.as_str()));
                for evicted in evicted {
                    engine.report(&engine.event(EventKind::Evicted).of(evicted).by(held.record.subject()));
                }
                session.0.change(|state| state.issue(held, fresh.into_text(id), engine));
                Ok(())
            }
            SignInOutcome::Gone => {
                session.0.change(State::lose);
                Err(Error::Gone)
            }
            SignInOutcome::Full => Err(Error::TooManySessions),
            SignInOutcome::Lost => Err(Error::Lost),
            SignInOutcome::Refused(error) => Err(error.into()),
        }
    }
}
