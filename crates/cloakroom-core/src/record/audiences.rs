//! Which audiences have a token of a session, and which have been offered one.
//!
//! They lie in a slot of their own, so that a session without audiences takes no more room:
//! ```text
//! grant = 1 | audience, 16 octets | digest, 32 octets | good until, 8 octets, 0 for as long as the session
//! offer = 2 | audience, 16 octets | digest, 32 octets | good until, 8 octets | challenge, 32 octets
//! ```

use super::octets::Reader;
use super::{KeptAtSignIn, SlotTooLarge, Slots};
use crate::audience::{Audience, Challenge};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// No name that an application gives a slot begins with a NUL.
const SLOT: &str = "\0audiences";

const GRANT: u8 = 1;
const OFFER: u8 = 2;

/// The audiences of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Audiences(Vec<Entry>);

/// A token of an audience, or a code for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    audience: Audience,
    digest: SecretDigest,
    /// `None` for as long as the session.
    good_until: Option<Timestamp>,
    /// What an offer is bound to; `None` for a grant.
    challenge: Option<Challenge>,
}

impl Audiences {
    /// How many offers may be open at a time; the oldest gives way. A browser with a dozen tabs makes one for each.
    const OFFERS_MAX: usize = 32;

    pub(crate) fn read(slots: &Slots) -> Self {
        Self(entries(slots).collect())
    }

    pub(crate) fn write(&self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        let octets = self.0.iter().fold(Vec::new(), |mut octets, entry| {
            entry.write(&mut octets);
            octets
        });
        slots.set(SLOT, &octets, KeptAtSignIn::No)
    }

    /// Takes every token and every offer back.
    pub(crate) fn forget(slots: &mut Slots) {
        slots.remove(SLOT);
    }

    /// Whether an audience has been granted this token of the session.
    pub(crate) fn grants(
        slots: &Slots,
        audience: Audience,
        presented: &SecretDigest,
        now: Timestamp,
    ) -> bool {
        entries(slots).any(|entry| {
            entry.challenge.is_none()
                && entry.audience == audience
                && entry.digest == *presented
                && entry.is_good(now)
        })
    }

    /// Offers an audience a token for whoever brings this code and meets the challenge.
    pub(crate) fn offer(
        &mut self,
        audience: Audience,
        code: SecretDigest,
        challenge: Challenge,
        (now, good_until): (Timestamp, Timestamp),
    ) {
        self.0.retain(|entry| entry.is_good(now));
        let offers = self.0.iter().filter(|entry| entry.challenge.is_some()).count();
        if offers >= Self::OFFERS_MAX
            && let Some(oldest) = self.0.iter().position(|entry| entry.challenge.is_some())
        {
            self.0.remove(oldest);
        }
        let (good_until, challenge) = (Some(good_until), Some(challenge));
        self.0.push(Entry { audience, digest: code, good_until, challenge });
    }

    /// Uses an offer up and grants a token for it; `false` when there is no such offer.
    ///
    /// Other tokens of the audience are good until `others_until`: a browser whose tabs took over at the same moment may hold any of them.
    pub(crate) fn accept(
        &mut self,
        audience: Audience,
        code: &SecretDigest,
        challenge: Challenge,
        granted: SecretDigest,
        (now, others_until): (Timestamp, Timestamp),
    ) -> bool {
        let is_meant = |entry: &Entry| {
            entry.challenge == Some(challenge)
                && entry.audience == audience
                && entry.digest == *code
                && entry.is_good(now)
        };
        let Some(at) = self.0.iter().position(is_meant) else { return false };
        self.0.remove(at);
        self.0.retain(|entry| entry.is_good(now));
        for other in self.0.iter_mut().filter(|other| other.challenge.is_none() && other.audience == audience)
        {
            other.good_until = Some(other.good_until.map_or(others_until, |until| until.min(others_until)));
        }
        self.0.push(Entry { audience, digest: granted, good_until: None, challenge: None });
        true
    }
}

impl Entry {
    fn is_good(&self, now: Timestamp) -> bool {
        self.good_until.is_none_or(|until| now < until)
    }

    fn read(octets: &mut Reader<'_>) -> Option<Self> {
        let kind = octets.octet()?;
        let audience = Audience::from_octets(*octets.array()?);
        let digest = SecretDigest::from_octets(*octets.array()?);
        let good_until = u64::from_be_bytes(*octets.array()?);
        let good_until = (good_until != 0).then(|| Timestamp::from_millis(good_until));
        let challenge = match kind {
            GRANT => None,
            OFFER => Some(Challenge::from_octets(*octets.array()?)),
            _ => return None,
        };
        Some(Self { audience, digest, good_until, challenge })
    }

    fn write(&self, octets: &mut Vec<u8>) {
        octets.push(if self.challenge.is_some() { OFFER } else { GRANT });
        octets.extend_from_slice(self.audience.as_octets());
        octets.extend_from_slice(self.digest.as_octets());
        octets.extend_from_slice(&self.good_until.map_or(0, Timestamp::as_millis).to_be_bytes());
        if let Some(challenge) = &self.challenge {
            octets.extend_from_slice(challenge.as_octets());
        }
    }
}

/// What cannot be read, because a later release wrote it, grants nothing.
fn entries(slots: &Slots) -> impl Iterator<Item = Entry> {
    let mut octets = Reader::new(slots.get(SLOT).unwrap_or_default());
    std::iter::from_fn(move || Entry::read(&mut octets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::seconds;
    use crate::token::FreshSecret;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn digest(octet: u8) -> SecretDigest {
        FreshSecret::from_entropy([octet; 32]).digest()
    }

    fn wiki() -> Audience {
        Audience::of("https://wiki.example.org")
    }

    fn browser() -> Challenge {
        Challenge::of_verifier(b"held by the browser")
    }

    fn offered(codes: impl IntoIterator<Item = u8>) -> Audiences {
        let mut audiences = Audiences::default();
        for code in codes {
            audiences.offer(wiki(), digest(code), browser(), (NOW, NOW.after(seconds(60))));
        }
        audiences
    }

    fn slots(audiences: &Audiences) -> Slots {
        let mut slots = Slots::default();
        audiences.write(&mut slots).unwrap();
        slots
    }

    fn times(after: u64) -> (Timestamp, Timestamp) {
        let now = NOW.after(seconds(after));
        (now, now.after(seconds(30)))
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut audiences = offered([1, 2]);
        assert!(audiences.accept(wiki(), &digest(1), browser(), digest(9), times(0)));
        assert_eq!(Audiences::read(&slots(&audiences)), audiences);
        assert_eq!(Audiences::read(&Slots::default()), Audiences::default());
    }

    #[test]
    fn an_offer_is_good_once_for_its_browser_its_audience_and_its_minute() {
        let other_browser = Challenge::of_verifier(b"another");
        let shop = Audience::of("https://shop.example.org");
        let mut audiences = offered([1]);
        assert!(!audiences.accept(wiki(), &digest(2), browser(), digest(9), times(0)), "another code");
        assert!(!audiences.accept(wiki(), &digest(1), other_browser, digest(9), times(0)), "another browser");
        assert!(!audiences.accept(shop, &digest(1), browser(), digest(9), times(0)), "another audience");
        assert!(!audiences.accept(wiki(), &digest(1), browser(), digest(9), times(60)), "too late");
        assert!(audiences.accept(wiki(), &digest(1), browser(), digest(9), times(59)));
        assert!(!audiences.accept(wiki(), &digest(1), browser(), digest(8), times(59)), "again");
    }

    #[test]
    fn a_token_is_good_for_its_audience_and_a_code_is_no_token() {
        let mut audiences = offered([1]);
        let grants = |audiences: &Audiences, audience, octet| {
            Audiences::grants(&slots(audiences), audience, &digest(octet), NOW)
        };
        assert!(!grants(&audiences, wiki(), 1), "a code");
        audiences.accept(wiki(), &digest(1), browser(), digest(9), times(0));
        assert!(grants(&audiences, wiki(), 9));
        assert!(!grants(&audiences, Audience::of("https://shop.example.org"), 9));
        assert!(!grants(&audiences, wiki(), 1));
    }

    #[test]
    fn tabs_that_take_over_at_the_same_moment_all_get_through() {
        let mut audiences = offered([1, 2]);
        assert!(audiences.accept(wiki(), &digest(1), browser(), digest(8), times(0)));
        assert!(audiences.accept(wiki(), &digest(2), browser(), digest(9), times(0)));
        let grants = |octet, after| {
            Audiences::grants(&slots(&audiences), wiki(), &digest(octet), NOW.after(seconds(after)))
        };
        assert!(grants(8, 29) && grants(9, 29));
        assert!(!grants(8, 30) && grants(9, 3000), "the last one stays");
    }

    #[test]
    fn a_flood_of_offers_drops_the_oldest_and_no_token() {
        let mut audiences = offered([1]);
        audiences.accept(wiki(), &digest(1), browser(), digest(200), times(0));
        for code in 2..=40 {
            audiences.offer(wiki(), digest(code), browser(), (NOW, NOW.after(seconds(60))));
        }
        assert!(Audiences::grants(&slots(&audiences), wiki(), &digest(200), NOW));
        assert!(!audiences.accept(wiki(), &digest(2), browser(), digest(9), times(0)));
        assert!(audiences.accept(wiki(), &digest(40), browser(), digest(9), times(0)));
        assert_eq!(audiences.0.len(), Audiences::OFFERS_MAX + 1);
    }
}
