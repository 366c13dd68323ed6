//! The pure core of cloakroom.
//!
//! Tokens, cookies, records and the state machine that moves a session through its life. Nothing here does I/O, reads
//! a clock or draws a random number: time and entropy are arguments, and what has to be asked of a store is a value
//! that the caller carries out. So every interleaving of requests can be tried in a test, and is.
//!
//! Applications use the `cloakroom` crate; authors of stores implement [`store::Store`] from here.

pub mod cookie;
pub mod machine;
pub mod record;
pub mod store;

mod base64url;
mod environment;
mod ids;
mod lifetime;
mod time;
mod token;

pub use environment::{Clock, Entropy, EntropyError};
pub use ids::{InvalidSessionId, InvalidSubject, SessionId, Subject};
pub use lifetime::{InvalidLifetime, Lifetime, Renewal};
pub use record::{Authentication, Client, KeptAtSignIn, Method, Persistence, Record, SlotTooLarge, Slots};
pub use time::{Timestamp, hours, minutes, seconds};
pub use token::{FreshSecret, SecretDigest, Token, TokenText};
