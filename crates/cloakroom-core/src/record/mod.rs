//! The session record: what is known of one session, and its versioned octets; and a remembered browser's beside it.

mod audiences;
mod authentication;
mod codec;
mod method;
mod model;
pub(crate) mod octets;
mod series;
mod slots;

pub(crate) use audiences::Audiences;
pub use authentication::{Authentication, Proof, Proofs};
pub use codec::{FORMAT, Undecodable};
pub use method::Method;
pub use model::{Client, Persistence, Record};
pub(crate) use model::{Pending, Previous, Tokens};
pub use series::{Series, SeriesLink, SeriesTerms};
pub use slots::{KeptAtSignIn, SlotTooLarge, Slots};
