//! Tokens from end to end: what is minted, what is refused, and how keys take over from one another.

#![expect(clippy::unwrap_used, reason = "a test")]

mod hostile;
mod independent;
mod keys;
mod mint;
mod rotation;
mod standards;
mod support;
