//! Between two factors: a sign-in that is half done and no session of the user's.

use std::time::Duration;

use cloakroom_core::sealed::{Epoch, Epochs};
use cloakroom_core::store::Fence;
use cloakroom_core::{Method, Persistence, Proof, Subject, Timestamp, minutes};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::event::EventKind;
use crate::remember::SeriesWish;
use crate::session::{Session, Wish};
use crate::sign_in::{Began, SignInAttempt};
use crate::slot::Slot;

/// How long the second factor may take.
///
/// Source: the ten minutes of NIST SP 800-63B-4 3.1.3.2 for a code that was sent.
const PENDING_MAX: Duration = minutes(10);

/// Not carried over a sign-in, so that it is used once.
const SLOT: Slot<Kept> = Slot::new("_second_factor");

/// What a visitor's session keeps of a sign-in that is half done.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: String,
    first: u8,
    proven_at_ms: u64,
    remembered: bool,
    began: KeptBegan,
}

#[derive(Serialize, Deserialize)]
enum KeptBegan {
    Unfenced,
    At(u64),
    Under {
        everyone: [u8; Epoch::LEN],
        subject: [u8; Epoch::LEN],
    },
    /// The browser is to be remembered: with the moment as the store counts the revocations of its series.
    AtWithSeries {
        fence: u64,
        series: u64,
    },
}

impl SignInAttempt {
    /// Keeps the sign-in until the second factor is there: the first was proven by this method.
    ///
    /// The request's session, or a visitor's that begins here, gets a new token, and [`Session::second_factor`] finds the sign-in in it
    /// for ten minutes. The user is signed in nowhere meanwhile: no route takes this for a session of theirs, no list shows it, and a
    /// revocation of the subject ends it. Durable when this returns.
    ///
    /// ```
    /// # use cloakroom::{Error, Method, Session, Subject};
    /// async fn password(session: Session, alice: Subject) -> Result<(), Error> {
    ///     let attempt = session.begin_sign_in(alice).await?;
    ///     // the password is checked, and was right
    ///     attempt.second_factor_due(Method::Password).await
    /// }
    ///
    /// async fn code(session: Session) -> Result<(), Error> {
    ///     let pending = session.second_factor().ok_or(Error::NotSignedIn)?;
    ///     // the code is checked for pending.subject(), and was right
    ///     pending.finish(Method::OneTimeCode).await
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`Session::commit`].
    ///
    /// Source: WSTG-SESS-08; NIST SP 800-63B-4 5.1.
    pub async fn second_factor_due(self, first: Method) -> Result<(), Error> {
        let (session, kept) = self.kept(first);
        let subject = self.subject().clone();
        session.set(SLOT, &kept)?;
        // Who knew the token before may have planted it, and is not to come back for the second factor.
        session.write(Wish::Replace(None)).await?;
        let engine = &session.0.engine;
        engine.report(&engine.event(EventKind::SecondFactorDue).by(Some(&subject)).because(first.as_str()));
        Ok(())
    }

    fn kept(&self, first: Method) -> (Session, Kept) {
        let began = match self.began {
            Began::Unfenced => KeptBegan::Unfenced,
            Began::At(fence) => match self.series {
                SeriesWish::Wished(series) => {
                    KeptBegan::AtWithSeries { fence: fence.number(), series: series.number() }
                }
                SeriesWish::Off | SeriesWish::Possible(_) => KeptBegan::At(fence.number()),
            },
            Began::Under(Epochs { everyone, subject }) => {
                KeptBegan::Under { everyone: *everyone.as_octets(), subject: *subject.as_octets() }
            }
        };
        let kept = Kept {
            subject: self.subject.to_string(),
            first: first.code(),
            proven_at_ms: self.session.now().as_millis(),
            remembered: self.persistence == Persistence::Remembered,
            began,
        };
        (self.session.clone(), kept)
    }
}

/// A sign-in whose second factor is due; dropping it changes nothing.
#[derive(Debug)]
#[must_use = "a sign-in happens when it is finished"]
pub struct PendingSignIn {
    attempt: SignInAttempt,
    first: Proof,
}

impl Session {
    /// The sign-in that waits for its second factor, if there is one.
    pub fn second_factor(&self) -> Option<PendingSignIn> {
        // What another version of the program wrote is no sign-in of this one.
        let kept = self.get(SLOT).ok().flatten()?;
        let at = Timestamp::from_millis(kept.proven_at_ms);
        let first = Proof { method: Method::from_code(kept.first)?, at };
        if self.now() >= at.after(PENDING_MAX) {
            return None;
        }
        let series = match kept.began {
            KeptBegan::AtWithSeries { series, .. } => SeriesWish::Wished(Fence::from_number(series)),
            _ => SeriesWish::Off,
        };
        let began = match kept.began {
            KeptBegan::Unfenced => Began::Unfenced,
            KeptBegan::At(fence) | KeptBegan::AtWithSeries { fence, .. } => {
                Began::At(Fence::from_number(fence))
            }
            KeptBegan::Under { everyone, subject } => Began::Under(Epochs {
                everyone: Epoch::from_entropy(everyone),
                subject: Epoch::from_entropy(subject),
            }),
        };
        let attempt = SignInAttempt {
            session: self.clone(),
            subject: Subject::new(&kept.subject).ok()?,
            began,
            persistence: if kept.remembered { Persistence::Remembered } else { Persistence::Session },
            first: Some(first),
            series,
        };
        Some(PendingSignIn { attempt, first })
    }
}

impl PendingSignIn {
    /// Who is about to sign in.
    pub const fn subject(&self) -> &Subject {
        self.attempt.subject()
    }

    /// The first factor, and when it was proven.
    pub const fn first(&self) -> Proof {
        self.first
    }

    /// When it is too late for the second.
    pub const fn expires_at(&self) -> Timestamp {
        self.first.at.after(PENDING_MAX)
    }

    /// Signs the user in: a new session with a new token, and the one that kept this is ended in the same step. Call it after checking
    /// the second factor.
    ///
    /// # Errors
    /// As [`SignInAttempt::finish`]: [`Error::Gone`] also when this was finished or abandoned by another request, or the subject
    /// revoked since before the first factor was checked. [`Error::TwoFactorsRequired`] when the method is that of the first factor.
    pub async fn finish(self, second: Method) -> Result<(), Error> {
        if second == self.first.method {
            return Err(Error::TwoFactorsRequired);
        }
        if self.attempt.session.now() >= self.expires_at() {
            return Err(Error::Gone);
        }
        self.attempt.finish(second).await
    }

    /// Forgets the sign-in; one that another request is about to finish loses.
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub async fn abandon(self) -> Result<(), Error> {
        let session = self.attempt.session;
        session.remove(SLOT);
        session.write(Wish::Replace(None)).await
    }
}
