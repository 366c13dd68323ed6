//! Writing what a request changed in its session, by compare-and-swap.

use super::judge::renewal_is_due;
use super::{Answer, Call, Edits, Held, Judgement, Operation, Rules, Standing, Step, TokenSource, judge};
use crate::record::{Audiences, Client, Method, Record};
use crate::store::{Loaded, Swap, Touch, Touched, Version};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// Writes slots, a new token, a promotion and activity in one step.
///
/// When somebody else wrote first, everything is judged and made again on the newer record, a bounded number of times.
/// Against a revocation the write loses, and so it does when the presented token has died meanwhile: a request that
/// began before a reauthentication hands out no token after it.
///
/// # Security
/// Digests of tokens that are given come from a [`FreshSecret`](crate::FreshSecret) drawn for this commit.
///
/// Source: ASVS 5.0 7.2.4; OWASP Session Management, "Renewal Timeout".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit<E> {
    held: Held,
    edits: E,
    token: TokenChange,
    rules: Rules,
    tries_left: u32,
    attempt: Option<Attempt>,
    /// Where a user who proves again who they are does so.
    client: Option<Box<Client>>,
}

/// What is to become of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenChange {
    /// It stays.
    Keep,
    /// The session gets this one too, pending until it is presented.
    Renew(SecretDigest),
    /// The session gets this one, and the old one is dead at once.
    ///
    /// With a method, the user has proved who they are, and the absolute timeout starts over.
    Replace(SecretDigest, Option<Method>),
}

/// What a commit has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Committed<X> {
    /// It is written. The new token, if one was to be given, belongs to the session when `token_given`.
    Done {
        /// The session as it stands now.
        held: Held,
        /// Whether the client may be given the new token.
        token_given: bool,
    },
    /// The session, or the right of the presented token to it, has ended meanwhile.
    Gone,
    /// Others wrote first every time.
    Lost(Held),
    /// The edits cannot be made.
    Refused(X),
}

/// What is being tried: the session after it, and what of the wishes came true in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attempt {
    held: Held,
    token_given: bool,
}

impl<E: Edits> Commit<E> {
    /// How often a commit starts over before it is lost.
    pub const TRIES_MAX: u32 = 32;

    /// A commit of these changes to a held session.
    pub fn new(held: Held, edits: E, token: TokenChange, rules: Rules) -> Self {
        Self { held, edits, token, rules, tries_left: Self::TRIES_MAX, attempt: None, client: None }
    }

    /// The same from this place, which is the session's from now on if the commit is a proof of who the user is.
    #[must_use]
    pub fn from_client(self, client: Option<Client>) -> Self {
        Self { client: client.map(Box::new), ..self }
    }

    fn attempt(&mut self, now: Timestamp) -> Step<Committed<E::Error>> {
        let Judgement::Live(standing) = judge(&self.held.record, &self.held.presented, now, &self.rules)
        else {
            return Step::Done(Committed::Gone);
        };
        let mut next = Attempt { held: self.held.clone(), token_given: false };
        let token_changed = self.change_token(&mut next, standing, now);
        if let Err(refused) = self.edits.apply(&mut next.held.record.slots) {
            return Step::Done(Committed::Refused(refused));
        }
        if self.rules.lifetime.touch_is_due(next.held.record.last_seen_at, now) {
            next.held.record.see(now);
        }
        let use_noted = self.note_use(&mut next.held.record, now);
        let step = if token_changed || use_noted || !self.edits.is_empty() {
            let row = Box::new(next.held.record.to_row(&self.rules.lifetime));
            Step::Ask(Call::Replace { id: self.held.id, seen: self.held.version, row })
        } else if next.held.record.last_seen_at > self.held.record.last_seen_at {
            let expires_at = next.held.record.expires_at(&self.rules.lifetime);
            let touch = Touch { last_seen_at: next.held.record.last_seen_at, expires_at };
            Step::Ask(Call::Touch { id: self.held.id, touch })
        } else {
            let held = self.held.clone();
            return Step::Done(Committed::Done { held, token_given: false });
        };
        self.attempt = Some(next);
        step
    }

    /// Writes down in `record` that its audience is used, where that has a limit of its own and it is due.
    ///
    /// A session that is full has no room for it, and is asked for a proof the sooner.
    fn note_use(&self, record: &mut Record, now: Timestamp) -> bool {
        let Some(here) = self.rules.audience.filter(|_| self.rules.audience_touch_is_due(record, now)) else {
            return false;
        };
        let mut audiences = Audiences::read(&record.slots);
        audiences.see(here.audience, now);
        audiences.write(&mut record.slots).is_ok()
    }

    /// Makes the change of token in `next`, and says whether there is anything to write.
    fn change_token(&self, next: &mut Attempt, standing: Standing, now: Timestamp) -> bool {
        let grace = self.rules.renewal.grace();
        let promoted = standing == Standing::Pending;
        if promoted {
            let presented = next.held.presented;
            next.held.record.promote(presented, now, grace);
        }
        // What this request itself was given has not left with an answer yet, so using it proves nothing.
        let first_used = standing == Standing::Current
            && matches!(self.held.source, TokenSource::Client(_))
            && next.held.record.tokens.current_is_unused;
        if first_used {
            next.held.record.first_use(now, grace);
        }
        match self.token {
            // An audience is given its token by a hand-over, and no other.
            TokenChange::Renew(_) | TokenChange::Replace(..) if standing == Standing::Delegated => {}
            // Only the session's own token is renewed, and only once at a time, so that parallel requests converge.
            TokenChange::Renew(digest)
                if standing != Standing::Previous && !self.renewal_is_under_way(next) =>
            {
                next.held.record.renew(digest, now);
                next.token_given = true;
            }
            TokenChange::Keep | TokenChange::Renew(_) => {}
            TokenChange::Replace(digest, method) => {
                next.held.record.replace_token(digest, now, grace);
                if let Some(method) = method {
                    next.held.record.prove(method, now);
                    if let Some(client) = &self.client {
                        next.held.record.client = Client::clone(client);
                    }
                }
                next.held.presented = digest;
                next.held.source = TokenSource::Given;
                next.token_given = true;
            }
        }
        promoted || first_used || next.token_given
    }

    /// Whether a pending token may still arrive, for all that this request can tell.
    ///
    /// What counts is when the client presented the old one. A request that came in before the pending one was issued and
    /// took its time says nothing about whether that has arrived since.
    fn renewal_is_under_way(&self, next: &Attempt) -> bool {
        let lost = match self.held.source {
            TokenSource::Client(at) => renewal_is_due(&next.held.record, at, &self.rules.renewal),
            TokenSource::Given => false,
        };
        next.held.record.tokens.pending.is_some() && !lost
    }

    fn done(&mut self, version: Version) -> Step<Committed<E::Error>> {
        let Attempt { mut held, token_given } = self.attempt.take().expect("an answer follows an attempt");
        held.version = version;
        Step::Done(Committed::Done { held, token_given })
    }

    fn lost(&mut self) -> Step<Committed<E::Error>> {
        self.tries_left -= 1;
        if self.tries_left == 0 {
            return Step::Done(Committed::Lost(self.held.clone()));
        }
        Step::Ask(Call::Reload(self.held.id))
    }

    fn reload(&mut self, loaded: &Loaded, now: Timestamp) -> Step<Committed<E::Error>> {
        // A row that can no longer be read ends the session for everyone who looks at it next.
        let Ok(record) = Record::from_row(&loaded.row) else { return Step::Done(Committed::Gone) };
        self.held.record = *record;
        self.held.version = loaded.version;
        self.attempt(now)
    }
}

impl<E: Edits> Operation for Commit<E> {
    type Outcome = Committed<E::Error>;

    fn begin(&mut self, now: Timestamp) -> Step<Self::Outcome> {
        self.attempt(now)
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Self::Outcome> {
        match answer {
            Answer::Swapped(Swap::Done(version)) => self.done(version),
            Answer::Touched(Touched::Done) => self.done(self.held.version),
            Answer::Swapped(Swap::Lost) => self.lost(),
            Answer::Swapped(Swap::Gone) | Answer::Touched(Touched::Gone) | Answer::Loaded(None) => {
                Step::Done(Committed::Gone)
            }
            Answer::Loaded(Some(loaded)) | Answer::Near(loaded) => self.reload(&loaded, now),
            Answer::Inserted(_) | Answer::Revoked(_) => unreachable!("a commit neither inserts nor revokes"),
        }
    }
}
