//! The claims of a token whose signature is right, and whether they let it in here and now.

use std::time::Duration;

use cloakroom_core::{SessionId, Subject, Timestamp};
use compact_str::CompactString;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use smallvec::SmallVec;

use crate::limits::{TOKEN_LIFETIME_MAX, time_of};
use crate::names::{Audience, Issuer};
use crate::object::{self, Flaw, Object, Text};
use crate::refused::Refused;

/// The last second of the year 9999: later than that is no time, but an attempt at an overflow.
const SECONDS_MAX: u64 = 253_402_300_799;

/// The most octets of a text that is handed on, and the most entries of a list.
const TEXT_LEN_MAX: usize = 255;
const LIST_LEN_MAX: usize = 16;

/// The most octets of a name that a person gave themselves, and the most groups.
const NAME_LEN_MAX: usize = 1024;
const GROUPS_LEN_MAX: usize = 256;

/// A token that is good here and now, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Verified {
    /// Who the user is: the `sub` claim.
    pub subject: Subject,
    /// The handle of the session that it was minted from: the `sid` claim.
    pub session: Option<SessionId>,
    /// Through which client the user came.
    pub client_id: CompactString,
    /// Unique among the issuer's tokens: the `jti` claim. The text of a token is not; its signature can be written in
    /// two ways.
    pub token_id: CompactString,
    /// When it was minted.
    pub issued_at: Timestamp,
    /// When it ends; the verifier's leeway comes on top.
    pub expires_at: Timestamp,
    /// When the user last proved who they are: the `auth_time` claim.
    pub proven_at: Option<Timestamp>,
    /// How they did: the `amr` claim.
    pub methods: SmallVec<[CompactString; 2]>,
    /// The level of assurance: the `acr` claim.
    pub assurance: Option<CompactString>,
    /// How the user wants to be called: the `name` claim. Neither unique nor proven.
    pub name: Option<CompactString>,
    /// The name that the user signs in with: the `preferred_username` claim.
    pub preferred_username: Option<CompactString>,
    /// The `email` claim. Nobody claims that the address is the user's.
    pub email: Option<CompactString>,
    /// The groups that the user was in when the token was minted: the `groups` claim.
    pub groups: Vec<CompactString>,
}

/// What the claims are held against.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) audience: &'a Audience,
    pub(crate) leeway: Duration,
    pub(crate) now: Timestamp,
}

/// Reads claims and judges them.
pub(crate) fn judge(json: &[u8], expected: &Expected<'_>) -> Result<Verified, Refused> {
    let claims: Claims<'_> = object::read(json).map_err(Refused::Claims)?;
    let missing = |name| Refused::Claims(Flaw::Missing(name));
    let iss = claims.iss.as_ref().ok_or(missing("iss"))?;
    let aud = claims.aud.as_ref().ok_or(missing("aud"))?;
    let iat = claims.iat.ok_or(missing("iat"))?.0;
    let exp = claims.exp.ok_or(missing("exp"))?.0;
    if iss.0 != expected.issuer.as_str() {
        return Err(Refused::Issuer);
    }
    if !aud.0.iter().any(|aud| aud.0 == expected.audience.as_str()) {
        return Err(Refused::Audience);
    }
    if exp <= iat || exp - iat > TOKEN_LIFETIME_MAX.as_secs() {
        return Err(Refused::Lifetime);
    }
    let (now, leeway) = (expected.now, expected.leeway);
    if time_of(exp).after(leeway) <= now {
        return Err(Refused::Expired);
    }
    if now.after(leeway) < time_of(iat.max(claims.nbf.map_or(0, |nbf| nbf.0))) {
        return Err(Refused::NotYet);
    }
    let wrong = |name| Refused::Claims(Flaw::Wrong(name));
    let sub = claims.sub.ok_or(missing("sub"))?;
    let sid = claims.sid.map(|sid| sid.0.parse().map_err(|_| wrong("sid")));
    Ok(Verified {
        subject: Subject::new(&sub.0).map_err(|_| wrong("sub"))?,
        session: sid.transpose()?,
        client_id: claims.client_id.ok_or(missing("client_id"))?.0,
        token_id: claims.jti.ok_or(missing("jti"))?.0,
        issued_at: time_of(iat),
        expires_at: time_of(exp),
        proven_at: claims.auth_time.map(|time| time_of(time.0)),
        methods: claims.amr.0.into_iter().map(|method| method.0).collect(),
        assurance: claims.acr.map(|level| level.0),
        name: claims.name.map(|name| name.0),
        preferred_username: claims.preferred_username.map(|name| name.0),
        email: claims.email.map(|address| address.0),
        groups: claims.groups.0.into_iter().map(|group| group.0).collect(),
    })
}

#[derive(Default)]
struct Claims<'a> {
    iss: Option<Text<'a>>,
    aud: Option<List<Text<'a>>>,
    sub: Option<Text<'a>>,
    client_id: Option<Short>,
    iat: Option<Seconds>,
    exp: Option<Seconds>,
    nbf: Option<Seconds>,
    jti: Option<Short>,
    sid: Option<Text<'a>>,
    auth_time: Option<Seconds>,
    amr: List<Short>,
    acr: Option<Short>,
    name: Option<Bounded<NAME_LEN_MAX>>,
    preferred_username: Option<Short>,
    email: Option<Short>,
    groups: List<Short, GROUPS_LEN_MAX>,
}

impl<'de> Object<'de> for Claims<'de> {
    const NAMES: &'static [&'static str] = &[
        "iss",
        "aud",
        "sub",
        "client_id",
        "iat",
        "exp",
        "jti",
        "sid",
        "auth_time",
        "amr",
        "acr",
        "name",
        "preferred_username",
        "email",
        "groups",
        "nbf",
    ];

    fn read<A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match Self::NAMES[index] {
            "iss" => self.iss = Some(map.next_value()?),
            "aud" => self.aud = Some(map.next_value()?),
            "sub" => self.sub = Some(map.next_value()?),
            "client_id" => self.client_id = Some(map.next_value()?),
            "iat" => self.iat = Some(map.next_value()?),
            "exp" => self.exp = Some(map.next_value()?),
            "jti" => self.jti = Some(map.next_value()?),
            "sid" => self.sid = Some(map.next_value()?),
            "auth_time" => self.auth_time = Some(map.next_value()?),
            "amr" => self.amr = map.next_value()?,
            "acr" => self.acr = Some(map.next_value()?),
            "name" => self.name = Some(map.next_value()?),
            "preferred_username" => self.preferred_username = Some(map.next_value()?),
            "email" => self.email = Some(map.next_value()?),
            "groups" => self.groups = map.next_value()?,
            _ => self.nbf = Some(map.next_value()?),
        }
        Ok(())
    }
}

/// A time as ours are written: a whole number of seconds, and one that a calendar has.
#[derive(Clone, Copy)]
struct Seconds(u64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            seconds @ 0..=SECONDS_MAX => Ok(Self(seconds)),
            _ => Err(D::Error::custom("refused")),
        }
    }
}

/// A text that is handed on: 1 to `MAX` octets without control characters.
struct Bounded<const MAX: usize>(CompactString);

type Short = Bounded<TEXT_LEN_MAX>;

impl<'de, const MAX: usize> Deserialize<'de> for Bounded<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        let is_good = (1..=MAX).contains(&text.len()) && !text.contains(char::is_control);
        is_good.then(|| Self(CompactString::new(text))).ok_or_else(|| D::Error::custom("refused"))
    }
}

/// A text, or a list of them.
struct List<T, const MAX: usize = LIST_LEN_MAX>(SmallVec<[T; 2]>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(SmallVec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))
    }
}

struct ListVisitor<T, const MAX: usize>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ListVisitor<T, MAX> {
    type Value = List<T, MAX>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<List<T, MAX>, E> {
        let one = T::deserialize(serde::de::value::BorrowedStrDeserializer::new(text))?;
        Ok(List(SmallVec::from_iter([one])))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<List<T, MAX>, E> {
        let one = T::deserialize(serde::de::value::StringDeserializer::new(text.to_owned()))?;
        Ok(List(SmallVec::from_iter([one])))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<List<T, MAX>, A::Error> {
        let mut list = SmallVec::new();
        while let Some(entry) = entries.next_element::<T>()? {
            if list.len() == MAX {
                return Err(A::Error::custom("refused"));
            }
            list.push(entry);
        }
        Ok(List(list))
    }
}
