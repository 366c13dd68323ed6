//! Where the cell of a session is: within its shard, and within the store.

/// A cell of one shard, by where it begins in the shard's memory, counted in steps of eight octets; 24 bits, kept in
/// three octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(u32);

impl Slot {
    /// How many bits a slot has.
    pub(super) const BITS: u32 = 24;
    /// No cell: a cell has more than the last eight octets.
    pub(super) const NONE: Self = Self((1 << Self::BITS) - 1);
    /// How much memory of a shard can be numbered: 128 MiB.
    pub(super) const OCTETS_MAX: usize = 8 << Self::BITS;

    /// The cell that begins at this octet.
    pub(super) fn new(octet: usize) -> Self {
        debug_assert!(octet.is_multiple_of(8) && octet < Self::OCTETS_MAX - 8);
        Self(u32::try_from(octet / 8).expect("a slot has 24 bits"))
    }

    /// The first octet of the cell.
    pub(super) const fn octet(self) -> usize {
        self.0 as usize * 8
    }

    /// The slot as a number of [`Slot::BITS`] bits.
    pub(super) const fn number(self) -> u32 {
        self.0
    }

    pub(super) const fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(super) const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }

    pub(super) const fn to_octets(self) -> [u8; 3] {
        let [a, b, c, _] = self.0.to_le_bytes();
        [a, b, c]
    }

    pub(super) const fn from_octets([a, b, c]: [u8; 3]) -> Self {
        Self(u32::from_le_bytes([a, b, c, 0]))
    }
}

/// A cell of any shard, kept in four octets.
///
/// It is good for as long as its session lives and is not moved; see the locks in the module's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handle(u32);

impl Handle {
    /// How many bits a handle has.
    pub(super) const BITS: u32 = 32;
    /// No cell.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn new(shard: u8, slot: Slot) -> Self {
        Self(u32::from(shard) << Slot::BITS | slot.0)
    }

    pub(super) const fn shard(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    pub(super) const fn slot(self) -> Slot {
        Slot(self.0 & Slot::NONE.0)
    }

    pub(super) const fn is_none(self) -> bool {
        self.slot().is_none()
    }

    /// The handle as a number of [`Handle::BITS`] bits.
    pub(super) const fn number(self) -> u32 {
        self.0
    }

    pub(super) const fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(super) const fn to_octets(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    pub(super) const fn from_octets(octets: [u8; 4]) -> Self {
        Self(u32::from_le_bytes(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_keeps_shard_and_slot() {
        let slot = Slot::new(Slot::OCTETS_MAX - 64);
        let handle = Handle::from_octets(Handle::new(255, slot).to_octets());
        assert_eq!((handle.shard(), handle.slot()), (255, slot));
        assert_eq!(slot.octet(), Slot::OCTETS_MAX - 64);
        assert!(!handle.is_none() && Handle::NONE.is_none());
    }

    #[test]
    fn a_slot_survives_its_three_octets() {
        for slot in [Slot::new(0), Slot::new(4_711 * 8), Slot::NONE] {
            assert_eq!(Slot::from_octets(slot.to_octets()), slot);
        }
    }
}
