//! What a history says of each session.

use std::collections::BTreeMap;

use cloakroom_core::store::{CapPolicy, Inserted, Revoked, Swap, Touched};
use cloakroom_core::{SessionId, Subject};

use super::history::History;
use crate::storm::event::{Call, Event, Mark, Moment, NewSession, Outcome, Sighting};

/// One session, by the numbers of the events that have to do with it.
pub(super) struct Life {
    pub(super) id: SessionId,
    pub(super) subject: Option<Subject>,
    pub(super) mark: Mark,
    /// The call that was to create it.
    pub(super) creation: usize,
    /// When it was known to exist, and that for good.
    pub(super) exists_from: Option<Moment>,
    /// Whether the creation was refused, so that it never was.
    pub(super) was_refused: bool,
    /// Calls in whose course it was there.
    pub(super) presences: Vec<usize>,
    /// Calls at whose end it was gone, if it ever was there.
    pub(super) absences: Vec<usize>,
    /// Calls that ended it, of whichever kind.
    pub(super) ends: Vec<usize>,
    /// Calls that may have ended it, those included that did.
    pub(super) perils: Vec<usize>,
    /// Rows that were seen.
    pub(super) sightings: Vec<(usize, Sighting)>,
    /// Attempts to write it, the creation not included.
    pub(super) writes: Vec<usize>,
    pub(super) touches: Vec<usize>,
    /// The end of the first call that found it gone after it had been there, and gone for good.
    pub(super) gone_by: Option<(Moment, usize)>,
    /// The same of any call.
    pub(super) missed_by: Option<(Moment, usize)>,
    /// The begin of the first call that may have ended it.
    pub(super) in_peril_from: Moment,
}

impl Life {
    fn new(at: usize, new: &NewSession) -> Self {
        Self {
            id: new.id,
            subject: new.subject.clone(),
            mark: new.mark,
            creation: at,
            exists_from: None,
            was_refused: false,
            presences: Vec::new(),
            absences: Vec::new(),
            ends: Vec::new(),
            perils: Vec::new(),
            sightings: Vec::new(),
            writes: Vec::new(),
            touches: Vec::new(),
            gone_by: None,
            missed_by: None,
            in_peril_from: Moment::MAX,
        }
    }

    /// What follows from all that was noted.
    fn conclude(&mut self, history: &History) {
        let events = &history.events;
        self.in_peril_from = self.perils.iter().map(|at| events[*at].began).min().unwrap_or(Moment::MAX);
        let tells = |at: &&usize| {
            self.exists_from.is_some_and(|from| from < events[**at].began) || self.ends.contains(at)
        };
        let ended = |at: &usize| (events[*at].ended, *at);
        self.missed_by = self.absences.iter().filter(tells).map(ended).min();
        let lasts = |at: &&usize| history.lasts(&events[**at]);
        self.gone_by = self.absences.iter().filter(lasts).filter(tells).map(ended).min();
    }

    fn is_seen(&mut self, at: usize, history: &History) {
        self.presences.push(at);
        self.exists(at, history);
    }

    fn exists(&mut self, at: usize, history: &History) {
        let event = &history.events[at];
        if history.lasts(event) {
            self.exists_from = Some(self.exists_from.unwrap_or(Moment::MAX).min(event.ended));
        }
    }

    fn ends(&mut self, at: usize, history: &History) {
        self.is_seen(at, history);
        self.ends.push(at);
        self.absences.push(at);
        self.perils.push(at);
    }
}

/// The lives of all sessions that anybody tried to begin.
pub(super) fn lives(history: &History) -> BTreeMap<SessionId, Life> {
    let events = &history.events;
    let mut lives = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Call::Insert(new) | Call::SignIn(new, _) = &event.call {
            lives.insert(new.id, Life::new(at, new));
        }
    }
    for (at, event) in events.iter().enumerate() {
        note(&mut lives, at, event, history);
    }
    for life in lives.values_mut() {
        life.conclude(history);
    }
    lives
}

fn note(lives: &mut BTreeMap<SessionId, Life>, at: usize, event: &Event, history: &History) {
    match &event.call {
        Call::Load(id) | Call::LoadNow(id) => {
            let Some(life) = lives.get_mut(id) else { return };
            match event.outcome {
                Outcome::Loaded(Some(seen)) => {
                    life.is_seen(at, history);
                    life.sightings.push((at, seen));
                }
                Outcome::Loaded(None) => life.absences.push(at),
                _ => {}
            }
        }
        Call::Insert(new) | Call::SignIn(new, _) => note_insert(lives, at, history, new),
        Call::Replace { id, .. } => {
            let Some(life) = lives.get_mut(id) else { return };
            life.writes.push(at);
            match event.outcome {
                Outcome::Swapped(Swap::Done(_) | Swap::Lost) => life.is_seen(at, history),
                Outcome::Swapped(Swap::Gone) => life.absences.push(at),
                _ => {}
            }
        }
        Call::Touch(id, _) => {
            let Some(life) = lives.get_mut(id) else { return };
            life.touches.push(at);
            match event.outcome {
                Outcome::Touched(Touched::Done) => life.is_seen(at, history),
                Outcome::Touched(Touched::Gone) => life.absences.push(at),
                _ => {}
            }
        }
        Call::Revoke(id) => {
            let Some(life) = lives.get_mut(id) else { return };
            match event.outcome {
                Outcome::Revoked(Revoked::Done) => life.ends(at, history),
                Outcome::Revoked(Revoked::Absent) => life.absences.push(at),
                _ => life.perils.push(at),
            }
        }
        Call::List(_) => {
            let Outcome::Listed(rows) = &event.outcome else { return };
            for (id, _, seen) in rows {
                if let Some(life) = lives.get_mut(id) {
                    life.is_seen(at, history);
                    life.sightings.push((at, *seen));
                }
            }
        }
        Call::RevokeSubject(subject, spare) => {
            for life in lives.values_mut().filter(|life| life.subject.as_ref() == Some(subject)) {
                match &event.outcome {
                    Outcome::Ended(ended) if ended.contains(&life.id) => life.ends(at, history),
                    Outcome::Ended(_) if *spare != Some(life.id) => life.absences.push(at),
                    Outcome::Unknown(_) if *spare != Some(life.id) => life.perils.push(at),
                    _ => {}
                }
            }
        }
        Call::RevokeEveryone => {
            for life in lives.values_mut() {
                if event.outcome.is_unknown() {
                    life.perils.push(at);
                } else if history.events[life.creation].began < event.ended {
                    life.perils.push(at);
                    life.absences.push(at);
                }
            }
        }
        Call::Purge | Call::Fence(_) => {}
    }
}

fn note_insert(lives: &mut BTreeMap<SessionId, Life>, at: usize, history: &History, new: &NewSession) {
    let event = &history.events[at];
    let is_done = matches!(event.outcome, Outcome::Inserted(Inserted::Done) | Outcome::SignedIn { .. });
    if let Some(life) = lives.get_mut(&new.id) {
        // Where the old session is elsewhere, its end is waited for, and not what a visitor has begun instead.
        if is_done && (new.subject.is_some() || !history.leave.fails_over) {
            life.exists(at, history);
        }
        life.was_refused = !is_done && !event.outcome.is_unknown();
        if life.was_refused && history.leave.takes_steps {
            life.perils.push(at);
        }
    }
    if let Some(old) = new.replaces.and_then(|(id, _)| lives.get_mut(&id)) {
        match event.outcome {
            _ if is_done => old.ends(at, history),
            Outcome::Inserted(Inserted::Lost) => old.is_seen(at, history),
            Outcome::Inserted(Inserted::Gone) => old.absences.push(at),
            Outcome::Unknown(_) => old.perils.push(at),
            _ => {}
        }
    }
    let Call::SignIn(_, terms) = &event.call else { return };
    if terms.cap.is_none_or(|cap| cap.policy == CapPolicy::RefuseNew) {
        return;
    }
    let replaced = new.replaces.map(|(id, _)| id);
    for life in lives.values_mut().filter(|life| life.subject == new.subject && life.id != new.id) {
        match &event.outcome {
            Outcome::SignedIn { evicted } if evicted.contains(&life.id) => life.ends(at, history),
            Outcome::Unknown(_) if replaced != Some(life.id) => life.perils.push(at),
            Outcome::Inserted(_) | Outcome::Fenced if history.leave.takes_steps => life.perils.push(at),
            _ => {}
        }
    }
}
