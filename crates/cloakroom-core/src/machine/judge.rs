//! What a presented token is worth: the one place where a session is found live or not.

use std::ops::{Deref, DerefMut};

use crate::audience::{AudienceLimits, AudienceRules, AudienceTokens};
use crate::ids::SessionId;
use crate::lifetime::{Lifetime, Renewal};
use crate::record::{Audiences, Record, Tokens, Undecodable};
use crate::store::{Loaded, Row, Version};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// The limits that sessions are judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// How long sessions live.
    pub lifetime: Lifetime,
    /// When tokens are renewed.
    pub renewal: Renewal,
    /// Whose tokens are good and for how long: this audience's, or those of the sign-in's own origin.
    pub audience: Option<AudienceRules>,
}

impl Rules {
    /// When a session ends as it is seen here, if nothing more is sent.
    pub fn expires_at(&self, record: &Record) -> Timestamp {
        let end = record.expires_at(&self.lifetime);
        self.audience_end(record).map_or(end, |(seen_until, _)| seen_until.min(end))
    }

    /// Which limit of the audience's own has passed by `now`, if any; the session lives on elsewhere.
    pub fn lapsed(&self, record: &Record, now: Timestamp) -> Option<Limit> {
        let (_, is_idle) = self.audience_end(record).filter(|(seen_until, _)| now >= *seen_until)?;
        Some(if is_idle { Limit::Idle } else { Limit::Absolute })
    }

    /// Whether a use at this audience has to be written down.
    pub(super) fn audience_touch_is_due(&self, record: &Record, now: Timestamp) -> bool {
        self.audience.is_some_and(|here| {
            let used_at = || Audiences::used_at(&record.slots, here.audience);
            here.limits != AudienceLimits::none()
                && here.limits.touch_is_due(used_at(), record.proven_at(), now)
        })
    }

    fn audience_end(&self, record: &Record) -> Option<(Timestamp, bool)> {
        let here = self.audience.filter(|here| here.limits != AudienceLimits::none())?;
        here.limits.end(Audiences::used_at(&record.slots, here.audience), record.proven_at())
    }
}

/// A session that a request holds.
///
/// It is one pointer wide, since it goes from hand to hand many times in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held(Box<Holding>);

/// What a request knows of the session that it holds: what it presented, and what it read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The session.
    pub id: SessionId,
    /// The digest of the secret that the request presented, or was given since.
    pub presented: SecretDigest,
    /// Whether the client knows that secret, and since when that is known.
    pub source: TokenSource,
    /// What was read, or written since.
    pub record: Record,
    /// The write that was read, or that this request made.
    pub version: Version,
}

impl Held {
    /// A session that was created a moment ago, as whoever created it holds it.
    pub fn created(id: SessionId, record: Record) -> Self {
        let presented = record.tokens.current;
        let source = TokenSource::Given;
        Self(Box::new(Holding { id, presented, source, record, version: Version::FIRST }))
    }

    /// A session as a request carries it along, sealed, at this moment; what it presented is the value itself.
    ///
    /// # Errors
    /// [`Undecodable`], when the row holds no record.
    pub fn carried(id: SessionId, row: &Row, now: Timestamp) -> Result<Self, Undecodable> {
        let record = Record::blank(row.created_at);
        let (presented, source) = (record.tokens.current, TokenSource::Client(now));
        let mut held = Self(Box::new(Holding { id, presented, source, record, version: Version::FIRST }));
        held.record.read(row)?;
        held.presented = held.record.tokens.current;
        Ok(held)
    }

    /// A session as it was loaded for a request that presented this digest at this moment.
    pub(super) fn loaded(
        id: SessionId,
        presented: SecretDigest,
        loaded: &Loaded,
        now: Timestamp,
    ) -> Result<Self, Undecodable> {
        let source = TokenSource::Client(now);
        let record = Record::blank(loaded.row.created_at);
        // The record is filled in where it will lie.
        let mut held = Self(Box::new(Holding { id, presented, source, record, version: loaded.version }));
        held.record.read(&loaded.row)?;
        Ok(held)
    }

    /// A session that a request takes part in without having its token: that of the browser which it is known to come from.
    pub(super) fn joined(id: SessionId, record: Record, version: Version) -> Self {
        let presented = record.tokens.current;
        Self(Box::new(Holding { id, presented, source: TokenSource::Given, record, version }))
    }

    /// Whether the request presented the session's own token, and not one before or after it.
    pub fn presents_current(&self) -> bool {
        self.record.tokens.current == self.presented
    }
}

impl Deref for Held {
    type Target = Holding;

    fn deref(&self) -> &Holding {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Holding {
        &mut self.0
    }
}

/// Where a request has its token from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The client presented it, and was let in at this moment.
    Client(Timestamp),
    /// This request was given it, and its answer has not left yet.
    Given,
}

/// What a token is worth at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Judgement {
    /// It names a live session.
    Live(Standing),
    /// It was good, and time has ended its session.
    Expired(Limit),
    /// It is good and its session lives, but no longer at this audience: a new proof of who the user is opens it again.
    Lapsed(Limit),
    /// It was replaced. This use means nothing.
    ///
    /// It is too soon after, or the token that replaced it may never have arrived.
    Replaced,
    /// It was renewed away long enough ago that its use is a sign of theft.
    Reused,
    /// It never was a token of this session.
    Wrong,
}

/// Which of a session's tokens was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The session's token.
    Current,
    /// One that a renewal handed out, presented for the first time: that of the last, or of the one before.
    Pending,
    /// The one before the current, within the grace.
    Previous,
    /// One that an audience was given.
    Delegated,
}

/// Which limit ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Nobody used it for too long.
    Idle,
    /// It was too long since the user proved who they are.
    Absolute,
}

/// Judges a presented token against the record of the session that it claims.
///
/// A session has at most one current token, two pending ones and a previous one; 16 before that are recognised.
///
/// # Security
/// A wrong secret is found first, so that a guess learns nothing about the session. Digests are compared in constant time,
/// and only a token that once was good counts as reused.
///
/// Source: ASVS 5.0 7.3.1, 7.3.2; OWASP Session Management, "Renewal Timeout".
pub fn judge(record: &Record, presented: &SecretDigest, now: Timestamp, rules: &Rules) -> Judgement {
    let standing = match rules.audience.filter(|here| here.tokens == AudienceTokens::ItsOwn) {
        Some(here) if Audiences::grants(&record.slots, here.audience, presented, now) => {
            Ok(Standing::Delegated)
        }
        Some(_) => Err(Judgement::Wrong),
        None => record.tokens.standing(presented, now),
    };
    let standing = match standing {
        Ok(standing) => standing,
        Err(worthless) => return worthless,
    };
    match (expired(record, now, &rules.lifetime), rules.lapsed(record, now)) {
        (Some(limit), _) => Judgement::Expired(limit),
        (None, Some(limit)) => Judgement::Lapsed(limit),
        (None, None) => Judgement::Live(standing),
    }
}

impl Tokens {
    /// Which of these tokens was presented, or that it is none that is good.
    pub(super) fn standing(&self, presented: &SecretDigest, now: Timestamp) -> Result<Standing, Judgement> {
        if self.current == *presented {
            Ok(Standing::Current)
        } else if self.is_pending(presented) {
            Ok(Standing::Pending)
        } else if self.is_in_grace(presented, now) {
            Ok(Standing::Previous)
        } else if !self.was_good(presented) {
            Err(Judgement::Wrong)
        } else if self.reuse_is_suspicious(now) {
            Err(Judgement::Reused)
        } else {
            Err(Judgement::Replaced)
        }
    }

    fn is_pending(&self, presented: &SecretDigest) -> bool {
        let last = self.pending.is_some_and(|pending| pending.digest == *presented);
        last || self.pending_before.is_some_and(|before| before == *presented)
    }

    /// A replaced token never was in a grace, whatever time it is on a node whose clock is behind.
    fn is_in_grace(&self, presented: &SecretDigest, now: Timestamp) -> bool {
        self.previous.is_some_and(|previous| {
            let has_grace = previous.good_until > self.current_since;
            has_grace && now < previous.good_until && previous.digest == *presented
        })
    }

    fn was_good(&self, presented: &SecretDigest) -> bool {
        let previous = self.previous.is_some_and(|previous| previous.digest == *presented);
        previous || self.retired.contains(&presented.stub())
    }

    /// Whether a use of an earlier token can be no request that was under way, nor a client that lost an answer.
    ///
    /// The graces of retired tokens ended before that of the previous one does, so one moment serves for all.
    fn reuse_is_suspicious(&self, now: Timestamp) -> bool {
        !self.current_is_unused && self.previous.is_none_or(|previous| now >= previous.suspicious_from)
    }
}

/// Whether time has left the session alive here, whatever token somebody holds: for a stream that outlasts its request.
pub fn is_live(record: &Record, now: Timestamp, rules: &Rules) -> bool {
    expired(record, now, &rules.lifetime).is_none() && rules.lapsed(record, now).is_none()
}

/// Which limit has ended this session by `now`, if any; a limit that is reached exactly has.
fn expired(record: &Record, now: Timestamp, lifetime: &Lifetime) -> Option<Limit> {
    if now < record.expires_at(lifetime) {
        return None;
    }
    let absolute = now >= lifetime.absolute_end(record.proven_at());
    Some(if absolute { Limit::Absolute } else { Limit::Idle })
}

/// Whether a request that presented the current token should be given a new one.
///
/// It should when the token is as old as the period, and when an earlier renewal's answer seems to have been lost:
/// its token is still pending after the grace.
pub fn renewal_is_due(record: &Record, now: Timestamp, renewal: &Renewal) -> bool {
    let tokens = &record.tokens;
    match (tokens.pending, renewal.period()) {
        (Some(pending), _) => now >= pending.issued_at.after(renewal.grace()),
        (None, Some(period)) => now >= tokens.current_since.after(period),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Subject;
    use crate::record::Method;
    use crate::time::{hours, seconds};
    use crate::token::FreshSecret;

    fn digest(octet: u8) -> SecretDigest {
        FreshSecret::from_entropy([octet; 32]).digest()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn record() -> Record {
        let alice = Subject::new("alice").unwrap();
        Record::authenticated(alice, Method::Password, &FreshSecret::from_entropy([1; 32]), at(0))
    }

    fn rules() -> Rules {
        let lifetime = Lifetime::try_new(seconds(600), hours(1), seconds(0)).unwrap();
        Rules { lifetime, renewal: Renewal::every(seconds(300)), audience: None }
    }

    #[test]
    fn behaviour_22_a_limit_that_is_reached_exactly_has_ended_the_session() {
        let live_until_idle = Timestamp::from_millis(599_999);
        assert_eq!(
            judge(&record(), &digest(1), live_until_idle, &rules()),
            Judgement::Live(Standing::Current)
        );
        assert_eq!(judge(&record(), &digest(1), at(600), &rules()), Judgement::Expired(Limit::Idle));
        let mut busy = record();
        busy.last_seen_at = at(3599);
        assert_eq!(judge(&busy, &digest(1), at(3599), &rules()), Judgement::Live(Standing::Current));
        assert_eq!(judge(&busy, &digest(1), at(3600), &rules()), Judgement::Expired(Limit::Absolute));
    }

    #[test]
    fn a_wrong_secret_is_wrong_before_it_is_expired() {
        assert_eq!(judge(&record(), &digest(9), at(700), &rules()), Judgement::Wrong);
    }

    #[test]
    fn a_pending_token_is_replaced_only_when_it_is_older_than_the_grace() {
        let mut record = record();
        assert!(!renewal_is_due(&record, at(299), &rules().renewal));
        assert!(renewal_is_due(&record, at(300), &rules().renewal));
        record.renew(digest(2), at(300));
        assert!(!renewal_is_due(&record, at(329), &rules().renewal));
        assert!(renewal_is_due(&record, at(330), &rules().renewal));
    }
}
