//! The session of a request, as a handler sees it.

use std::sync::Arc;

use cloakroom_core::machine::{
    Admit, Admitted, Answer, Call, Commit, Committed, Held, TokenChange, TokenSource, is_live,
};
use cloakroom_core::sealed::Terms;
use cloakroom_core::store::{Insert, Inserted, Revoked};
use cloakroom_core::{Authentication, Method, Record, SessionId, Slots, Subject, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::edit::Edit;
use crate::error::Error;
use crate::event::EventKind;
use crate::slot::{Slot, SlotError};
use crate::visit::{LostSession, Presented, State, View, Visit};

/// The session of this request, if it has one; a visitor's first written slot begins one.
///
/// Reading costs nothing more once the session has been looked up. Slot writes are recorded and committed once, before
/// the response head leaves; when another request wrote first they are made again on the newer record, and when the
/// session has been ended meanwhile they are lost ([`Error::Gone`]): signing out wins. Signing in and out, renewing and
/// reauthenticating are durable when their call returns.
///
/// A handle is cheap to clone and belongs to its request. Its asynchronous calls are made one after another.
#[derive(Clone)]
pub struct Session(pub(crate) Arc<Visit>);

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id())
            .field("presented", &self.presented())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// What the request's cookie turned out to be worth.
    pub fn presented(&self) -> Presented {
        self.0.read(|view| view.presented).unwrap_or(Presented::Absent)
    }

    /// The public handle; `None` when there is no session (any more).
    pub fn id(&self) -> Option<SessionId> {
        self.0.read(View::id).flatten()
    }

    /// Who is signed in, since when and how that is known; `None` for a visitor.
    pub fn authentication(&self) -> Option<Authentication> {
        self.0
            .read(|view| view.held.as_ref().and_then(|held| held.record.authentication().cloned()))
            .flatten()
    }

    /// Who is signed in; `None` for a visitor.
    pub fn subject(&self) -> Option<Subject> {
        self.0.read(|view| view.held.as_ref().and_then(|held| held.record.subject().cloned())).flatten()
    }

    /// When the session began; a sign-in begins another.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.0.read(|view| view.held.as_ref().map(|held| held.record.created_at())).flatten()
    }

    /// When the session ends if nothing more is sent, or lapses at this audience.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let rules = &self.0.engine.rules;
        self.0.read(|view| view.held.as_ref().map(|held| rules.expires_at(&held.record))).flatten()
    }

    /// The time by the clock that sessions are judged by.
    pub fn now(&self) -> Timestamp {
        self.0.engine.now()
    }

    /// The value of a slot, as this request sees it: its own writes included, committed or not.
    ///
    /// # Errors
    /// [`SlotError::Unreadable`] when the value is of another type.
    pub fn get<T: DeserializeOwned>(&self, slot: Slot<T>) -> Result<Option<T>, SlotError> {
        self.0.read(|view| view.slots().map_or(Ok(None), |slots| slot.read(slots))).unwrap_or(Ok(None))
    }

    /// Sets a slot.
    ///
    /// # Errors
    /// [`SlotError::TooLarge`] when the session would hold more than 64 KiB; nothing has changed then.
    pub fn set<T: Serialize>(&self, slot: Slot<T>, value: &T) -> Result<(), SlotError> {
        let (slot, octets) = (slot.untyped(), slot.encode(value)?);
        self.edit(Box::new(move |slots| slot.write(slots, &octets)))
    }

    /// Empties a slot.
    pub fn remove<T>(&self, slot: Slot<T>) {
        if self.id().is_none() && self.0.read(|view| view.working.is_none()).unwrap_or(true) {
            return; // A visitor without a session has nothing to remove, and begins none for it.
        }
        let name = slot.name();
        let removed = self.edit(Box::new(move |slots| {
            slots.remove(name);
            Ok(())
        }));
        debug_assert!(removed.is_ok(), "removing makes a session no larger");
    }

    /// Reads, changes and writes a slot in one atomic step: no other request's change is lost, and none is overwritten.
    ///
    /// The function runs now, and again on the newer value whenever another request wrote first; `None` is the empty
    /// slot. What [`Session::get`] shows after [`Session::commit`] is what was written.
    ///
    /// # Errors
    /// As [`Session::get`] and [`Session::set`].
    pub fn update<T>(
        &self,
        slot: Slot<T>,
        mut change: impl FnMut(Option<T>) -> Option<T> + Send + 'static,
    ) -> Result<(), SlotError>
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        self.edit(Box::new(move |slots| {
            if let Some(value) = change(slot.read(slots)?) {
                return slot.untyped().write(slots, &slot.encode(&value)?);
            }
            slots.remove(slot.name());
            Ok(())
        }))
    }

    pub(crate) fn edit(&self, mut edit: Edit) -> Result<(), SlotError> {
        let engine = &self.0.engine;
        let edited = self.0.change(|state| {
            let mut slots = state.view.slots().cloned().unwrap_or_default();
            edit(&mut slots)?;
            if let Some(sealing) = &engine.sealing {
                sealing.check_room(&slots, engine.client_recording.texts_len_max())?;
            }
            state.view.working = Some(Box::new(slots));
            state.edits.0.push(edit);
            Ok(())
        });
        edited.unwrap_or(Ok(()))
    }

    /// Writes what was changed, now instead of before the response head.
    ///
    /// # Errors
    /// [`Error::Gone`] when the session was ended meanwhile, [`Error::Lost`] when other requests wrote first every time,
    /// [`Error::Store`] when the store failed.
    pub async fn commit(&self) -> Result<(), Error> {
        self.write(Wish::Nothing).await
    }

    /// Gives the session a new token on demand; the old one is good until the new one is presented, and for the grace.
    ///
    /// When a renewal is under way already, nothing more happens: parallel requests converge on one token.
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub async fn renew(&self) -> Result<(), Error> {
        self.write(Wish::Renew).await
    }

    /// Notes that the user has just proved again who they are: a new token, and the old one is dead at once.
    ///
    /// The absolute timeout starts over. Call it after checking the proof.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`]; [`Error::TwoFactorsRequired`] under a [`Profile`](crate::assurance::Profile); otherwise as [`Session::commit`].
    ///
    /// Source: ASVS 5.0 7.2.4; NIST SP 800-63B-4 5.2.
    pub async fn reauthenticate(&self, method: Method) -> Result<(), Error> {
        self.signed_in()?;
        if self.0.engine.profile.is_some_and(|profile| !profile.accepts_reauthentication(method)) {
            return Err(Error::TwoFactorsRequired);
        }
        self.write(Wish::Replace(Some(method))).await?;
        self.report(EventKind::Reauthenticated, Some(method.as_str()));
        Ok(())
    }

    /// Notes that what this session may do has changed: a new token, and the old one is dead at once.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`]; otherwise as [`Session::commit`].
    ///
    /// Source: OWASP Session Management, "Renew the Session ID After Any Privilege Level Change".
    pub async fn privileges_changed(&self) -> Result<(), Error> {
        self.signed_in()?;
        self.write(Wish::Replace(None)).await?;
        self.report(EventKind::PrivilegesChanged, None);
        Ok(())
    }

    /// Signs out: the session is gone for good when this returns, and the response removes the cookie.
    ///
    /// # Errors
    /// [`Error::Gone`] when somebody else ended it meanwhile. [`Error::Store`] when the store failed: the cookie is
    /// removed all the same, this process accepts the token no more and ends the session once the store is back, but
    /// another process may accept it until then, so this is never reported as a success.
    ///
    /// Source: ASVS 5.0 7.4.1.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let engine = &self.0.engine;
        let held = self.0.read(|view| view.held.clone()).flatten();
        let Some(held) = held else {
            return if self.lost() == LostSession::No { Ok(()) } else { Err(Error::Gone) };
        };
        // First, so that nothing brings the session's browser back in between.
        if let Some(remembering) = &engine.remember
            && let Err(error) = Box::pin(remembering.forget(self)).await
        {
            let _ = self.end(&held, self.terms()).await;
            engine.doom(&held);
            self.0.change(State::sign_out);
            return Err(error);
        }
        match self.end(&held, self.terms()).await {
            Ok(Revoked::Done) => {
                self.0.change(State::sign_out);
                engine.report(&engine.event(EventKind::SignedOut).of(held.id).by(held.record.subject()));
                Ok(())
            }
            Ok(Revoked::Absent) => {
                self.0.change(State::lose);
                Err(Error::Gone)
            }
            Err(error) => {
                engine.doom(&held);
                self.0.change(State::sign_out);
                Err(error)
            }
        }
    }

    pub(crate) async fn end(&self, held: &Held, terms: Option<Terms>) -> Result<Revoked, Error> {
        let engine = &self.0.engine;
        if let Some(terms) = terms {
            return self.end_sealed(held, &terms).await;
        }
        match engine.ask(Call::Revoke(held.id)).await? {
            Answer::Revoked(revoked) => Ok(revoked),
            _ => unreachable!("a revocation is answered as one"),
        }
    }

    /// Whether the session is still live, asked of the store; for streams and sockets that outlast their request.
    ///
    /// Counts as no activity and changes nothing. A token that has been renewed since does not matter.
    ///
    /// # Errors
    /// [`Error::Store`] when the store failed; that says nothing about the session.
    pub async fn is_live(&self) -> Result<bool, Error> {
        let engine = &self.0.engine;
        let Some(id) = self.id() else { return Ok(false) };
        if let Some(terms) = self.terms() {
            return self.is_live_sealed(&terms).await;
        }
        let live = |answer| match answer {
            Answer::Loaded(Some(loaded)) | Answer::Near(loaded) => Record::from_row(&loaded.row)
                .is_ok_and(|record| is_live(&record, engine.now(), &engine.rules)),
            _ => false,
        };
        Ok(live(engine.ask(Call::Load(id)).await?)
            || engine.has_copies && live(engine.ask(Call::Reload(id)).await?))
    }

    /// Judges the session again on its row as it is now, where the store answers from copies: for what a session that was
    /// ended on another node a moment ago must not do.
    pub(crate) async fn confirm(&self) -> Result<(), Error> {
        let engine = &self.0.engine;
        let held = self.0.read(|view| view.held.clone()).flatten();
        let Some(held) = held.filter(|held| engine.has_copies && held.source != TokenSource::Given) else {
            return Ok(());
        };
        let mut admit =
            Admit::by_digest(held.id, held.presented, engine.rules).without_settling().from_no_copy();
        match engine.drive(&mut admit).await? {
            Admitted::Live(held) => self.0.change(|state| state.keep(held)),
            _ => self.0.change(State::lose),
        };
        Ok(())
    }

    /// Reports that somebody tried to sign in and did not succeed.
    pub fn sign_in_failed(&self, subject: Option<&Subject>, reason: &'static str) {
        let engine = &self.0.engine;
        engine.report(&engine.event(EventKind::SignInFailed).by(subject).because(reason));
    }

    pub(crate) fn lost(&self) -> LostSession {
        self.0.read(|view| view.lost).unwrap_or_default()
    }

    /// The subject, or why there is none.
    pub(crate) fn signed_in(&self) -> Result<Subject, Error> {
        match (self.subject(), self.lost()) {
            (Some(subject), _) => Ok(subject),
            (None, LostSession::SignedIn) => Err(Error::Gone),
            (None, _) => Err(Error::NotSignedIn),
        }
    }

    fn report(&self, kind: EventKind, reason: Option<&'static str>) {
        let engine = &self.0.engine;
        if let Some(held) = self.0.read(|view| view.held.clone()).flatten() {
            engine.report(&engine.event(kind).of(held.id).by(held.record.subject()).because_if(reason));
        }
    }

    /// Writes edits and, if wished, a new token, in one compare-and-swap.
    pub(crate) async fn write(&self, wish: Wish) -> Result<(), Error> {
        let engine = &self.0.engine;
        let Some((held, edits)) = self.0.change(State::take) else { return Ok(()) };
        let Some(held) = held else {
            return match (self.lost(), edits.0.is_empty()) {
                (LostSession::No, true) => Ok(()),
                (LostSession::No, false) => self.create(edits.0).await,
                _ => Err(Error::Gone),
            };
        };
        if let Some(terms) = self.terms() {
            return self.reseal(&terms, held, edits, wish).await;
        }
        if !matches!(wish, Wish::Nothing) {
            engine.check_is_sign_in()?;
        }
        let mut fresh = None;
        let change = match wish {
            Wish::Nothing => TokenChange::Keep,
            Wish::Renew => TokenChange::Renew(fresh.insert(engine.fresh_secret()?).digest()),
            Wish::Replace(method) => {
                TokenChange::Replace(fresh.insert(engine.fresh_secret()?).digest(), method)
            }
        };
        let mut commit = Commit::new(held, edits, change, engine.rules).from_client(self.rebinding());
        match engine.drive(&mut commit).await? {
            Committed::Done { held, token_given } => {
                let text = fresh.filter(|_| token_given).map(|fresh| fresh.into_text(held.id));
                if matches!(wish, Wish::Renew) && text.is_some() {
                    engine.report(&engine.event(EventKind::Renewed).of(held.id).by(held.record.subject()));
                }
                self.0.change(|state| match text {
                    Some(text) => state.issue(held, text, engine),
                    None => state.keep(held),
                });
                Ok(())
            }
            Committed::Gone => {
                self.0.change(State::lose);
                Err(Error::Gone)
            }
            Committed::Lost(_) => Err(Error::Lost),
            Committed::Refused(error) => Err(error.into()),
        }
    }

    /// Begins a visitor's session with what was written to it.
    async fn create(&self, edits: Vec<Edit>) -> Result<(), Error> {
        let engine = &self.0.engine;
        engine.check_is_sign_in()?;
        let unknown = self.0.read(|view| view.unknown).flatten();
        if unknown.is_some_and(|id| engine.superseded.contains(id, engine.now())) {
            return Err(Error::Gone);
        }
        let mut slots = Slots::default();
        for mut edit in edits {
            edit(&mut slots)?;
        }
        if slots.is_empty() {
            return Ok(());
        }
        let (id, fresh) = (engine.fresh_id()?, engine.fresh_secret()?);
        let record = Record::anonymous(&fresh, engine.now()).with_slots(slots);
        if engine.sealing.is_some() {
            return self.create_sealed(Held::created(id, record)).await;
        }
        let row = record.to_row(&engine.rules.lifetime);
        let insert = engine.store.insert(Insert { id, row: &row, replaces: None });
        match engine.in_time("insert", insert).await? {
            Inserted::Done => {}
            Inserted::Lost | Inserted::Gone => return Err(Error::Lost),
        }
        engine.report(&engine.event(EventKind::Created).of(id));
        let held = Held::created(id, record);
        self.0.change(|state| state.issue(held, fresh.into_text(id), engine));
        Ok(())
    }
}

/// What is to become of the token while slots are written.
#[derive(Clone, Copy)]
pub(crate) enum Wish {
    Nothing,
    Renew,
    Replace(Option<Method>),
}
