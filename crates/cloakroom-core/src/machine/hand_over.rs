//! Taking a session over from the origin of the sign-in to another: an offer, and its acceptance.

use super::{Answer, Call, Held, Operation, Rules, Step, TokenSource, is_live};
use crate::audience::{Audience, Challenge};
use crate::ids::SessionId;
use crate::record::{Audiences, SlotTooLarge, Slots};
use crate::store::{Loaded, Swap, Version};
use crate::time::{Timestamp, seconds};
use crate::token::{SecretDigest, Token};

/// How long an offer waits: a redirect takes no longer.
const OFFER: std::time::Duration = seconds(60);

/// How long another token of the same audience stays good, whose cookie may be the one that the browser has kept.
const GRACE: std::time::Duration = seconds(30);

/// A one-time code for an audience, bound to one browser.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Who may take the session over.
    pub audience: Audience,
    /// The digest of the code.
    pub code: SecretDigest,
    /// What the browser has to meet.
    pub challenge: Challenge,
}

impl Offer {
    /// Writes the offer into the slots of the session that is offered.
    ///
    /// # Errors
    /// [`SlotTooLarge`], and nothing has changed.
    pub fn write(&self, slots: &mut Slots, now: Timestamp) -> Result<(), SlotTooLarge> {
        let mut audiences = Audiences::read(slots);
        audiences.offer(self.audience, self.code, self.challenge, (now, now.after(OFFER)));
        audiences.write(slots)
    }
}

/// Uses an offer up, and gives the audience a token of the session.
///
/// It is one compare-and-swap: of two that bring one code, one gets a token. Against a revocation it loses, like every write.
#[derive(Clone, Debug)]
pub struct Accept {
    id: SessionId,
    code: SecretDigest,
    audience: Audience,
    challenge: Challenge,
    granted: SecretDigest,
    rules: Rules,
    tries_left: u32,
    attempt: Option<Held>,
}

/// What a code has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Accepted {
    /// The audience holds the session now, by the token that was to be granted.
    Done(Held),
    /// There is no such offer (any more), for this browser, of a session that is live.
    Refused,
    /// Others wrote first every time.
    Lost,
}

impl Accept {
    /// How often it starts over before it is lost.
    pub const TRIES_MAX: u32 = 32;

    /// The acceptance of an offer by its code; `granted` is the digest of a [`FreshSecret`](crate::FreshSecret) drawn for it.
    pub fn new(
        code: &Token,
        audience: Audience,
        challenge: Challenge,
        granted: SecretDigest,
        rules: Rules,
    ) -> Self {
        let (id, code, tries_left) = (code.id(), code.digest(), Self::TRIES_MAX);
        Self { id, code, audience, challenge, granted, rules, tries_left, attempt: None }
    }

    fn attempt(&mut self, loaded: &Loaded, now: Timestamp) -> Step<Accepted> {
        let Ok(mut held) = Held::loaded(self.id, self.granted, loaded, now) else {
            return Step::Done(Accepted::Refused);
        };
        held.source = TokenSource::Given;
        let mut audiences = Audiences::read(&held.record.slots);
        let times = (now, now.after(GRACE));
        let is_offered = audiences.accept(self.audience, &self.code, self.challenge, self.granted, times);
        if !is_offered || !is_live(&held.record, now, &self.rules) {
            return Step::Done(Accepted::Refused);
        }
        if self.rules.audience_touch_is_due(&held.record, now) {
            audiences.see(self.audience, now);
        }
        if audiences.write(&mut held.record.slots).is_err() {
            return Step::Done(Accepted::Refused);
        }
        held.record.see(now);
        let row = Box::new(held.record.to_row(&self.rules.lifetime));
        let seen = held.version;
        self.attempt = Some(held);
        Step::Ask(Call::Replace { id: self.id, seen, row })
    }

    fn done(&mut self, version: Version) -> Step<Accepted> {
        let mut held = self.attempt.take().expect("an answer follows an attempt");
        held.version = version;
        Step::Done(Accepted::Done(held))
    }

    fn lost(&mut self) -> Step<Accepted> {
        self.tries_left -= 1;
        if self.tries_left == 0 { Step::Done(Accepted::Lost) } else { Step::Ask(Call::Reload(self.id)) }
    }
}

impl Operation for Accept {
    type Outcome = Accepted;

    /// A copy is not asked: the offer may have been made on another node a moment ago.
    fn begin(&mut self, _: Timestamp) -> Step<Accepted> {
        Step::Ask(Call::Reload(self.id))
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Accepted> {
        match answer {
            Answer::Loaded(Some(loaded)) | Answer::Near(loaded) => self.attempt(&loaded, now),
            Answer::Swapped(Swap::Done(version)) => self.done(version),
            Answer::Swapped(Swap::Lost) => self.lost(),
            Answer::Loaded(None) | Answer::Swapped(Swap::Gone) => Step::Done(Accepted::Refused),
            Answer::Inserted(_) | Answer::Touched(_) | Answer::Revoked(_) => {
                unreachable!("an acceptance loads and replaces")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Subject;
    use crate::lifetime::{Lifetime, Renewal};
    use crate::machine::{Judgement, Limit, Standing, judge};
    use crate::record::{Method, Record};
    use crate::time::{hours, minutes};
    use crate::token::FreshSecret;

    const ID: SessionId = SessionId::from_octets([1; SessionId::LEN]);
    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn secret(octet: u8) -> FreshSecret {
        FreshSecret::from_entropy([octet; 32])
    }

    fn wiki() -> Audience {
        Audience::of("https://wiki.example.org")
    }

    fn browser() -> Challenge {
        Challenge::of_verifier(b"held by the browser")
    }

    fn rules(audience: Option<Audience>) -> Rules {
        let lifetime = Lifetime::try_new(minutes(10), hours(1), seconds(60)).unwrap();
        Rules { lifetime, renewal: Renewal::on_demand(), audience: audience.map(Into::into) }
    }

    fn offered() -> Record {
        let mut record =
            Record::authenticated(Subject::new("alice").unwrap(), Method::Password, &secret(1), NOW);
        let offer = Offer { audience: wiki(), code: secret(2).digest(), challenge: browser() };
        offer.write(&mut record.slots, NOW).unwrap();
        record
    }

    fn loaded(record: &Record) -> Answer {
        let row = record.to_row(&rules(None).lifetime);
        Answer::Loaded(Some(Loaded { row, version: Version::FIRST }))
    }

    fn accept() -> Accept {
        let code = Token::parse(secret(2).into_text(ID).expose()).unwrap();
        let mut accept = Accept::new(&code, wiki(), browser(), secret(3).digest(), rules(Some(wiki())));
        assert_eq!(accept.begin(NOW), Step::Ask(Call::Reload(ID)));
        accept
    }

    fn accepted() -> Record {
        let mut accept = accept();
        assert!(matches!(accept.resume(loaded(&offered()), NOW), Step::Ask(Call::Replace { .. })));
        let step = accept.resume(Answer::Swapped(Swap::Done(Version::FIRST.next())), NOW);
        let Step::Done(Accepted::Done(held)) = step else { panic!("{step:?}") };
        assert_eq!(held.version, Version::FIRST.next());
        held.record.clone()
    }

    fn judged(record: &Record, octet: u8, audience: Option<Audience>, now: Timestamp) -> Judgement {
        judge(record, &secret(octet).digest(), now, &rules(audience))
    }

    #[test]
    fn each_token_is_good_at_its_own_origin_alone() {
        let record = accepted();
        assert_eq!(judged(&record, 3, Some(wiki()), NOW), Judgement::Live(Standing::Delegated));
        assert_eq!(judged(&record, 1, None, NOW), Judgement::Live(Standing::Current));
        assert_eq!(judged(&record, 3, None, NOW), Judgement::Wrong, "an audience's token at the sign-in");
        assert_eq!(
            judged(&record, 1, Some(wiki()), NOW),
            Judgement::Wrong,
            "the sign-in's token at an audience"
        );
        let shop = Some(Audience::of("https://shop.example.org"));
        assert_eq!(judged(&record, 3, shop, NOW), Judgement::Wrong, "at another audience");
    }

    #[test]
    fn an_audience_sees_the_session_end_with_time() {
        let record = accepted();
        let end = NOW.after(hours(1));
        assert_eq!(judged(&record, 3, Some(wiki()), end), Judgement::Expired(Limit::Absolute));
    }

    /// Story: a thief at an application went on after the password had been changed.
    #[test]
    fn an_audiences_token_dies_when_the_sessions_own_is_replaced() {
        let mut record = accepted();
        record.replace_token(secret(4).digest(), NOW, seconds(30));
        assert_eq!(judged(&record, 3, Some(wiki()), NOW), Judgement::Wrong);
    }

    #[test]
    fn a_code_is_used_up_with_its_first_use() {
        let mut again = accept();
        assert_eq!(again.resume(loaded(&accepted()), NOW), Step::Done(Accepted::Refused));
    }

    #[test]
    fn of_two_that_bring_one_code_the_second_is_refused() {
        let mut second = accept();
        let _ = second.resume(loaded(&offered()), NOW);
        assert_eq!(second.resume(Answer::Swapped(Swap::Lost), NOW), Step::Ask(Call::Reload(ID)));
        assert_eq!(second.resume(loaded(&accepted()), NOW), Step::Done(Accepted::Refused));
    }

    #[test]
    fn a_revocation_wins_against_an_acceptance() {
        assert_eq!(accept().resume(Answer::Loaded(None), NOW), Step::Done(Accepted::Refused));
        let mut late = accept();
        let _ = late.resume(loaded(&offered()), NOW);
        assert_eq!(late.resume(Answer::Swapped(Swap::Gone), NOW), Step::Done(Accepted::Refused));
    }
}
