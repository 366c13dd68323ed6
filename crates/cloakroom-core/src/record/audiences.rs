//! Which audiences have a token of a session, which have been offered one, and when those with limits of their own were last used.
//!
//! They lie in a slot of their own, so that a session without audiences takes no more room:
//! ```text
//! grant = 1 | audience, 16 octets | digest, 32 octets | good until, 8 octets, 0 for as long as the session
//! offer = 2 | audience, 16 octets | digest, 32 octets | good until, 8 octets | challenge, 32 octets
//! use   = 3 | audience, 16 octets | last used, 8 octets
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
const USE: u8 = 3;

/// The audiences of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Audiences {
    tokens: Vec<Entry>,
    /// Written last, where a release that knows of no uses stops to read.
    uses: Vec<Use>,
}

/// When somebody last used a session at an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    audience: Audience,
    at: Timestamp,
}

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

    /// How many audiences' tokens and uses are kept; the oldest gives way, which costs a hand-over or a proof.
    const AUDIENCES_MAX: usize = 128;

    pub(crate) fn read(slots: &Slots) -> Self {
        items(slots).fold(Self::default(), |mut audiences, item| {
            match item {
                Item::Token(entry) => audiences.tokens.push(entry),
                Item::Use(used) => audiences.uses.push(used),
            }
            audiences
        })
    }

    pub(crate) fn write(&self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        let mut octets = Vec::new();
        self.tokens.iter().for_each(|entry| entry.write(&mut octets));
        self.uses.iter().for_each(|used| used.write(&mut octets));
        slots.set(SLOT, &octets, KeptAtSignIn::No)
    }

    /// Takes every token and every offer back.
    pub(crate) fn forget(slots: &mut Slots) {
        let audiences = Self { tokens: Vec::new(), ..Self::read(slots) };
        if audiences.uses.is_empty() || audiences.write(slots).is_err() {
            slots.remove(SLOT);
        }
    }

    /// When a session was last used at an audience, as far as that was written down.
    pub(crate) fn used_at(slots: &Slots, audience: Audience) -> Option<Timestamp> {
        items(slots).find_map(|item| match item {
            Item::Use(used) if used.audience == audience => Some(used.at),
            _ => None,
        })
    }

    /// Notes that a session is used at an audience; never moves back.
    pub(crate) fn see(&mut self, audience: Audience, now: Timestamp) {
        let before = self.uses.iter().position(|used| used.audience == audience);
        let before = before.map(|before| self.uses.remove(before).at);
        if self.uses.len() >= Self::AUDIENCES_MAX {
            self.uses.remove(0);
        }
        self.uses.push(Use { audience, at: before.map_or(now, |before| before.max(now)) });
    }

    /// The audiences that have a token now, or that a use is written down of; each once.
    pub(crate) fn seen_by(slots: &Slots, now: Timestamp) -> Vec<Audience> {
        let mut seen = Vec::new();
        for item in items(slots) {
            let audience = match item {
                Item::Token(entry) if entry.challenge.is_none() && entry.is_good(now) => entry.audience,
                Item::Use(used) => used.audience,
                Item::Token(_) => continue,
            };
            if !seen.contains(&audience) {
                seen.push(audience);
            }
        }
        seen
    }

    /// Whether an audience has been granted this token of the session.
    pub(crate) fn grants(
        slots: &Slots,
        audience: Audience,
        presented: &SecretDigest,
        now: Timestamp,
    ) -> bool {
        tokens(slots).any(|entry| {
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
        self.tokens.retain(|entry| entry.is_good(now));
        let offers = self.tokens.iter().filter(|entry| entry.challenge.is_some()).count();
        if offers >= Self::OFFERS_MAX
            && let Some(oldest) = self.tokens.iter().position(|entry| entry.challenge.is_some())
        {
            self.tokens.remove(oldest);
        }
        let (good_until, challenge) = (Some(good_until), Some(challenge));
        self.tokens.push(Entry { audience, digest: code, good_until, challenge });
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
        let Some(at) = self.tokens.iter().position(is_meant) else { return false };
        self.tokens.remove(at);
        self.tokens.retain(|entry| entry.is_good(now));
        for other in
            self.tokens.iter_mut().filter(|other| other.challenge.is_none() && other.audience == audience)
        {
            other.good_until = Some(other.good_until.map_or(others_until, |until| until.min(others_until)));
        }
        let grants = self.tokens.iter().filter(|entry| entry.challenge.is_none()).count();
        if grants >= Self::AUDIENCES_MAX
            && let Some(oldest) = self.tokens.iter().position(|entry| entry.challenge.is_none())
        {
            self.tokens.remove(oldest);
        }
        self.tokens.push(Entry { audience, digest: granted, good_until: None, challenge: None });
        true
    }
}

impl Entry {
    fn is_good(&self, now: Timestamp) -> bool {
        self.good_until.is_none_or(|until| now < until)
    }

    fn read(kind: u8, audience: Audience, octets: &mut Reader<'_>) -> Option<Self> {
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

impl Use {
    fn write(&self, octets: &mut Vec<u8>) {
        octets.push(USE);
        octets.extend_from_slice(self.audience.as_octets());
        octets.extend_from_slice(&self.at.as_millis().to_be_bytes());
    }
}

enum Item {
    Token(Entry),
    Use(Use),
}

impl Item {
    fn read(octets: &mut Reader<'_>) -> Option<Self> {
        let kind = octets.octet()?;
        let audience = Audience::from_octets(*octets.array()?);
        if kind == USE {
            let at = Timestamp::from_millis(u64::from_be_bytes(*octets.array()?));
            return Some(Self::Use(Use { audience, at }));
        }
        Entry::read(kind, audience, octets).map(Self::Token)
    }
}

/// What cannot be read, because a later release wrote it, grants nothing.
fn items(slots: &Slots) -> impl Iterator<Item = Item> {
    let mut octets = Reader::new(slots.get(SLOT).unwrap_or_default());
    std::iter::from_fn(move || Item::read(&mut octets))
}

fn tokens(slots: &Slots) -> impl Iterator<Item = Entry> {
    items(slots).filter_map(|item| match item {
        Item::Token(entry) => Some(entry),
        Item::Use(_) => None,
    })
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
        assert_eq!(audiences.tokens.len(), Audiences::OFFERS_MAX + 1);
    }

    #[test]
    fn a_use_never_moves_back_and_outlives_the_tokens() {
        let (shop, mut audiences) = (Audience::of("https://shop.example.org"), offered([1]));
        audiences.see(wiki(), NOW.after(seconds(9)));
        audiences.see(wiki(), NOW);
        audiences.see(shop, NOW);
        let mut slots = slots(&audiences);
        assert_eq!(Audiences::read(&slots).uses.len(), 2);
        Audiences::forget(&mut slots);
        assert!(Audiences::read(&slots).tokens.is_empty());
        assert_eq!(Audiences::used_at(&slots, wiki()), Some(NOW.after(seconds(9))));
        assert_eq!(Audiences::used_at(&slots, Audience::of("https://else.example.org")), None);
    }

    #[test]
    fn an_audience_sees_a_session_by_its_token_or_its_use_and_not_by_an_offer() {
        let mut audiences = offered([1, 2]);
        let seen =
            |audiences: &Audiences, after| Audiences::seen_by(&slots(audiences), NOW.after(seconds(after)));
        assert_eq!(seen(&audiences, 0), []);
        audiences.accept(wiki(), &digest(1), browser(), digest(8), times(0));
        audiences.accept(wiki(), &digest(2), browser(), digest(9), times(0));
        assert_eq!(seen(&audiences, 0), [wiki()]);
        let shop = Audience::of("https://shop.example.org");
        audiences.see(shop, NOW);
        assert_eq!(seen(&audiences, 3000), [wiki(), shop]);
    }

    #[test]
    fn hosts_without_number_fill_no_session() {
        let mut audiences = Audiences::default();
        for host in 0..=Audiences::AUDIENCES_MAX {
            let audience = Audience::of(&format!("https://{host}.example.org"));
            audiences.offer(audience, digest(1), browser(), (NOW, NOW.after(seconds(60))));
            assert!(audiences.accept(audience, &digest(1), browser(), digest(9), times(0)));
            audiences.see(audience, NOW);
        }
        assert_eq!((audiences.tokens.len(), audiences.uses.len()), (128, 128));
        let first = Audience::of("https://0.example.org");
        assert!(!Audiences::grants(&slots(&audiences), first, &digest(9), NOW));
    }
}
