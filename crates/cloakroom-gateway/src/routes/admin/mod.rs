//! The administration: who may look, who may act, and one file for each of its parts.
//!
//! Auditors and administrators look; administrators act, when they have proved a short while ago who they are. The rules of
//! what is done are the installation's, and the same for the command line and the API.

mod asked_events;
mod events;
mod following;
mod gate;
mod new_user;
mod overview;
mod router;
mod session_ending;
mod sessions;
mod user_changes;
mod users;

pub(super) use router::routes;
