//! Changing a sealed session: every change gives the cookie another value, once it is certain that the session has not ended.

use cloakroom_core::machine::{
    Answer, Call, Commit, Committed, Held, Operation, SignIn, SignInOutcome, SignInRequest, Step, TokenChange,
};
use cloakroom_core::sealed::{Epochs, SealedSecret, Terms, Worth};
use cloakroom_core::store::{Revoked, SubjectInserted, Swap, Touched};
use cloakroom_core::{Client, SessionId, Subject};

use super::marks::{Marked, Revocations};
use super::{SealedText, Sealing};
use crate::edit::SlotEdits;
use crate::engine::Engine;
use crate::error::Error;

/// A change of a sealed session.
#[derive(Clone, Copy)]
pub(crate) struct SealedWrite<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) sealing: &'a Sealing,
}

/// A session with the value that its cookie is to have.
pub(crate) struct Resealed {
    pub(crate) held: Held,
    pub(crate) text: SealedText,
    pub(crate) terms: Terms,
}

impl SealedWrite<'_> {
    /// Writes slots and, when there is a fresh secret, lets only the new value be good.
    ///
    /// `None` when there is nothing to write, and nothing is to be sent again.
    pub(crate) async fn commit(
        self,
        held: Held,
        terms: &Terms,
        edits: SlotEdits,
        change: TokenChange,
        resend: bool,
        client: Option<Client>,
    ) -> Result<Option<Resealed>, Error> {
        let is_edited = !edits.0.is_empty();
        let replaces = matches!(change, TokenChange::Replace(..));
        let before = held.clone();
        let held = if is_edited || replaces {
            let mut commit = Commit::new(held, edits, change, self.engine.rules).from_client(client);
            match self.drive(&mut commit) {
                Committed::Done { held, .. } => held,
                Committed::Gone => return Err(Error::Gone),
                Committed::Lost(_) => return Err(Error::Lost),
                Committed::Refused(error) => return Err(error.into()),
            }
        } else if resend {
            held
        } else {
            return Ok(None);
        };
        // Sealed before the marks are written: what does not fit changes nothing.
        let (text, terms_after) = self.seal(&held, terms.epochs, terms.secret)?;
        let ends_at = Some(terms.ends_at.max(terms_after.ends_at));
        let marks = Revocations(self.engine);
        let is_good = if replaces && marks.is_revocable() {
            self.worth(&before, terms).await? == Worth::Good
                && marks.supersede(&before, held.presented, ends_at).await? == Marked::Done
        } else {
            self.worth(&before, terms).await? == Worth::Good
        };
        if is_good { Ok(Some(Resealed { held, text, terms: terms_after })) } else { Err(Error::Gone) }
    }

    /// Begins a session, and ends the one that it replaces.
    pub(crate) async fn sign_in(
        self,
        held: Option<(Held, Terms)>,
        edits: SlotEdits,
        request: SignInRequest,
        subject: &Subject,
        epochs: Epochs,
    ) -> Result<Resealed, Error> {
        let before = held.clone();
        let mut sign_in = SignIn::new(held.map(|(held, _)| held), edits, request, self.engine.rules);
        let mut step = sign_in.begin(self.engine.now());
        let outcome = loop {
            match step {
                Step::Done(outcome) => break outcome,
                Step::Ask(Call::Insert { id, replaces, .. }) => {
                    let replaced = match before.as_ref().filter(|_| replaces.is_some()) {
                        Some((held, terms)) => self.end_replaced(held, terms).await?,
                        None => Marked::Done,
                    };
                    let inserted = match replaced {
                        Marked::Gone => SubjectInserted::Gone,
                        Marked::Done if self.epochs_of(id, subject).await? == epochs => {
                            SubjectInserted::Done { evicted: Vec::new() }
                        }
                        Marked::Done => SubjectInserted::Fenced,
                    };
                    step = sign_in.resume(Answer::Inserted(inserted), self.engine.now());
                }
                Step::Ask(_) => unreachable!("a sign-in that never loses a swap only inserts"),
            }
        };
        match outcome {
            SignInOutcome::Done { held, replaced, .. } => {
                if let Some(replaced) = replaced {
                    self.engine.superseded.add(replaced, self.engine.now());
                }
                let (text, terms) = self.seal(&held, epochs, self.fresh_secret()?)?;
                Ok(Resealed { held, text, terms })
            }
            SignInOutcome::Gone | SignInOutcome::Full => Err(Error::Gone),
            SignInOutcome::Lost => Err(Error::Lost),
            SignInOutcome::Refused(error) => Err(error.into()),
        }
    }

    /// The value of a session that begins now without a subject.
    pub(crate) async fn create(self, held: Held) -> Result<Resealed, Error> {
        let marks = Revocations(self.engine).marks(held.id, None).await?;
        let (text, terms) = self.seal(&held, marks.epochs(), self.fresh_secret()?)?;
        Ok(Resealed { held, text, terms })
    }

    fn seal(self, held: &Held, epochs: Epochs, secret: SealedSecret) -> Result<(SealedText, Terms), Error> {
        let (lifetime, now) = (&self.engine.rules.lifetime, self.engine.now());
        self.sealing.seal(held, epochs, secret, lifetime, now, &*self.engine.entropy)
    }

    fn fresh_secret(self) -> Result<SealedSecret, Error> {
        let mut octets = [0; SealedSecret::LEN];
        self.engine.entropy.fill(&mut octets)?;
        Ok(SealedSecret::from_entropy(octets))
    }

    /// Ends a session for good.
    pub(crate) async fn sign_out(self, held: &Held, terms: &Terms) -> Result<Revoked, Error> {
        if !self.sealing.is_revocable() {
            return Ok(Revoked::Done);
        }
        Ok(match Revocations(self.engine).end(held.id, Some(terms.ends_at)).await? {
            Marked::Done if self.worth_of_epochs(held, terms).await? != Worth::Good => Revoked::Absent,
            Marked::Done => Revoked::Done,
            Marked::Gone => Revoked::Absent,
        })
    }

    /// Ends the session that a sign-in replaces, unless it has ended before.
    async fn end_replaced(self, held: &Held, terms: &Terms) -> Result<Marked, Error> {
        if !self.sealing.is_revocable() {
            return Ok(Marked::Done);
        }
        if self.worth(held, terms).await? != Worth::Good {
            return Ok(Marked::Gone);
        }
        Revocations(self.engine).end_held(held, Some(terms.ends_at)).await
    }

    /// The epochs under which a sign-in begins.
    pub(crate) async fn epochs(self, subject: &Subject) -> Result<Epochs, Error> {
        self.epochs_of(self.engine.fresh_id()?, subject).await
    }

    /// What the marks leave of a value now.
    pub(crate) async fn worth(self, held: &Held, terms: &Terms) -> Result<Worth, Error> {
        let marks = Revocations(self.engine).marks(held.id, held.record.subject()).await?;
        Ok(marks.judge(held.id, &held.presented, &terms.epochs))
    }

    /// The same but for the marks of the session itself.
    async fn worth_of_epochs(self, held: &Held, terms: &Terms) -> Result<Worth, Error> {
        let mut marks = Revocations(self.engine).marks(held.id, held.record.subject()).await?;
        marks.session = None;
        Ok(marks.judge(held.id, &held.presented, &terms.epochs))
    }

    async fn epochs_of(self, id: SessionId, subject: &Subject) -> Result<Epochs, Error> {
        Ok(Revocations(self.engine).marks(id, Some(subject)).await?.epochs())
    }

    /// Makes a change on the record that the request holds; there is no other that could have been written meanwhile.
    fn drive<O: Operation>(self, operation: &mut O) -> O::Outcome {
        let now = self.engine.now();
        let mut step = operation.begin(now);
        loop {
            step = match step {
                Step::Done(outcome) => return outcome,
                Step::Ask(Call::Replace { seen, .. }) => {
                    operation.resume(Answer::Swapped(Swap::Done(seen.next())), now)
                }
                Step::Ask(_) => operation.resume(Answer::Touched(Touched::Done), now),
            };
        }
    }
}
