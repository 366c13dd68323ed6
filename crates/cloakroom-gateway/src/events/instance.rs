//! The name of a process in the trail.

use std::fmt;

use cloakroom::{Entropy, EntropyError};

/// A name that each process draws when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instance(u64);

impl Instance {
    pub(super) fn draw(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        let mut octets = [0; 8];
        entropy.fill(&mut octets)?;
        Ok(Self(u64::from_be_bytes(octets)))
    }
}

/// 16 hex digits.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
