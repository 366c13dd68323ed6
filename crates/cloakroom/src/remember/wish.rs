//! What a sign-in knows of remembering before it is finished.

use cloakroom_core::store::Fence;

/// Whether a sign-in is to be remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SeriesWish {
    /// Nobody is.
    Off,
    /// It may be: this is when it began, as the store counts the revocations of series.
    Possible(Fence),
    /// It is.
    Wished(Fence),
}

impl SeriesWish {
    pub(crate) const fn made(self) -> Self {
        match self {
            Self::Possible(fence) => Self::Wished(fence),
            other => other,
        }
    }
}
