//! A revocation ends, or stops, every sign-in that began before it, and none that began after.

use std::collections::BTreeMap;

use cloakroom_core::{SessionId, Subject};

use super::broken::Broken;
use super::history::History;
use super::lives::Life;
use crate::storm::event::{Call, Event, Moment, Outcome};

pub(super) fn check(history: &History, lives: &BTreeMap<SessionId, Life>) -> Result<(), Broken> {
    let events = &history.events;
    let of_anybody = |event: &&Event| matches!(event.call, Call::RevokeSubject(..) | Call::RevokeEveryone);
    let all: Vec<&Event> = events.iter().filter(of_anybody).collect();
    for sign_in in events {
        let Call::SignIn(new, terms) = &sign_in.call else { continue };
        let Some(subject) = &new.subject else { continue };
        let spares =
            |event: &Event| matches!(&event.call, Call::RevokeSubject(_, Some(spare)) if *spare == new.id);
        let revocations = || all.iter().copied().filter(|event| revokes(event, subject));
        if sign_in.outcome == Outcome::Fenced {
            let until = |event: &Event| if event.outcome.is_unknown() { Moment::MAX } else { event.ended };
            let has_cause =
                revocations().any(|event| event.began < sign_in.ended && until(event) > terms.fence_began);
            if !has_cause {
                return Err(Broken::new("A fence stops nobody who began after the revocation.", [sign_in]));
            }
            continue;
        }
        let is_done = matches!(sign_in.outcome, Outcome::SignedIn { .. });
        let life = &lives[&new.id];
        for revocation in revocations().filter(|event| !event.outcome.is_unknown() && !spares(event)) {
            if terms.fence_ended > revocation.began {
                continue;
            }
            let promise = "A revocation stops the sign-ins that began before it.";
            if is_done && sign_in.began > revocation.ended {
                return Err(Broken::new(promise, [revocation, sign_in]));
            }
            // A sign-in by steps may be seen until its last step finds that it is fenced.
            let is_over = |at: &Event| !history.leave.takes_steps || at.began > sign_in.ended;
            let survives = |at: &&usize| events[**at].began > revocation.ended && is_over(&events[**at]);
            if let Some(at) = life.presences.iter().find(survives) {
                return Err(Broken::new(promise, [revocation, sign_in, &events[*at]]));
            }
        }
    }
    Ok(())
}

fn revokes(event: &Event, subject: &Subject) -> bool {
    match &event.call {
        Call::RevokeSubject(named, _) => named == subject,
        Call::RevokeEveryone => true,
        _ => false,
    }
}
