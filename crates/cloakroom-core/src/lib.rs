//! The pure core of cloakroom.
//!
//! Tokens, cookies, records and the state machine that moves a session through its life. Nothing here does I/O, reads
//! a clock or draws a random number: time and entropy are arguments, and what has to be asked of a store is a value
//! that the caller carries out. So every interleaving of requests can be tried in a test, and is.
//!
//! - [`Token`], [`FreshSecret`] and [`SecretDigest`]: what the browser holds, what is new, and what a store may see.
//! - [`Record`] and [`Lifetime`]: what is known of a session, and how long it lives.
//! - [`machine`]: what may happen to it. [`store`]: what a store promises. [`cookie`]: how a token travels.
//! - [`seal`] and [`sealed`]: values that a client carries for us, and sessions among them.
//!
//! Applications use the `cloakroom` crate; authors of stores implement [`store::Store`] from here.
//!
//! ```
//! use cloakroom_core::machine::{Judgement, Rules, Standing, judge};
//! use cloakroom_core::{FreshSecret, Method, Record, SessionId, Subject, Timestamp, Token, minutes};
//!
//! // Time and entropy come from outside; these octets would come from the operating system.
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let (id, fresh) = (SessionId::from_octets([7; 16]), FreshSecret::from_entropy([9; 32]));
//!
//! // A sign-in: the store gets the row, and the browser the text.
//! let record = Record::authenticated(Subject::new("alice")?, Method::Password, &fresh, now);
//! let row = record.to_row(&Rules::default().lifetime);
//! let cookie_value = fresh.into_text(id);
//!
//! // A request, a minute later.
//! let token = Token::parse(cookie_value.expose()).expect("64 characters of base64url");
//! let record = Record::from_row(&row)?;
//! let worth = judge(&record, &token.digest(), now.after(minutes(1)), &Rules::default());
//! assert_eq!(worth, Judgement::Live(Standing::Current));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

pub mod cookie;
pub mod machine;
pub mod record;
pub mod seal;
pub mod sealed;
pub mod store;

mod audience;
mod base64url;
mod environment;
mod ids;
mod lifetime;
mod moving;
mod network;
mod time;
mod token;

pub use audience::{Audience, AudienceLimits, AudienceRules, AudienceTokens, Challenge};
pub use environment::{Clock, Entropy, EntropyError};
pub use ids::{InvalidSessionId, InvalidSubject, SessionId, Subject};
pub use lifetime::{InvalidLifetime, Lifetime, Renewal};
pub use moving::MovingMark;
pub use network::{InvalidNetwork, Network};
pub use record::{
    Authentication, Client, KeptAtSignIn, Method, Persistence, Proof, Record, Series, SeriesLink,
    SeriesTerms, SlotTooLarge, Slots,
};
pub use time::{Timestamp, hours, minutes, seconds};
pub use token::{DigestStub, FreshSecret, SecretDigest, Token, TokenText};
