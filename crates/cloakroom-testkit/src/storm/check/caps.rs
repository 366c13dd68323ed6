//! Caps are exact.

use std::collections::BTreeMap;

use cloakroom_core::store::CapPolicy;
use cloakroom_core::{SessionId, Subject};

use super::broken::Broken;
use super::history::History;
use super::lives::Life;
use crate::storm::event::{Call, Event, Moment, NewSession, Outcome};

pub(super) fn check(history: &History, lives: &BTreeMap<SessionId, Life>) -> Result<(), Broken> {
    let lives = by_subject(lives);
    let mut caps: BTreeMap<&Subject, usize> = BTreeMap::new();
    for event in &history.events {
        let Call::SignIn(new, terms) = &event.call else { continue };
        let (Some(subject), Some(cap)) = (&new.subject, terms.cap) else { continue };
        let most = cap.sessions_max.get();
        caps.insert(subject, most);
        let others = || others_at(event, new, history, of(&lives, subject));
        match &event.outcome {
            Outcome::Full if cap.policy == CapPolicy::EvictOldest => {
                return Err(Broken::new("A cap that evicts refuses nobody.", [event]));
            }
            Outcome::Full if others() < most => {
                return Err(Broken::new("A cap refuses nobody who fits under it.", [event]));
            }
            Outcome::SignedIn { evicted } if evicted.len() > (others() + 1).saturating_sub(most) => {
                return Err(Broken::new("A cap evicts no more than it must.", [event]));
            }
            _ => {}
        }
    }
    if history.leave.forgets {
        return Ok(());
    }
    caps.into_iter().try_for_each(|(subject, most)| never_more(history, of(&lives, subject), most))
}

/// The sessions of each subject: a storm has thousands, and every sign-in is held against those of its own.
fn by_subject(lives: &BTreeMap<SessionId, Life>) -> BTreeMap<&Subject, Vec<&Life>> {
    let mut found: BTreeMap<&Subject, Vec<&Life>> = BTreeMap::new();
    for life in lives.values() {
        if let Some(subject) = &life.subject {
            found.entry(subject).or_default().push(life);
        }
    }
    found
}

fn of<'a, 'l>(lives: &'a BTreeMap<&Subject, Vec<&'l Life>>, subject: &Subject) -> &'a [&'l Life] {
    lives.get(subject).map_or(&[], Vec::as_slice)
}

/// How many other sessions of the subject may have been live at some moment of the sign-in.
fn others_at(sign_in: &Event, new: &NewSession, history: &History, lives: &[&Life]) -> usize {
    let replaced = new.replaces.map(|(id, _)| id);
    let may_live = |life: &&&Life| {
        let creation = &history.events[life.creation];
        let is_over = life.gone_by.is_some_and(|(gone_by, _)| gone_by < sign_in.began);
        life.id != new.id
            && Some(life.id) != replaced
            && creation.began < sign_in.ended
            && (!life.was_refused || (history.leave.takes_steps && creation.ended > sign_in.began))
            && !is_over
    };
    lives.iter().filter(may_live).count()
}

/// At no moment were more sessions certainly live than the cap allows.
fn never_more(history: &History, lives: &[&Life], most: usize) -> Result<(), Broken> {
    let events = &history.events;
    let mut changes: Vec<(Moment, bool, usize)> = Vec::new();
    for life in lives {
        let (Some(from), until) = (life.exists_from, life.in_peril_from) else { continue };
        if from < until {
            changes.extend([(from, true, life.creation), (until, false, life.creation)]);
        }
    }
    changes.sort_unstable();
    let mut live = Vec::new();
    for (_, begins, creation) in changes {
        if begins {
            live.push(creation);
        } else {
            live.retain(|other| *other != creation);
        }
        if live.len() > most {
            let calls = live.iter().map(|at| &events[*at]);
            return Err(Broken::new("A subject never has more sessions than its cap.", calls));
        }
    }
    Ok(())
}
