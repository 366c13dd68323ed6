//! Octets read from the front, which may end anywhere.

use crate::Refusal;

/// What is left to read.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next so many octets.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Refusal::Undecodable)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next octets, as many as the array has.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Refusal::Undecodable)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Refusal> {
        self.array().map(|[octet]| octet)
    }

    /// A big-endian number of two octets.
    pub(crate) fn u16(&mut self) -> Result<usize, Refusal> {
        self.array().map(|octets| usize::from(u16::from_be_bytes(octets)))
    }

    /// A big-endian number of four octets.
    pub(crate) fn u32(&mut self) -> Result<usize, Refusal> {
        let number = u32::from_be_bytes(self.array()?);
        usize::try_from(number).map_err(|_| Refusal::Undecodable)
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Undecodable) }
    }
}

/// How much deeper lists and maps may nest.
#[derive(Clone, Copy)]
pub(crate) struct Depth(usize);

impl Depth {
    pub(crate) fn full() -> Self {
        Self(crate::limits::NESTING_MAX)
    }

    pub(crate) fn below(self) -> Result<Self, Refusal> {
        self.0.checked_sub(1).map(Self).ok_or(Refusal::TooLarge)
    }
}
