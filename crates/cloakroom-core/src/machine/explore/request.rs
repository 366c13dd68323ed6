//! One request on the one session, step by step.

use super::world::{Trouble, World};
use super::{Action, Beginning, SESSION, START, SetSlot, alice, rules, secret};
use crate::ids::SessionId;
use crate::machine::{
    Admit, Admitted, Answer, Call, Commit, Committed, Held, IndexTerms, NoEdits, Operation, SignIn,
    SignInOutcome, SignInRequest, Step, TokenChange,
};
use crate::record::{Method, Proof};
use crate::store::Fence;
use crate::time::minutes;
use crate::token::SecretDigest;

#[derive(Clone)]
enum Phase {
    Admitting(Admit, Call),
    InHandler(Option<Held>),
    Acting(Box<Act>, Call),
    Done,
}

#[derive(Clone)]
enum Act {
    Write(Commit<SetSlot>),
    Token(Commit<NoEdits>),
    SignIn(Box<SignIn<NoEdits>>),
}

/// What an act has come to, as far as the invariants care.
enum Outcome {
    TokenGiven(SecretDigest),
    Other,
}

#[derive(Clone)]
pub(super) struct Request {
    pub(super) action: Action,
    digest: SecretDigest,
    phase: Phase,
    admitted_after_reauthentications: u32,
    fence: Fence,
    from_nothing: bool,
    is_second_half: bool,
    new_id: SessionId,
}

impl Request {
    pub(super) fn new(number: u8, action: Action, beginning: Beginning) -> Self {
        let presented = &beginning.presented(number);
        let rules = rules();
        let from_nothing = action == Action::SignIn && beginning.signs_in_from_nothing();
        let phase = match action {
            Action::RevokeSubject | Action::Expire => Phase::InHandler(None),
            Action::SignIn if from_nothing => Phase::InHandler(None),
            _ => {
                let mut admit = Admit::new(presented, rules);
                let load = asked(admit.begin(START)).expect("the first call is a load");
                Phase::Admitting(admit, load)
            }
        };
        let digest = secret(100 + number).digest();
        let new_id = SessionId::from_octets([number; 16]);
        Self {
            action,
            digest,
            phase,
            admitted_after_reauthentications: 0,
            fence: Fence::from_number(0),
            from_nothing,
            is_second_half: action == Action::SignIn && beginning == Beginning::SecondFactorIsDue,
            new_id,
        }
    }

    /// One step, which a store in trouble makes the last. `Err` when an outcome breaks an invariant by itself.
    pub(super) fn step(&mut self, number: u8, world: &mut World, trouble: Trouble) -> Result<(), String> {
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Admitting(mut admit, call) => {
                let Some(answer) = world.ask(call, Action::Read, trouble) else { return Ok(()) };
                match admit.resume(answer, world.now) {
                    Step::Ask(call) => self.phase = Phase::Admitting(admit, call),
                    Step::Done(Admitted::Live(held)) => {
                        self.admitted_after_reauthentications = world.reauthentications;
                        self.fence = Fence::from_number(world.revocations);
                        if self.action != Action::Read {
                            self.phase = Phase::InHandler(Some(held));
                        }
                    }
                    Step::Done(_) => {}
                }
                Ok(())
            }
            Phase::InHandler(held) => self.act(number, held, world, trouble),
            Phase::Acting(act, call) => {
                let Some(answer) = world.ask(call, self.action, trouble) else { return Ok(()) };
                self.carry_on(*act, answer, world)
            }
            Phase::Done => Ok(()),
        }
    }

    fn act(
        &mut self,
        number: u8,
        held: Option<Held>,
        world: &mut World,
        trouble: Trouble,
    ) -> Result<(), String> {
        let now = world.now;
        let (act, step) = match (self.action, held) {
            (Action::Expire, _) => {
                world.now = now.after(minutes(31));
                return Ok(());
            }
            (Action::RevokeSubject, _) => {
                world.revoke_subject();
                return Ok(());
            }
            (Action::SignOut, Some(held)) => {
                let _ = world.ask(Call::Revoke(held.id), Action::SignOut, trouble);
                return Ok(());
            }
            (Action::Write, Some(held)) => {
                let mut commit = Commit::new(held, SetSlot, TokenChange::Keep, rules());
                let step = commit.begin(now);
                (Act::Write(commit), asked(step))
            }
            (Action::Renew | Action::Reauthenticate, Some(held)) => {
                let change = match self.action {
                    Action::Renew => TokenChange::Renew(self.digest),
                    _ => TokenChange::Replace(self.digest, Some(Method::Password)),
                };
                let mut commit = Commit::new(held, NoEdits, change, rules());
                let step = commit.begin(now);
                (Act::Token(commit), asked(step))
            }
            (Action::SignIn, held) => {
                let mut request =
                    SignInRequest::new(alice(), Method::OneTimeCode, self.new_id, &secret(100 + number))
                        .with_index(IndexTerms { fence: self.fence, cap: world.cap });
                if self.is_second_half {
                    request = request.after_first_factor(Proof { method: Method::Password, at: START });
                }
                let mut sign_in = SignIn::new(held, NoEdits, request, rules());
                let step = sign_in.begin(now);
                (Act::SignIn(Box::new(sign_in)), asked(step))
            }
            _ => return Ok(()),
        };
        // What a handler decides is its own: it meets the others only in the store.
        match step {
            Some(call) => {
                self.check(&call)?;
                let Some(answer) = world.ask(call, self.action, trouble) else { return Ok(()) };
                self.carry_on(act, answer, world)
            }
            None => Ok(()),
        }
    }

    fn carry_on(&mut self, mut act: Act, answer: Answer, world: &mut World) -> Result<(), String> {
        let outcome = match &mut act {
            Act::Write(commit) => match commit.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(_) => Ok(Outcome::Other),
            },
            Act::Token(commit) => match commit.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(Committed::Done { token_given: true, .. }) => Ok(Outcome::TokenGiven(self.digest)),
                Step::Done(_) => Ok(Outcome::Other),
            },
            Act::SignIn(sign_in) => match sign_in.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(SignInOutcome::Done { .. }) => Ok(Outcome::TokenGiven(self.digest)),
                Step::Done(_) => Ok(Outcome::Other),
            },
        };
        match outcome {
            Err(call) => {
                self.check(&call)?;
                self.phase = Phase::Acting(Box::new(act), call);
            }
            Ok(Outcome::Other) => {}
            Ok(Outcome::TokenGiven(digest)) => return self.token_given(digest, world),
        }
        Ok(())
    }

    /// The second half of a sign-in ends the session that keeps the first, or is none.
    fn check(&self, call: &Call) -> Result<(), String> {
        match call {
            Call::Insert { replaces: None, .. } if self.is_second_half => {
                Err("the second half of a sign-in went on as from nothing".into())
            }
            _ => Ok(()),
        }
    }

    fn token_given(&self, digest: SecretDigest, world: &mut World) -> Result<(), String> {
        let others = world.reauthentications - u32::from(self.action == Action::Reauthenticate);
        if !self.from_nothing && self.admitted_after_reauthentications < others {
            return Err(format!(
                "{:?} began before a reauthentication and was given a token after it",
                self.action
            ));
        }
        if self.action == Action::SignIn && self.fence.number() < world.revocations {
            return Err("a sign-in that began before a revocation survived it".into());
        }
        let id = if self.action == Action::SignIn { self.new_id } else { SESSION };
        world.minted.push((id, digest));
        Ok(())
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }
}

fn asked<T>(step: Step<T>) -> Option<Call> {
    match step {
        Step::Ask(call) => Some(call),
        Step::Done(_) => None,
    }
}
