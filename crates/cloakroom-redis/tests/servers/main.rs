//! The store on real servers: that it keeps the promises of the contract, and what it does when the servers are in trouble.

mod access;
mod changes;
mod cluster;
mod failover;
mod memory;
mod one;
mod sentinel;
mod slots;
mod storms;
mod support;
mod trouble;
