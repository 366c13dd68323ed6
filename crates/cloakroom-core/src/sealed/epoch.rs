//! Epochs: what a bulk revocation changes.

/// A random number that a bulk revocation draws; two of one subject never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch([u8; Self::LEN]);

/// The epochs that a value was sealed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epochs {
    /// That of everyone.
    pub everyone: Epoch,
    /// That of the subject; of no meaning for a visitor.
    pub subject: Epoch,
}

impl Epoch {
    /// Octets of an epoch.
    pub const LEN: usize = 8;

    /// The epoch before any revocation.
    pub const FIRST: Self = Self([0; Self::LEN]);

    /// An epoch of these octets, which come from the operating system's CSPRNG.
    pub const fn from_entropy(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    /// The octets.
    pub const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl Epochs {
    /// Before any revocation.
    pub const FIRST: Self = Self { everyone: Epoch::FIRST, subject: Epoch::FIRST };
}
