//! Signing: anybody reads the value, and nobody changes it.

use std::fmt;

use ring::hmac::{self, HMAC_SHA256};
use zeroize::Zeroize;

use super::text::{Binding, Kind, decode, encode};
use super::{KeyId, KeyRing, Purpose};
use crate::time::Timestamp;

const HEAD_LEN: usize = 1 + KeyId::LEN;
const MAC_LEN: usize = 32;
const PAYLOAD_LEN_MAX: usize = 3_000;

/// Signs the values of one purpose in one cookie, for what the client may read, such as a preference that must not be forged.
///
/// # Security
/// A session belongs into a [`Sealer`](super::Sealer): what stands in a signed value is public.
pub struct Signer {
    ring: KeyRing,
    keys: Vec<Key>,
}

struct Key {
    id: KeyId,
    of_purpose: hmac::Key,
    associated: Vec<u8>,
}

impl Signer {
    /// Signs values of this purpose for the cookie of this name.
    pub fn new(ring: KeyRing, purpose: Purpose, cookie: &str) -> Self {
        let binding = Binding::new(Kind::Signed, purpose, cookie);
        let keys = ring.keys().map(|key| {
            let mut derived = [0; 32];
            binding.key(key.octets(), &mut derived);
            let of_purpose = hmac::Key::new(HMAC_SHA256, &derived);
            derived.zeroize();
            Key { id: key.id(), of_purpose, associated: binding.associated(key.id().as_octets()) }
        });
        let keys = keys.collect();
        Self { ring, keys }
    }

    /// The text of a value of up to 3,000 octets; `None` for a longer one, and when no key is active.
    pub fn sign(&self, payload: &[u8], now: Timestamp) -> Option<String> {
        if payload.len() > PAYLOAD_LEN_MAX {
            return None;
        }
        let key = &self.keys[self.ring.sealing(now)?];
        let mut octets = Vec::with_capacity(HEAD_LEN + payload.len() + MAC_LEN);
        octets.push(Kind::Signed as u8);
        octets.extend_from_slice(key.id.as_octets());
        octets.extend_from_slice(payload);
        octets.extend_from_slice(key.mac(payload).as_ref());
        Some(encode(&octets))
    }

    /// The value of a text; `None` unless a key that is not retired signed it for this purpose and cookie.
    pub fn verify(&self, text: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        let octets = decode(text, HEAD_LEN + PAYLOAD_LEN_MAX + MAC_LEN)?;
        let (head, rest) = octets.split_first_chunk::<HEAD_LEN>()?;
        let [kind, id @ ..] = *head;
        if kind != Kind::Signed as u8 {
            return None;
        }
        let key = &self.keys[self.ring.opening(KeyId::from_octets(id), now)?];
        let (payload, mac) = rest.split_last_chunk::<MAC_LEN>()?;
        // In constant time.
        hmac::verify(&key.of_purpose, &key.signed(payload), mac).ok()?;
        Some(payload.to_vec())
    }
}

impl Key {
    fn signed(&self, payload: &[u8]) -> Vec<u8> {
        [self.associated.as_slice(), payload].concat()
    }

    fn mac(&self, payload: &[u8]) -> hmac::Tag {
        hmac::sign(&self.of_purpose, &self.signed(payload))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("ring", &self.ring).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealKey;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn signer(octet: u8, purpose: Purpose, cookie: &str) -> Signer {
        Signer::new(KeyRing::new(SealKey::from_entropy([octet; 32])), purpose, cookie)
    }

    fn ours() -> Signer {
        signer(1, Purpose::new("preference"), "theme")
    }

    #[test]
    fn what_was_signed_verifies() {
        for payload in [&b""[..], b"dark", &[0xff; 3000]] {
            let text = ours().sign(payload, NOW).unwrap();
            assert_eq!(ours().verify(text.as_bytes(), NOW).as_deref(), Some(payload));
        }
        assert_eq!(ours().sign(&[0; 3001], NOW), None);
    }

    #[test]
    fn behaviour_33_a_signed_value_with_any_bit_flipped_is_refused() {
        let octets = decode(ours().sign(b"dark", NOW).unwrap().as_bytes(), 4096).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut flipped = octets.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(ours().verify(encode(&flipped).as_bytes(), NOW), None, "bit {bit}");
        }
    }

    #[test]
    fn behaviour_33_a_signed_value_is_bound_to_its_key_its_purpose_and_its_cookie() {
        let text = ours().sign(b"dark", NOW).unwrap();
        for other in [
            signer(2, Purpose::new("preference"), "theme"),
            signer(1, Purpose::SESSION, "theme"),
            signer(1, Purpose::new("preference"), "theme2"),
        ] {
            assert_eq!(other.verify(text.as_bytes(), NOW), None);
        }
    }
}
