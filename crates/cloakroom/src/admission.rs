//! From the cookies of a request to the session that they name.

use cloakroom_core::cookie::find_all;
use cloakroom_core::machine::{
    Admit, Admitted, Call, Commit, Committed, Held, Limit, NoEdits, Operation, Step, TokenChange,
    renewal_is_due,
};
use cloakroom_core::{SecretDigest, SessionId, Timestamp, Token};
use http::HeaderMap;
use http::header::COOKIE;

use crate::engine::{Engine, ReusePolicy};
use crate::error::Error;
use crate::event::EventKind;
use crate::visit::{Presented, State};

/// How many well-formed values of our name are looked up; more than a browser ever sends.
const LOOK_UPS_MAX: usize = 8;

/// The well-formed cookie values of a request, each once.
struct Tokens {
    first: Option<Token>,
    others: Vec<Token>,
    any_malformed: bool,
}

impl Tokens {
    fn of(headers: &HeaderMap, engine: &Engine) -> Self {
        let mut tokens = Self { first: None, others: Vec::new(), any_malformed: false };
        let mut seen: Vec<&[u8]> = Vec::new();
        let mut first_value = None;
        let lines = headers.get_all(COOKIE).into_iter();
        for value in lines.flat_map(|line| find_all(line.as_bytes(), engine.cookie.name())) {
            if first_value == Some(value) || seen.contains(&value) || seen.len() + 1 >= LOOK_UPS_MAX {
                continue;
            }
            match (Token::parse(value), first_value) {
                (None, _) => tokens.any_malformed = true,
                (token @ Some(_), None) => {
                    first_value = Some(value);
                    tokens.first = token;
                }
                (Some(token), Some(_)) => {
                    seen.push(value);
                    tokens.others.push(token);
                }
            }
        }
        tokens
    }
}

/// How far a request's cookies can be judged without waiting.
pub(crate) enum Admission {
    /// All the way: the usual request, on a store that is at hand.
    Done(Box<State>),
    /// The store has to be asked, or asked more.
    Waiting(Box<Waiting>),
}

/// What has to be waited for.
#[expect(clippy::large_enum_variant, reason = "it is boxed as a whole")]
pub(crate) enum Waiting {
    /// One token, as far as it has come.
    One(Admit, Step<Admitted>, Token),
    /// Several tokens, of which at most one may be live.
    Several(Vec<Token>),
}

/// Judges a request's cookies as far as that goes without waiting.
pub(crate) fn admit_now(engine: &Engine, headers: &HeaderMap) -> Result<Admission, Error> {
    let Tokens { first, others, any_malformed } = Tokens::of(headers, engine);
    let Some(first) = first else {
        let presented = if any_malformed { Presented::Malformed } else { Presented::Absent };
        return Ok(Admission::Done(Box::new(State::new(presented))));
    };
    if !others.is_empty() {
        let tokens = std::iter::once(first).chain(others).collect();
        return Ok(Admission::Waiting(Box::new(Waiting::Several(tokens))));
    }
    let mut admit = Admit::new(&first, engine.rules);
    let now = engine.now();
    let step = if engine.doomed.any() { admit.begin(now) } else { engine.drive_now(&mut admit, now)? };
    Ok(match step {
        Step::Done(Admitted::Live(held)) => Admission::Done(Box::new(live(engine, held, now))),
        step => Admission::Waiting(Box::new(Waiting::One(admit, step, first))),
    })
}

/// Judges the rest; touches and promotes what was used.
pub(crate) async fn admit_on(engine: &Engine, waiting: Waiting) -> Result<Box<State>, Error> {
    let state = match waiting {
        Waiting::One(mut admit, step, token) => {
            if engine.doomed.any() {
                make_up_for(engine, token.id(), token.digest()).await?;
            }
            let admitted = engine.drive_on(&mut admit, step).await?;
            state(engine, token.id(), admitted).await?
        }
        Waiting::Several(tokens) => admit_one_of(engine, tokens).await?,
    };
    Ok(Box::new(state))
}

fn live(engine: &Engine, held: Held, now: Timestamp) -> State {
    let is_current = held.presents_current();
    let renewal_is_due = is_current && renewal_is_due(&held.record, now, &engine.rules.renewal);
    State { held: Some(held), renewal_is_due, ..State::new(Presented::Live) }
}

async fn state(engine: &Engine, id: SessionId, admitted: Admitted) -> Result<State, Error> {
    Ok(match admitted {
        Admitted::Live(held) => live(engine, held, engine.now()),
        Admitted::Unknown => State { unknown: Some(id), ..State::new(Presented::Unknown) },
        Admitted::Expired(limit, subject) => {
            engine.report_expired(id, subject.as_ref(), reason(limit));
            State::new(Presented::Expired)
        }
        Admitted::Reused(subject) => {
            engine.report(&engine.event(EventKind::Reused).of(id).by(subject.as_ref()));
            if engine.reuse == ReusePolicy::Revoke {
                engine.ask(Call::Revoke(id)).await?;
                engine
                    .report(&engine.event(EventKind::Revoked).of(id).by(subject.as_ref()).because("reused"));
            }
            State::new(Presented::Unknown)
        }
        Admitted::Undecodable(undecodable) => {
            tracing::warn!(target: "cloakroom", session = %id, error = %undecodable, "a session cannot be read");
            engine.ask(Call::Revoke(id)).await?;
            engine.report(&engine.event(EventKind::Undecodable).of(id));
            State::new(Presented::Unknown)
        }
    })
}

/// Ends a session now whose sign-out the store could not take; without effect on any other.
async fn make_up_for(engine: &Engine, id: SessionId, digest: SecretDigest) -> Result<(), Error> {
    if !engine.doomed.contains(id, &digest) {
        return Ok(());
    }
    let mut admit = Admit::by_digest(id, digest, engine.rules).without_settling();
    if let Admitted::Live(held) = engine.drive(&mut admit).await? {
        engine.ask(Call::Revoke(id)).await?;
        engine.report(
            &engine.event(EventKind::SignedOut).of(id).by(held.record.subject()).because("made_up_for"),
        );
    }
    engine.doomed.remove(id, &digest);
    Ok(())
}

/// Ends all sessions whose sign-outs the store could not take.
pub(crate) async fn make_up_for_all(engine: &Engine) -> Result<(), Error> {
    for (id, digest) in engine.doomed.all() {
        make_up_for(engine, id, digest).await?;
    }
    Ok(())
}

/// The first token of a request, when its session could not be looked up.
pub(crate) fn presented_token(engine: &Engine, headers: &HeaderMap) -> Option<Token> {
    Tokens::of(headers, engine).first
}

const fn reason(limit: Limit) -> &'static str {
    match limit {
        Limit::Idle => "idle",
        Limit::Absolute => "absolute",
    }
}

/// Several tokens: the one live among them, or none when there are two. Nothing is written before that is known.
async fn admit_one_of(engine: &Engine, tokens: Vec<Token>) -> Result<State, Error> {
    let mut only_live = None;
    let mut worth = State::new(Presented::Unknown);
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
                return Ok(State::new(Presented::Ambiguous));
            }
            admitted => {
                let dead = state(engine, token.id(), admitted).await?;
                if dead.presented == Presented::Expired {
                    worth = dead;
                }
            }
        }
    }
    let Some(held) = only_live else { return Ok(worth) };
    let mut settle = Commit::new(held, NoEdits, TokenChange::Keep, engine.rules);
    Ok(match engine.drive(&mut settle).await? {
        Committed::Done { held, .. } | Committed::Lost(held) => live(engine, held, engine.now()),
        Committed::Gone => State::new(Presented::Unknown),
        Committed::Refused(never) => match never {},
    })
}
