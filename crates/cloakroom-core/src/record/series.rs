//! A remembered browser: the row that outlives its sessions and names their user.
//!
//! ```text
//! body = 0xfd | format, 1 octet (1) | length of subject, 1 octet | subject | method, 1 octet
//!      | 0, or 1 and the ID of the session that it gave last, 16 octets
//!      | body of a visitor's record, which holds the digests
//! ```
//! The first octet is no format of a record, so that neither row passes for the other. The row's own subject is not the user but
//! an [owner](Series::owner) that is made from it, so that no list of the user's sessions shows a series and no cap counts one, on any
//! store with an index; all series of a user end by one revocation of that owner.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::codec::SERIES;
use super::octets::Reader;
use super::{Method, Record, Slots, Tokens};
use crate::ids::{SessionId, Subject};
use crate::lifetime::Lifetime;
use crate::store::{Row, RowBody};
use crate::time::Timestamp;
use crate::token::{FreshSecret, SecretDigest};

const FORMAT: u8 = 1;

/// A browser that is to be remembered: whose it is, until when, and the digests of its tokens.
///
/// Its tokens are those of a session: the same two phases, the same grace, the same memory of what was good before. It opens
/// nothing by itself. What it gives is a session of its subject [by `Remembered`](Method::Remembered).
///
/// Source: ASVS 5.0 7.5.1; NIST SP 800-63B-4 5.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub(crate) subject: Subject,
    /// How the user proved who they are when it began.
    pub(crate) method: Method,
    /// When they did.
    pub(crate) begun_at: Timestamp,
    /// When it ends, however often it is used; fixed when it began.
    pub(crate) ends_at: Timestamp,
    /// When it was last used.
    pub(crate) last_seen_at: Timestamp,
    /// The session that it gave last.
    pub(crate) session: Option<SessionId>,
    pub(crate) tokens: Tokens,
}

/// The limits that series are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesTerms {
    /// How long a browser is remembered after its user signed in.
    pub absolute: Duration,
    /// How long a replaced token is good, for requests that were under way with it.
    pub grace: Duration,
}

/// What a session knows of the series that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesLink {
    /// The series.
    pub series: SessionId,
    /// Whether the browser is known to have its token.
    pub is_settled: bool,
}

impl Series {
    /// A series of a user who signs in now.
    pub fn begun(
        subject: Subject,
        method: Method,
        fresh: &FreshSecret,
        now: Timestamp,
        terms: &SeriesTerms,
    ) -> Self {
        Self {
            subject,
            method,
            begun_at: now,
            ends_at: now.after(terms.absolute),
            last_seen_at: now,
            session: None,
            tokens: Tokens::only(fresh.digest(), now),
        }
    }

    /// In whose name the series of this subject are kept.
    ///
    /// It is made from a digest and fits every store. A user whose name it is could end these series, and do no more.
    pub fn owner(subject: &Subject) -> Subject {
        owner(subject)
    }

    /// Whose browser it is.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// How the user proved who they are when they signed in.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// When it ends: what was fixed at the sign-in, or earlier where the terms are shorter now.
    pub fn ends_at(&self, terms: &SeriesTerms) -> Timestamp {
        self.ends_at.min(self.begun_at.after(terms.absolute))
    }

    /// The row that a store keeps of it.
    pub fn to_row(&self) -> Row {
        let mut tokens = Record::blank(self.begun_at);
        tokens.tokens = self.tokens.clone();
        let tokens = tokens.to_row(&Lifetime::default());
        let mut body = RowBody::new();
        body.extend_from_slice(&[SERIES, FORMAT, len_of(&self.subject)]);
        body.extend_from_slice(self.subject.as_str().as_bytes());
        body.push(self.method.code());
        match &self.session {
            None => body.push(0),
            Some(session) => {
                body.push(1);
                body.extend_from_slice(session.as_octets());
            }
        }
        body.extend_from_slice(&tokens.body);
        Row {
            subject: Some(Self::owner(&self.subject)),
            created_at: self.begun_at,
            last_seen_at: self.last_seen_at,
            expires_at: self.ends_at,
            address: None,
            body,
        }
    }

    /// Reads a row back; `None` when it is that of a session, or of nothing that this version knows.
    pub fn from_row(row: &Row) -> Option<Self> {
        let mut reader = Reader::new(&row.body);
        if *reader.array()? != [SERIES, FORMAT] {
            return None;
        }
        let len = usize::from(reader.octet()?);
        let subject = Subject::new(str::from_utf8(reader.take(len)?).ok()?).ok()?;
        let method = Method::from_code(reader.octet()?)?;
        let session = match reader.octet()? {
            0 => None,
            1 => Some(SessionId::from_octets(*reader.array()?)),
            _ => return None,
        };
        let tokens = Row {
            subject: None,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: None,
            body: RowBody::from_slice(reader.rest()),
        };
        Some(Self {
            subject,
            method,
            begun_at: row.created_at,
            ends_at: row.expires_at,
            last_seen_at: row.last_seen_at,
            session,
            tokens: Record::from_row(&tokens).ok()?.tokens,
        })
    }

    /// Hands out another token with a session of this ID.
    pub(crate) fn renew(&mut self, digest: SecretDigest, session: SessionId, now: Timestamp) {
        self.tokens.renew(digest, now);
        self.session = Some(session);
        self.last_seen_at = self.last_seen_at.max(now);
    }
}

fn owner(subject: &Subject) -> Subject {
    let digest = Sha256::new_with_prefix(b"cloakroom: series of\0").chain_update(subject.as_str()).finalize();
    let (octets, _) = digest.split_first_chunk().expect("a digest has 32 octets");
    // Written as an ID is, since those are 16 octets too.
    let name = format!("cloakroom-series:{}", SessionId::from_octets(*octets));
    Subject::new(&name).expect("49 plain characters are a subject")
}

fn len_of(subject: &Subject) -> u8 {
    u8::try_from(subject.as_str().len()).expect("a subject has at most 255 octets")
}

impl SeriesLink {
    const SLOT: &str = "_series";

    /// What these slots say of it; `None` for a session of a browser that is not remembered.
    pub fn of(slots: &Slots) -> Option<Self> {
        let (settled, series) = slots.get(Self::SLOT)?.split_first()?;
        Some(Self { series: SessionId::from_octets(series.try_into().ok()?), is_settled: *settled != 0 })
    }

    /// Writes it into the slots of its session, whatever the application has written there.
    ///
    /// It does not cross a sign-in.
    pub fn write(self, slots: &mut Slots) {
        let mut value = [u8::from(self.is_settled); SessionId::LEN + 1];
        value[1..].copy_from_slice(self.series.as_octets());
        slots.set_beyond_the_limit(Self::SLOT, &value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{KeptAtSignIn, Undecodable};
    use crate::time::{hours, seconds};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    // Of alice, by password, who got session 33.. with the pending token 22.. a second after the sign-in with secret 01...
    const GOLDEN: &str = concat!(
        "fd01",
        "05616c696365",
        "01",
        "0133333333333333333333333333333333",
        "0102",
        "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f01536379300",
        "2222222222222222222222222222222222222222222222222222222222222222e807",
    );
    const TERMS: SeriesTerms = SeriesTerms { absolute: hours(24 * 30), grace: seconds(30) };

    fn series() -> Series {
        let alice = Subject::new("alice").unwrap();
        Series::begun(alice, Method::Password, &FreshSecret::from_entropy([1; 32]), NOW, &TERMS)
    }

    #[test]
    fn lif_12_a_series_is_no_session_and_a_session_no_series() {
        assert_eq!(Record::from_row(&series().to_row()), Err(Undecodable::Series));
        let session = Record::anonymous(&FreshSecret::from_entropy([1; 32]), NOW);
        assert_eq!(Series::from_row(&session.to_row(&Lifetime::default())), None);
    }

    #[test]
    fn lif_12_a_series_ends_when_it_was_to_end_and_earlier_where_the_terms_are_shorter_now() {
        let series = Series::from_row(&series().to_row()).unwrap();
        assert_eq!(series.ends_at(&TERMS), NOW.after(hours(24 * 30)));
        let longer = SeriesTerms { absolute: hours(24 * 90), ..TERMS };
        assert_eq!(series.ends_at(&longer), NOW.after(hours(24 * 30)));
        let shorter = SeriesTerms { absolute: hours(24), ..TERMS };
        assert_eq!(series.ends_at(&shorter), NOW.after(hours(24)));
    }

    #[test]
    fn the_series_of_two_subjects_have_two_owners_neither_of_which_is_a_user() {
        let (alice, bob) = (Subject::new("alice").unwrap(), Subject::new("bob").unwrap());
        assert_ne!(Series::owner(&alice), Series::owner(&bob));
        assert_ne!(Series::owner(&alice), alice);
        assert_eq!(Series::owner(&alice).as_str().len(), 49);
    }

    #[test]
    fn a_link_finds_room_in_a_full_session_and_does_not_cross_a_sign_in() {
        let mut slots = Slots::default();
        slots.set("x", &vec![0; Slots::OCTETS_MAX - 8], KeptAtSignIn::Yes).unwrap();
        let link = SeriesLink { series: SessionId::from_octets([7; 16]), is_settled: false };
        link.write(&mut slots);
        assert_eq!(SeriesLink::of(&slots), Some(link));
        assert_eq!(SeriesLink::of(&slots.kept_at_sign_in()), None);
    }

    /// What this version writes, later ones read.
    #[test]
    fn a_series_is_written_as_it_always_was() {
        let mut series = series();
        series.renew(
            SecretDigest::from_octets([0x22; 32]),
            SessionId::from_octets([0x33; 16]),
            NOW.after(seconds(1)),
        );
        let hex: String =
            series.to_row().body.iter().fold(String::new(), |hex, octet| format!("{hex}{octet:02x}"));
        assert_eq!(hex, GOLDEN);
    }

    proptest! {
        #[test]
        fn a_series_reads_what_it_wrote(subject in "[a-zé]{1,100}", session: Option<[u8; 16]>, uses in 0..20_u8) {
            let mut series = Series { subject: Subject::new(&subject).unwrap(), ..series() };
            for octet in 2..2 + uses {
                let digest = FreshSecret::from_entropy([octet; 32]).digest();
                let now = NOW.after(seconds(100 * u64::from(octet)));
                series.renew(digest, SessionId::from_octets([octet; 16]), now);
                if octet % 3 == 0 {
                    series.tokens.promote(digest, now, TERMS.grace);
                }
            }
            series.session = session.map(SessionId::from_octets);
            prop_assert_eq!(Series::from_row(&series.to_row()), Some(series));
        }

        #[test]
        fn no_octets_make_the_reader_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut row = series().to_row();
            row.body.truncate(2);
            row.body.extend_from_slice(&octets);
            let _ = Series::from_row(&row);
        }
    }
}
