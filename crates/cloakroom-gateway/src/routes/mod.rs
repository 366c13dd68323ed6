//! What the gateway answers: one file for each errand.

mod account;
mod admin;
mod application;
mod asset;
mod by_hook;
mod current;
mod dress;
mod gate;
mod gateway;
mod hand_over;
mod health;
mod jwks;
mod last_ready;
mod login;
mod logout;
mod member;
mod oidc;
mod own_events;
mod password;
mod posted;
mod problem;
mod provider_sign_out;
mod reauthenticate;
mod redirect;
mod reset;
mod router;
mod setup;
mod unanswered;

pub(crate) use application::{not_allowed, tell_program};
pub(crate) use current::Current;
pub(crate) use gate::{Asked, Detour, Verdict, judge};
pub(crate) use gateway::Gateway;
pub(crate) use member::Member;
pub(crate) use problem::Problem;
pub(crate) use reauthenticate::prove;
pub(crate) use router::Routes;
