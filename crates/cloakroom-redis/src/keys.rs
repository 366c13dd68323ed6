//! Names of keys, and the place of a session.
//!
//! ```text
//! cr:{cdef}:AbCdEfGhIjKlMnOpQrS   a session: the last two octets of its ID in hex, and the others in base64url
//! cr:{cdef}:u:alice               the sessions of a subject: a sorted set of the first 14 octets of their IDs, of one score
//! cr:{cdef}:f:alice               the fence of a subject that was revoked within a day: a number
//! cr:meta                         a hash: `key` for placing subjects, `epoch` of the last revocation of everyone
//! cr:changes                      a channel: the ID of each session that was written or has ended, in octets
//! ```
//! The octets in braces are the tag: a cluster keeps keys of one tag together. A visitor's session has any tag; the
//! sessions of a subject have that of [`Keys::place`], and so have its index and its fence.

use std::fmt;

use cloakroom_core::{SessionId, Subject};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Octets of an ID that are in the tag, at its end.
const TAG_LEN: usize = 2;
const RANDOM_LEN: usize = SessionId::LEN - TAG_LEN;
/// Base64url characters of the others.
const SUFFIX_LEN: usize = 19;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What decides where the sessions of a subject are; made once, and kept in the store.
///
/// It is no secret of anybody's session: who has it can tell whether an ID may be of a subject, one in 65,536 by chance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceKey([u8; 16]);

impl PlaceKey {
    pub(crate) const fn from_octets(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// As it stands in the store.
    pub(crate) fn to_hex(self) -> String {
        SessionId::from_octets(self.0).to_string()
    }

    pub(crate) fn from_hex(text: &[u8]) -> Option<Self> {
        let id: SessionId = std::str::from_utf8(text).ok()?.parse().ok()?;
        Some(Self(*id.as_octets()))
    }

    fn tag(self, subject: &Subject) -> [u8; TAG_LEN] {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        let hash = mac.chain_update(subject.as_str()).finalize().into_bytes();
        [hash[0], hash[1]]
    }
}

impl fmt::Debug for PlaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlaceKey(..)")
    }
}

/// The keys below one prefix.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) prefix: String,
    pub(crate) channel: String,
    pub(crate) meta: String,
    /// The sessions, for `SCAN`.
    pub(crate) pattern: String,
}

impl Keys {
    /// Keys below this prefix, which has letters, digits, `-`, `_`, `.` and `:` only.
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            channel: format!("{prefix}:changes"),
            meta: format!("{prefix}:meta"),
            pattern: format!("{prefix}:{{????}}:{}", "?".repeat(SUFFIX_LEN)),
            prefix: prefix.to_owned(),
        }
    }

    pub(crate) fn session(&self, id: SessionId) -> String {
        let (random, tag) = id.as_octets().split_at(RANDOM_LEN);
        let mut key = self.base([tag[0], tag[1]], SUFFIX_LEN);
        for group in random.chunks(3) {
            let mut octets = [0; 4];
            octets[1..=group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes(octets);
            for place in 0..=group.len() {
                let digit = bits >> (18 - 6 * place) & 63;
                key.push(ALPHABET[digit as usize].into());
            }
        }
        key
    }

    /// The session of a key; `None` when it is another key.
    pub(crate) fn session_of_key(&self, key: &[u8]) -> Option<SessionId> {
        let rest = key.strip_prefix(self.prefix.as_bytes())?.strip_prefix(b":{")?;
        let (tag, suffix) = rest.split_at_checked(4)?;
        parts(tag, suffix.strip_prefix(b"}:")?)
    }

    /// The session of a member of an index, beside another session.
    pub(crate) fn sibling(id: SessionId, member: &[u8]) -> Option<SessionId> {
        Some(joined(member.try_into().ok()?, tag_of(id)))
    }

    /// What a session is called in the index of its subject.
    pub(crate) fn member(id: SessionId) -> Vec<u8> {
        id.as_octets()[..RANDOM_LEN].to_vec()
    }

    pub(crate) fn index(&self, place: SessionId, subject: &Subject) -> String {
        self.of_subject(place, 'u', subject)
    }

    pub(crate) fn fence(&self, place: SessionId, subject: &Subject) -> String {
        self.of_subject(place, 'f', subject)
    }

    fn of_subject(&self, place: SessionId, kind: char, subject: &Subject) -> String {
        let mut key = self.base(tag_of(place), 2 + subject.as_str().len());
        key.push(kind);
        key.push(':');
        key.push_str(subject.as_str());
        key
    }

    fn base(&self, tag: [u8; TAG_LEN], more: usize) -> String {
        let mut key = String::with_capacity(self.prefix.len() + 8 + more);
        key.push_str(&self.prefix);
        key.push_str(":{");
        for octet in tag {
            for digit in [octet >> 4, octet & 15] {
                key.push(char::from_digit(digit.into(), 16).expect("half an octet is a hex digit"));
            }
        }
        key.push_str("}:");
        key
    }
}

/// The ID with the tag of this subject.
pub(crate) fn place(key: PlaceKey, id: SessionId, subject: &Subject) -> SessionId {
    let mut random = [0; RANDOM_LEN];
    random.copy_from_slice(&id.as_octets()[..RANDOM_LEN]);
    joined(random, key.tag(subject))
}

/// An ID that is nobody's, in the place of this subject.
pub(crate) fn place_of(key: PlaceKey, subject: &Subject) -> SessionId {
    place(key, SessionId::from_octets([0; SessionId::LEN]), subject)
}

fn tag_of(id: SessionId) -> [u8; TAG_LEN] {
    let octets = id.as_octets();
    [octets[RANDOM_LEN], octets[RANDOM_LEN + 1]]
}

fn joined(random: [u8; RANDOM_LEN], tag: [u8; TAG_LEN]) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    octets[..RANDOM_LEN].copy_from_slice(&random);
    octets[RANDOM_LEN..].copy_from_slice(&tag);
    SessionId::from_octets(octets)
}

fn parts(tag: &[u8], suffix: &[u8]) -> Option<SessionId> {
    let tag = u16::from_str_radix(std::str::from_utf8(tag).ok()?, 16).ok()?;
    Some(joined(random_octets(suffix)?, tag.to_be_bytes()))
}

fn random_octets(suffix: &[u8]) -> Option<[u8; RANDOM_LEN]> {
    if suffix.len() != SUFFIX_LEN {
        return None;
    }
    let mut octets = [0; RANDOM_LEN];
    for (group, out) in suffix.chunks(4).zip(octets.chunks_mut(3)) {
        let mut bits = 0;
        for (place, digit) in group.iter().enumerate() {
            bits |= digit_of(*digit)? << (18 - 6 * place);
        }
        out.copy_from_slice(&bits.to_be_bytes()[1..=out.len()]);
    }
    Some(octets)
}

fn digit_of(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// The slot of a key in a cluster: of what stands between its first braces, if it has any.
///
/// Source: Redis cluster specification, "Hash tags"; CRC-16/XMODEM.
pub(crate) fn slot(key: &str) -> u16 {
    let tagged = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    let hashed = tagged.filter(|tag| !tag.is_empty()).unwrap_or(key);
    let crc =
        hashed.bytes().fold(0_u16, |crc, octet| {
            (0..8).fold(crc ^ u16::from(octet) << 8, |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            })
        });
    crc % 16_384
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(first: u8, last: [u8; 2]) -> SessionId {
        let mut octets = [first; SessionId::LEN];
        octets[RANDOM_LEN..].copy_from_slice(&last);
        SessionId::from_octets(octets)
    }

    #[test]
    fn a_key_names_its_session_readably_and_reads_back() {
        let keys = Keys::new("cr");
        for id in [id(0, [0, 0]), id(0xff, [0xff, 0xff]), id(0x5a, [0xcd, 0xef])] {
            let key = keys.session(id);
            assert_eq!(key.len(), 29);
            assert_eq!(keys.session_of_key(key.as_bytes()), Some(id));
            assert_eq!(Keys::sibling(id, &Keys::member(id)), Some(id));
        }
        assert_eq!(keys.session(id(0, [0xcd, 0xef])), "cr:{cdef}:AAAAAAAAAAAAAAAAAAA");
    }

    #[test]
    fn what_is_not_a_session_is_not_taken_for_one() {
        let keys = Keys::new("cr");
        let subject = Subject::new("a-subject-of-17-o").unwrap();
        let index = keys.index(id(0, [0xcd, 0xef]), &subject);
        assert_eq!(index.len(), 29);
        assert_eq!(keys.session_of_key(index.as_bytes()), None);
        assert_eq!(keys.session_of_key(b"other:{cdef}:AAAAAAAAAAAAAAAAAAA"), None);
        assert_eq!(keys.session_of_key(b"cr:meta"), None);
    }

    #[test]
    fn all_keys_of_a_subject_are_in_one_slot() {
        let (keys, key) = (Keys::new("cr"), PlaceKey::from_octets([7; 16]));
        let alice = Subject::new("alice").unwrap();
        let session = place(key, id(1, [0, 0]), &alice);
        let slots = [keys.session(session), keys.index(session, &alice), keys.fence(session, &alice)];
        assert_eq!(slots.map(|key| slot(&key)), [slot(&keys.session(place_of(key, &alice))); 3]);
    }

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(slot("123456789"), 0x31c3);
        assert_eq!(slot("{user1000}.following"), slot("user1000"));
        assert_eq!(slot("foo{}{bar}"), slot("foo{}{bar}"));
    }
}
