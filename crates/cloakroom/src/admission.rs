//! From the cookies of a request to the session that they name.

use cloakroom_core::machine::{
    Admit, Admitted, Call, Commit, Committed, Held, Limit, NoEdits, Operation, Rules, Step, TokenChange,
    renewal_is_due,
};
use cloakroom_core::{AudienceRules, AudienceTokens, SecretDigest, SessionId, Timestamp, Token};
use http::HeaderMap;

use crate::doomed::Doom;
use crate::engine::{Engine, ReusePolicy};
use crate::error::Error;
use crate::event::EventKind;
use crate::sealed;
use crate::values::values;
use crate::visit::{Presented, View, Visit};

/// How many well-formed values of our name are looked up; more than a browser ever sends.
const LOOK_UPS_MAX: usize = 8;

/// What the cookie values of a request say before any store is asked.
enum Claims {
    /// There is no value of our name.
    Absent,
    /// There are, and none of them is a token.
    Malformed,
    /// There is one token.
    One(Token),
    /// There are several different ones.
    Several(Vec<Token>),
}

impl Claims {
    fn of(headers: &HeaderMap, engine: &Engine) -> Self {
        let mut values = values(headers, engine);
        let Some(first) = values.next() else { return Self::Absent };
        if values.any(|value| value != first) {
            return Self::of_many(headers, engine);
        }
        Token::parse(first).map_or(Self::Malformed, Self::One)
    }

    /// The same when the values differ.
    #[cold]
    fn of_many(headers: &HeaderMap, engine: &Engine) -> Self {
        let (mut seen, mut tokens): (Vec<&[u8]>, Vec<Token>) = (Vec::new(), Vec::new());
        for value in values(headers, engine) {
            if tokens.len() == LOOK_UPS_MAX {
                break;
            }
            if !seen.contains(&value)
                && let Some(token) = Token::parse(value)
            {
                seen.push(value);
                tokens.push(token);
            }
        }
        match tokens.len() {
            0 => Self::Malformed,
            1 => tokens.pop().map_or(Self::Malformed, Self::One),
            _ => Self::Several(tokens),
        }
    }
}

/// What has to be waited for.
#[expect(clippy::large_enum_variant, reason = "it is boxed as a whole")]
pub(crate) enum Waiting {
    /// One token, as far as it has come.
    One(Admit, Step<Admitted>, Token),
    /// Several tokens, of which at most one may be live.
    Several(Vec<Token>),
    /// Sealed sessions, whose marks are to be looked up.
    Sealed(sealed::Carried),
}

/// Judges a request's cookies as far as that goes without waiting, which for the usual request, on a store that is at hand,
/// is all the way: then the visit has begun. What is left otherwise is [`admit_on`].
pub(crate) fn admit_now(visit: &Visit, headers: &HeaderMap) -> Result<Option<Box<Waiting>>, Error> {
    let engine = &*visit.engine;
    if engine.sealing.is_some() {
        return match sealed::admit_now(engine, headers)? {
            Ok(view) => {
                visit.begin(view);
                Ok(None)
            }
            Err(carried) => Ok(Some(Box::new(Waiting::Sealed(carried)))),
        };
    }
    let token = match Claims::of(headers, engine) {
        Claims::One(token) => token,
        Claims::Several(tokens) => return Ok(Some(Box::new(Waiting::Several(tokens)))),
        Claims::Absent => {
            visit.begin(View::new(Presented::Absent));
            return Ok(None);
        }
        Claims::Malformed => {
            visit.begin(View::new(Presented::Malformed));
            return Ok(None);
        }
    };
    let mut admit = Admit::new(&token, engine.rules);
    let now = engine.now();
    let step = if engine.doomed.any() { Ok(admit.begin(now)) } else { engine.drive_now(&mut admit, now) };
    match step {
        Ok(Step::Done(Admitted::Live(held))) => {
            visit.begin(live(engine, held, now));
            Ok(None)
        }
        Ok(step) => Ok(Some(Box::new(Waiting::One(admit, step, token)))),
        Err(error) => Err(error),
    }
}

/// Judges the rest; touches and promotes what was used.
///
/// What is rare is boxed within: every request to a store that is far away has one of these futures on the heap, and up to a
/// kilobyte the allocator has at hand.
pub(crate) async fn admit_on(engine: &Engine, waiting: Box<Waiting>) -> Result<View, Error> {
    match *waiting {
        Waiting::One(mut admit, step, token) => {
            if engine.doomed.any() {
                Box::pin(make_up_for(engine, token.id(), token.digest())).await?;
            }
            let admitted = engine.drive_on(&mut admit, step).await?;
            view(engine, token.id(), admitted).await
        }
        Waiting::Several(tokens) => Box::pin(admit_one_of(engine, tokens)).await,
        Waiting::Sealed(carried) => Box::pin(sealed::admit(engine, carried)).await,
    }
}

/// Judges a request's cookies without writing down that they were used.
pub(crate) async fn admit_unnoticed(engine: &Engine, headers: &HeaderMap) -> Result<View, Error> {
    match Claims::of(headers, engine) {
        Claims::Absent => Ok(View::new(Presented::Absent)),
        Claims::Malformed => Ok(View::new(Presented::Malformed)),
        Claims::One(token) => live_one_of(engine, vec![token]).await,
        Claims::Several(tokens) => live_one_of(engine, tokens).await,
    }
}

fn live(engine: &Engine, held: Held, now: Timestamp) -> View {
    let renewal_is_due = engine.rules.audience.is_none()
        && renewal_is_due(&held.record, now, &engine.rules.renewal)
        && held.presents_current();
    View { held: Some(held), renewal_is_due, ..View::new(Presented::Live) }
}

async fn view(engine: &Engine, id: SessionId, admitted: Admitted) -> Result<View, Error> {
    Ok(match admitted {
        Admitted::Live(held) => live(engine, held, engine.now()),
        Admitted::Unknown => View { unknown: Some(id), ..View::new(Presented::Unknown) },
        Admitted::Expired(limit, subject) => {
            engine.report_expired(id, subject.as_ref(), reason(limit));
            View::new(Presented::Expired)
        }
        Admitted::Lapsed(_) => View::new(Presented::Lapsed),
        Admitted::Reused(subject) => {
            engine.report(&engine.event(EventKind::Reused).of(id).by(subject.as_ref()));
            if engine.reuse == ReusePolicy::Revoke {
                Box::pin(engine.ask(Call::Revoke(id))).await?;
                engine
                    .report(&engine.event(EventKind::Revoked).of(id).by(subject.as_ref()).because("reused"));
            }
            View { unknown: Some(id), ..View::new(Presented::Unknown) }
        }
        Admitted::Undecodable(undecodable) => {
            tracing::warn!(target: "cloakroom", session = %id, error = %undecodable, "a session cannot be read");
            Box::pin(engine.ask(Call::Revoke(id))).await?;
            engine.report(&engine.event(EventKind::Undecodable).of(id));
            View::new(Presented::Unknown)
        }
    })
}

/// Ends a session now whose sign-out the store could not take; without effect on any other.
async fn make_up_for(engine: &Engine, id: SessionId, digest: SecretDigest) -> Result<(), Error> {
    match engine.doomed.find(id, &digest) {
        Some(doom) => carry_out(engine, id, doom).await,
        None => Ok(()),
    }
}

/// Ends a session now if its sign-out was by somebody who held a token of it.
async fn carry_out(engine: &Engine, id: SessionId, doom: Doom) -> Result<(), Error> {
    let digest = doom.digest();
    // Of an audience that has the tokens of the sign-in: a session that has lapsed there is to end all the same.
    let shared = |here: &AudienceRules| here.tokens == AudienceTokens::TheSessions;
    let rules = Rules { audience: doom.audience.filter(|here| !shared(here)), ..engine.rules };
    let mut admit = Admit::by_digest(id, digest, rules).without_settling();
    if let Admitted::Live(held) = engine.drive(&mut admit).await? {
        if let Some(remembering) = &engine.remember {
            remembering.end_of(engine, id, &held.record).await?;
        }
        engine.ask(Call::Revoke(id)).await?;
        engine.report(
            &engine.event(EventKind::SignedOut).of(id).by(held.record.subject()).because("made_up_for"),
        );
    }
    engine.doomed.remove(id, &doom.digest());
    Ok(())
}

/// Ends all sessions whose sign-outs the store could not take.
pub(crate) async fn make_up_for_all(engine: &Engine) -> Result<(), Error> {
    for (id, doom) in engine.doomed.all() {
        if engine.sealing.is_some() {
            sealed::make_up_for(engine, id, doom.digest()).await?;
        } else {
            carry_out(engine, id, doom).await?;
        }
    }
    Ok(())
}

/// What a request claims first, when its session could not be looked up.
pub(crate) fn presented(engine: &Engine, headers: &HeaderMap) -> Option<(SessionId, SecretDigest)> {
    if engine.sealing.is_some() {
        return sealed::presented(engine, headers);
    }
    let token = match Claims::of(headers, engine) {
        Claims::One(token) => token,
        Claims::Several(tokens) => tokens.into_iter().next()?,
        Claims::Absent | Claims::Malformed => return None,
    };
    Some((token.id(), token.digest()))
}

const fn reason(limit: Limit) -> &'static str {
    match limit {
        Limit::Idle => "idle",
        Limit::Absolute => "absolute",
    }
}

/// Several tokens: the one live among them, or none when there are two. Nothing is written before that is known.
async fn admit_one_of(engine: &Engine, tokens: Vec<Token>) -> Result<View, Error> {
    let view = live_one_of(engine, tokens).await?;
    let Some(held) = view.held else { return Ok(view) };
    let mut settle = Commit::new(held, NoEdits, TokenChange::Keep, engine.rules);
    Ok(match engine.drive(&mut settle).await? {
        Committed::Done { held, .. } | Committed::Lost(held) => live(engine, held, engine.now()),
        Committed::Gone => View::new(Presented::Unknown),
        Committed::Refused(never) => match never {},
    })
}

/// The one live session among several tokens, or what they are worth together. Nothing is written.
async fn live_one_of(engine: &Engine, tokens: Vec<Token>) -> Result<View, Error> {
    let mut only_live = None;
    let mut worth = View::new(Presented::Unknown);
    for token in tokens {
        if engine.doomed.any() {
            make_up_for(engine, token.id(), token.digest()).await?;
        }
        let mut admit = Admit::new(&token, engine.rules).without_settling();
        match engine.drive(&mut admit).await? {
            Admitted::Live(held) if only_live.is_none() => only_live = Some(held),
            Admitted::Live(held) => {
                let event = engine.event(EventKind::Ambiguous).of(held.id).by(held.record.subject());
                engine.report(&event);
                return Ok(View::new(Presented::Ambiguous));
            }
            admitted => {
                let dead = view(engine, token.id(), admitted).await?;
                if matches!(dead.presented, Presented::Expired | Presented::Lapsed) {
                    worth = dead;
                }
            }
        }
    }
    Ok(only_live.map_or(worth, |held| live(engine, held, engine.now())))
}
