//! Sealing: nobody reads the value, and nobody changes it.

use std::fmt;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use thiserror::Error;
use zeroize::Zeroize;

use super::text::{Binding, Kind, decode, encode, text_len};
use super::{KeyId, KeyRing, Purpose};
use crate::environment::{Entropy, EntropyError};
use crate::time::Timestamp;

const HEAD_LEN: usize = 1 + KeyId::LEN;
const TAG_LEN: usize = 16;
const OVERHEAD: usize = HEAD_LEN + NONCE_LEN + TAG_LEN;

/// Seals and opens the values of one purpose in one cookie.
pub struct Sealer {
    ring: Arc<KeyRing>,
    /// For each key of the ring, in its order.
    ciphers: Vec<Cipher>,
    text_len_max: usize,
}

struct Cipher {
    id: KeyId,
    key: LessSafeKey,
    associated: Vec<u8>,
}

/// A value that was opened.
///
/// It is not wiped when dropped: a caller who seals a secret wipes what it reads of it.
pub struct Opened {
    /// The value in place of its ciphertext, in what was decoded.
    octets: Vec<u8>,
    payload_len: usize,
    /// Whether the key that sealed it is no longer the one that seals: the value should be given out anew.
    pub is_outdated: bool,
}

impl Opened {
    /// What was sealed.
    pub fn payload(&self) -> &[u8] {
        &self.octets[HEAD_LEN + NONCE_LEN..][..self.payload_len]
    }
}

/// Why a value cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// It would not fit into a cookie.
    #[error("the value has {octets} octets, and {octets_max} fit into a cookie")]
    TooLarge {
        /// Octets of the value.
        octets: usize,
        /// Octets that fit.
        octets_max: usize,
    },
    /// No key of the ring is active.
    #[error("no key is active")]
    NoKey,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Sealer {
    /// Octets that the name and the value of a cookie may have together.
    ///
    /// Source: RFC 6265bis 5.6.
    const COOKIE_LEN_MAX: usize = 4096;

    /// Seals values of this purpose for the cookie of this name.
    #[expect(clippy::missing_panics_doc, reason = "a derived key has the length of the cipher's")]
    pub fn new(ring: impl Into<Arc<KeyRing>>, purpose: Purpose, cookie: &str) -> Self {
        let ring = ring.into();
        let binding = Binding::new(Kind::Sealed, purpose, cookie);
        let ciphers = ring.keys().map(|key| {
            let mut derived = [0; 32];
            binding.key(key.octets(), &mut derived);
            let unbound = UnboundKey::new(&AES_256_GCM, &derived).expect("the key has 256 bits");
            derived.zeroize();
            Cipher {
                id: key.id(),
                key: LessSafeKey::new(unbound),
                associated: binding.associated(key.id().as_octets()),
            }
        });
        let ciphers = ciphers.collect();
        Self { ring, ciphers, text_len_max: Self::COOKIE_LEN_MAX.saturating_sub(cookie.len()) }
    }

    /// The most octets that a value may have.
    pub const fn payload_len_max(&self) -> usize {
        (self.text_len_max * 3 / 4).saturating_sub(OVERHEAD)
    }

    /// The text of a value. Its length tells the length of the value, and nothing else of it.
    ///
    /// # Errors
    /// [`SealError`].
    #[expect(clippy::missing_panics_doc, reason = "a cookie is shorter than what the cipher takes")]
    pub fn seal(&self, payload: &[u8], now: Timestamp, entropy: &dyn Entropy) -> Result<String, SealError> {
        if payload.len() > self.payload_len_max() {
            return Err(SealError::TooLarge { octets: payload.len(), octets_max: self.payload_len_max() });
        }
        let cipher = &self.ciphers[self.ring.sealing(now).ok_or(SealError::NoKey)?];
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce)?;
        let mut octets = Vec::with_capacity(payload.len() + OVERHEAD);
        octets.push(Kind::Sealed as u8);
        octets.extend_from_slice(cipher.id.as_octets());
        octets.extend_from_slice(&nonce);
        octets.extend_from_slice(payload);
        let secret = &mut octets[HEAD_LEN + NONCE_LEN..];
        let sealed = cipher.key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(&cipher.associated),
            secret,
        );
        let tag = sealed.expect("a cookie is shorter than what the cipher takes");
        octets.extend_from_slice(tag.as_ref());
        Ok(encode(&octets))
    }

    /// The value of a text; `None` unless a key that is not retired sealed it for this purpose and cookie, and no bit of it has
    /// changed since.
    pub fn open(&self, text: &[u8], now: Timestamp) -> Option<Opened> {
        let mut octets = decode(text, self.payload_len_max() + OVERHEAD)?;
        let (head, rest) = octets.split_first_chunk_mut::<HEAD_LEN>()?;
        let [kind, id @ ..] = *head;
        if kind != Kind::Sealed as u8 {
            return None;
        }
        let place = self.ring.opening(KeyId::from_octets(id), now)?;
        let cipher = &self.ciphers[place];
        let (nonce, sealed) = rest.split_first_chunk_mut::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let payload_len = cipher.key.open_in_place(nonce, Aad::from(&cipher.associated), sealed).ok()?.len();
        Some(Opened { octets, payload_len, is_outdated: self.ring.sealing(now) != Some(place) })
    }

    /// Characters of the text of a value of this many octets.
    pub const fn text_len(payload_len: usize) -> usize {
        text_len(payload_len + OVERHEAD)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("ring", &self.ring).finish_non_exhaustive()
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("is_outdated", &self.is_outdated).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;
    use crate::seal::SealKey;

    /// Octets that differ each time.
    struct Counting(Mutex<u8>);

    impl Entropy for Counting {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            let mut count = self.0.lock().unwrap();
            *count = count.wrapping_add(1);
            octets.fill(*count);
            Ok(())
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn entropy() -> Counting {
        Counting(Mutex::new(0))
    }

    fn key(octet: u8) -> SealKey {
        SealKey::from_entropy([octet; 32])
    }

    fn sealer(octet: u8, purpose: Purpose, cookie: &str) -> Sealer {
        Sealer::new(KeyRing::new(key(octet)), purpose, cookie)
    }

    fn ours() -> Sealer {
        sealer(1, Purpose::SESSION, "__Host-sid")
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(payload in prop::collection::vec(any::<u8>(), 0..3000)) {
            let text = ours().seal(&payload, NOW, &entropy()).unwrap();
            prop_assert_eq!(text.len(), Sealer::text_len(payload.len()));
            let opened = ours().open(text.as_bytes(), NOW).unwrap();
            prop_assert_eq!((opened.payload(), opened.is_outdated), (&*payload, false));
        }

        #[test]
        fn arbitrary_octets_open_nothing(text in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(ours().open(&text, NOW).is_none());
        }
    }

    #[test]
    fn sto_07_behaviour_33_a_value_with_any_bit_flipped_or_cut_off_is_refused() {
        let text = ours().seal(b"alice, and what she has in her cart", NOW, &entropy()).unwrap();
        let octets = decode(text.as_bytes(), 4096).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut flipped = octets.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(ours().open(encode(&flipped).as_bytes(), NOW).is_none(), "bit {bit}");
        }
        for cut in 1..text.len() {
            assert!(ours().open(&text.as_bytes()[..text.len() - cut], NOW).is_none(), "{cut} cut off");
            assert!(ours().open(&text.as_bytes()[cut..], NOW).is_none());
        }
    }

    #[test]
    fn a_text_that_means_the_same_octets_in_other_characters_is_refused() {
        let text = ours().seal(b"ab", NOW, &entropy()).unwrap();
        assert_ne!(text.len() % 4, 0, "the last character has bits to spare");
        let others = (b'!'..=b'~').map(|last| [&text.as_bytes()[..text.len() - 1], &[last]].concat());
        assert_eq!(others.filter(|other| ours().open(other, NOW).is_some()).count(), 1);
        assert!(ours().open(format!("{text}=").as_bytes(), NOW).is_none());
    }

    #[test]
    fn behaviour_33_a_value_is_bound_to_its_key_its_purpose_and_its_cookie() {
        let text = ours().seal(b"alice", NOW, &entropy()).unwrap();
        for other in [
            sealer(2, Purpose::SESSION, "__Host-sid"),
            sealer(1, Purpose::new("flash"), "__Host-sid"),
            sealer(1, Purpose::SESSION, "__Host-sid2"),
            sealer(1, Purpose::new("session__"), "Host-sid"),
        ] {
            assert!(other.open(text.as_bytes(), NOW).is_none(), "{other:?}");
        }
    }

    #[test]
    fn behaviour_34_the_new_key_seals_the_old_one_opens_and_a_retired_one_does_not() {
        let old = ours().seal(b"alice", NOW, &entropy()).unwrap();
        let both = KeyRing::newest_first([key(2), key(1)]).unwrap();
        let both = Sealer::new(both, Purpose::SESSION, "__Host-sid");
        assert!(both.open(old.as_bytes(), NOW).unwrap().is_outdated);
        let new = both.seal(b"alice", NOW, &entropy()).unwrap();
        assert!(!both.open(new.as_bytes(), NOW).unwrap().is_outdated);
        assert!(sealer(2, Purpose::SESSION, "__Host-sid").open(old.as_bytes(), NOW).is_none());
        assert!(ours().open(new.as_bytes(), NOW).is_none());
    }

    #[test]
    fn two_texts_of_one_value_differ() {
        let entropy = entropy();
        let texts = [(); 2].map(|()| ours().seal(b"alice", NOW, &entropy).unwrap());
        assert_ne!(texts[0], texts[1]);
    }

    #[test]
    fn syn_08_name_and_value_have_4096_octets_at_most() {
        let largest = ours().payload_len_max();
        let text = ours().seal(&vec![7; largest], NOW, &entropy()).unwrap();
        assert!((4094..=4096).contains(&(text.len() + "__Host-sid".len())), "{}", text.len());
        assert!(ours().open(text.as_bytes(), NOW).is_some());
        let refused = ours().seal(&vec![7; largest + 1], NOW, &entropy()).unwrap_err();
        assert_eq!(refused, SealError::TooLarge { octets: largest + 1, octets_max: largest });
    }
}
