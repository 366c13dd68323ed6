//! Why a foreign cookie was not believed.

/// Why a foreign cookie was not believed. The visitor is anonymous, as they would have been to the old system.
///
/// Only [`Refusal::Expired`], [`Refusal::NotYetValid`], [`Refusal::OtherPurpose`], [`Refusal::TooLarge`],
/// [`Refusal::Unsupported`] and [`Refusal::Undecodable`] can be said of a cookie that the old system made: its MAC was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The value is longer than any that its system makes; nothing was computed.
    #[error("longer than a cookie of its system can be")]
    TooLong,
    /// The value is not laid out as its system lays them out.
    #[error("not laid out as its system does")]
    Malformed,
    /// The value names a key that is not among those given.
    #[error("names a key that is not configured")]
    UnknownKey,
    /// No key makes its MAC: forged, changed, or made with a key that is not among those given.
    #[error("not made by any of the configured keys")]
    NotAuthentic,
    /// Authentic, and made for a cookie of another name.
    #[error("made for another cookie")]
    OtherPurpose,
    /// Authentic, and too old.
    #[error("expired")]
    Expired,
    /// Authentic, and from the future, where its system minds.
    #[error("from the future")]
    NotYetValid,
    /// Authentic, and larger when decompressed, or nested deeper, than is read here.
    #[error("payload too large or too deep")]
    TooLarge,
    /// Authentic, and holds what no plain data is: an object of a class, a function, a serialization that is not read.
    #[error("payload holds more than plain data")]
    Unsupported,
    /// Authentic, and not of the configured serialization.
    #[error("payload is not of the configured serialization")]
    Undecodable,
}

impl Refusal {
    /// A stable word for a metric's label.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::NotAuthentic => "not_authentic",
            Self::OtherPurpose => "other_purpose",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::TooLarge => "too_large",
            Self::Unsupported => "unsupported",
            Self::Undecodable => "undecodable",
        }
    }
}
