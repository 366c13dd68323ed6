//! An application's own user database, asked over HTTP whether a password is right.
//!
//! It is asked for names that have no password here, and never for those that have: what somebody types for an account of ours stays
//! here, and a hook can sign nobody in to one. Whom it vouches for is known by its own subject, as somebody at a provider is.
//!
//! # Security
//! Whatever it answers but a plain yes or no is an outage, never a visitor who need not sign in. The question is signed, so that nobody
//! else can have passwords tried there; the password is neither logged nor kept.

mod answer;
mod client;
mod question;

pub(crate) use answer::ISSUER;
pub(crate) use client::{Asked, Hook};
pub(crate) use question::Question;
