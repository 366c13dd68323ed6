//! What the library leaves to browsers, shown in Chromium and Firefox.
//!
//! Each proof has its control: the same attack on the same page with that one defence off succeeds, so that a proof cannot
//! pass because the attack does not work anyway. Three sites with certificates of an authority of our own are served on the
//! loopback address: `bank.test`, which stands on the library; `sub.bank.test`, a neighbour under the same registrable domain; and
//! `evil.test`. Both of the others belong to the attacker.
//!
//! The browsers are in the library of this crate, `sites` is what they visit, `proofs` the tests. Needs the programs that
//! `xtask/src/test/requirements.rs` names; one that is missing is a failure.

mod proofs;
mod sites;
