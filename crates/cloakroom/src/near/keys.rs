//! Where a session's copy lies, in a way that nobody outside can work out.

use std::hash::{BuildHasher, RandomState};

use cloakroom_core::SessionId;

/// The secret of a cache's tables.
///
/// Copies are looked up by whatever ID a client sends, and that a session is absent is remembered too. With a hash that
/// could be computed outside, a client could send IDs that all fall into one place, and have every look-up walk past
/// them. A multiplication with two secret numbers and one that mixes take a few nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct Keys(u64, u64);

impl Keys {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self(random.hash_one(1), random.hash_one(2))
    }

    #[inline]
    pub(super) fn hash(self, id: SessionId) -> u64 {
        let [left, right] = halves(id);
        // Folded twice: after once, IDs that differ in a few bits only may still lie close together.
        folded(folded(left ^ self.0, right ^ self.1), MIX)
    }
}

/// An odd number with its bits well spread: 2 to the 64th over the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// All bits of a product, in half the room.
fn folded(left: u64, right: u64) -> u64 {
    let [low, high] = words(u128::from(left) * u128::from(right));
    low ^ high
}

fn halves(id: SessionId) -> [u64; 2] {
    words(u128::from_ne_bytes(*id.as_octets()))
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
const fn words(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_that_differ_in_one_half_only_spread_all_the_same() {
        let keys = Keys::new();
        for shift in [0, 40, 64, 110] {
            let ids = (0..4096_u128).map(|n| SessionId::from_octets((n << shift).to_le_bytes()));
            let places: HashSet<_> = ids.map(|id| keys.hash(id) % 4096).collect();
            assert!(places.len() > 2000, "{} of 4096 places are used", places.len());
        }
    }
}
