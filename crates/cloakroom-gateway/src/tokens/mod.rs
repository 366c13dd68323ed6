//! JWTs for applications: which key signs them, where its public half is found, and the tokens themselves.
//!
//! Each process makes a key of its own and keeps it in memory alone; its public half is in the database of the accounts,
//! where every process finds those of all others. So no private key is ever at rest, or copied between machines, and a
//! database that is stolen signs nothing.

mod error;
mod held_key;
mod issuing;
mod keeper;
mod key_set;
mod minted;
mod signer;

pub(crate) use error::TokenError;
pub use error::TokensError;
pub(crate) use issuing::{Tokens, audience_of};
pub(crate) use key_set::KeySet;
