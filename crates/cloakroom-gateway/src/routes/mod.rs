//! What the gateway answers: one file for each errand.

mod account;
mod application;
mod asset;
mod dress;
mod gateway;
mod health;
mod login;
mod logout;
mod member;
mod password;
mod posted;
mod problem;
mod reauthenticate;
mod redirect;
mod router;
mod setup;

pub(crate) use gateway::Gateway;
pub(crate) use router::router;
