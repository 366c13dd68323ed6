//! Randomness that can be had again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A generator whose every octet follows from its seed (`SplitMix64`).
///
/// A clone draws from the same sequence. Tasks that draw at once each get values of their own; which of them gets
/// which depends on who comes first.
///
/// # Security
/// Anyone can compute what comes next: for tests only.
///
/// ```
/// use cloakroom_testkit::entropy::Seeded;
///
/// let (one, other) = (Seeded::new(7), Seeded::new(7));
/// assert_eq!(one.octets::<16>(), other.octets::<16>());
/// ```
#[derive(Clone, Debug)]
pub struct Seeded {
    state: Arc<AtomicU64>,
}

impl Seeded {
    /// The sequence of this seed, from its begin.
    pub fn new(seed: u64) -> Self {
        Self { state: Arc::new(AtomicU64::new(seed)) }
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; zero when the limit is zero.
    pub fn below(&self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or_default()
    }

    /// The next octets.
    pub fn octets<const N: usize>(&self) -> [u8; N] {
        let mut octets = [0; N];
        self.fill(&mut octets);
        octets
    }

    /// Fills a buffer with the next octets.
    pub fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let seeded = Seeded::new(1_234_567);
        assert_eq!(seeded.next(), 6_457_827_717_110_365_317);
        assert_eq!(seeded.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_clone_goes_on_where_the_original_is() {
        let seeded = Seeded::new(1);
        let clone = seeded.clone();
        assert_ne!(seeded.octets::<32>(), clone.octets::<32>());
    }

    #[test]
    fn a_number_stays_below_its_limit() {
        let seeded = Seeded::new(2);
        assert!((0..100).all(|_| seeded.below(3) < 3));
        assert_eq!(seeded.below(0), 0);
    }
}
