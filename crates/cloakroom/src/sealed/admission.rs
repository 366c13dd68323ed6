//! From the cookies of a request to the sealed session that they carry.

use cloakroom_core::machine::{
    Answer, Call, Commit, Committed, Held, Judgement, Limit, NoEdits, Operation as _, Step, TokenChange,
    judge,
};
use cloakroom_core::seal::Sealer;
use cloakroom_core::sealed::{SealedSession, Terms, Worth};
use cloakroom_core::store::Touched;
use cloakroom_core::{SecretDigest, SessionId, Timestamp};
use http::HeaderMap;

use super::marks::{Marked, Revocations};
use crate::engine::Engine;
use crate::error::Error;
use crate::event::EventKind;
use crate::values::values;
use crate::visit::{Presented, View};

/// How many values of our name are opened; more than a browser ever sends.
const OPENED_MAX: usize = 8;

/// A value that was opened, and not judged yet.
pub(crate) struct Opened {
    held: Held,
    terms: Terms,
    /// Another key seals now.
    is_outdated: bool,
}

/// What the cookies of a request carry.
pub(crate) enum Carried {
    Absent,
    Malformed,
    One(Opened),
    Several(Vec<Opened>),
}

/// Opens the cookies of a request.
pub(crate) fn open(engine: &Engine, headers: &HeaderMap, now: Timestamp) -> Carried {
    let Some(sealing) = &engine.sealing else { return Carried::Absent };
    let mut values = values(headers, engine);
    let Some(first) = values.next() else { return Carried::Absent };
    let sealer = sealing.sealer();
    if values.any(|value| value != first) {
        return open_many(&sealer, headers, engine, now);
    }
    open_one(&sealer, first, now).map_or(Carried::Malformed, Carried::One)
}

/// The same when the values differ.
#[cold]
fn open_many(sealer: &Sealer, headers: &HeaderMap, engine: &Engine, now: Timestamp) -> Carried {
    let mut seen: Vec<&[u8]> = Vec::new();
    for value in values(headers, engine) {
        if seen.len() < OPENED_MAX && !seen.contains(&value) {
            seen.push(value);
        }
    }
    let mut opened: Vec<_> = seen.iter().filter_map(|value| open_one(sealer, value, now)).collect();
    match opened.len() {
        0 => Carried::Malformed,
        1 => opened.pop().map_or(Carried::Malformed, Carried::One),
        _ => Carried::Several(opened),
    }
}

fn open_one(sealer: &Sealer, value: &[u8], now: Timestamp) -> Option<Opened> {
    let plain = sealer.open(value, now)?;
    let SealedSession { id, row, terms } = SealedSession::decode(plain.payload())?;
    let held = Held::carried(id, &row, now).ok()?;
    Some(Opened { held, terms, is_outdated: plain.is_outdated })
}

/// The session that a request claims, when its marks could not be looked up.
pub(crate) fn presented(engine: &Engine, headers: &HeaderMap) -> Option<(SessionId, SecretDigest)> {
    let opened = match open(engine, headers, engine.now()) {
        Carried::One(opened) => opened,
        Carried::Several(opened) => opened.into_iter().next()?,
        Carried::Absent | Carried::Malformed => return None,
    };
    Some((opened.held.id, opened.held.presented))
}

/// Judges what the cookies carry, as far as that goes without waiting.
pub(crate) fn admit_now(engine: &Engine, headers: &HeaderMap) -> Result<Result<View, Carried>, Error> {
    let now = engine.now();
    let opened = match open(engine, headers, now) {
        Carried::Absent => return Ok(Ok(View::new(Presented::Absent))),
        Carried::Malformed => return Ok(Ok(View::new(Presented::Malformed))),
        Carried::One(opened) if !engine.doomed.any() => opened,
        carried => return Ok(Err(carried)),
    };
    match Revocations(engine).marks_now(opened.held.id, opened.held.record.subject()) {
        None => Ok(Err(Carried::One(opened))),
        Some(marks) => {
            let worth = marks?.judge(opened.held.id, &opened.held.presented, &opened.terms.epochs);
            Ok(Ok(view(engine, opened, worth, now)))
        }
    }
}

/// Judges the rest.
pub(crate) async fn admit(engine: &Engine, carried: Carried) -> Result<View, Error> {
    match carried {
        Carried::Absent => Ok(View::new(Presented::Absent)),
        Carried::Malformed => Ok(View::new(Presented::Malformed)),
        Carried::One(opened) => {
            let worth = look_up(engine, &opened).await?;
            Ok(view(engine, opened, worth, engine.now()))
        }
        Carried::Several(all) => admit_one_of(engine, all).await,
    }
}

/// Several values: the one that is live among them, or none when there are two.
async fn admit_one_of(engine: &Engine, all: Vec<Opened>) -> Result<View, Error> {
    let mut found = View::new(Presented::Unknown);
    for opened in all {
        let worth = look_up(engine, &opened).await?;
        let next = view(engine, opened, worth, engine.now());
        match (&found.held, &next.held) {
            (Some(held), Some(_)) => {
                let event = engine.event(EventKind::Ambiguous).of(held.id).by(held.record.subject());
                engine.report(&event);
                return Ok(View::new(Presented::Ambiguous));
            }
            (None, Some(_)) => found = next,
            (None, None) if next.presented == Presented::Expired => found = next,
            _ => {}
        }
    }
    Ok(found)
}

async fn look_up(engine: &Engine, opened: &Opened) -> Result<Worth, Error> {
    let (id, digest) = (opened.held.id, &opened.held.presented);
    if engine.doomed.any() && make_up_for(engine, id, *digest).await? {
        return Ok(Worth::Ended);
    }
    let marks = Revocations(engine).marks(id, opened.held.record.subject()).await?;
    Ok(marks.judge(id, digest, &opened.terms.epochs))
}

fn view(engine: &Engine, opened: Opened, worth: Worth, now: Timestamp) -> View {
    let Opened { held, terms, is_outdated } = opened;
    if worth != Worth::Good {
        return View { unknown: Some(held.id), ..View::new(Presented::Unknown) };
    }
    if let Some(reason) = expired(engine, &held, &terms, now) {
        engine.report_expired(held.id, held.record.subject(), reason);
        return View::new(Presented::Expired);
    }
    let (held, is_seen) = see(engine, held, now);
    View {
        held: Some(held),
        terms: Some(Box::new(terms)),
        renewal_is_due: is_seen || is_outdated,
        ..View::new(Presented::Live)
    }
}

fn expired(engine: &Engine, held: &Held, terms: &Terms, now: Timestamp) -> Option<&'static str> {
    match judge(&held.record, &held.presented, now, &engine.rules) {
        Judgement::Expired(Limit::Idle) if now < terms.ends_at => Some("idle"),
        Judgement::Live(_) if now < terms.ends_at => None,
        _ => Some("absolute"),
    }
}

/// Notes activity, when a touch window has passed: then the cookie is due to be sent again.
fn see(engine: &Engine, held: Held, now: Timestamp) -> (Held, bool) {
    if !engine.rules.lifetime.touch_is_due(held.record.last_seen_at(), now) {
        return (held, false);
    }
    let mut touch = Commit::new(held.clone(), NoEdits, TokenChange::Keep, engine.rules);
    let mut step = touch.begin(now);
    if let Step::Ask(Call::Touch { .. }) = step {
        step = touch.resume(Answer::Touched(Touched::Done), now);
    }
    match step {
        Step::Done(Committed::Done { held, .. }) => (held, true),
        _ => (held, false),
    }
}

/// Ends a session whose sign-out the store could not take when it was asked; whether it was one.
pub(crate) async fn make_up_for(engine: &Engine, id: SessionId, digest: SecretDigest) -> Result<bool, Error> {
    if engine.doomed.find(id, &digest).is_none() {
        return Ok(false);
    }
    if Revocations(engine).end(id, None).await? == Marked::Done {
        engine.report(&engine.event(EventKind::SignedOut).of(id).because("made_up_for"));
    }
    engine.doomed.remove(id, &digest);
    Ok(true)
}
