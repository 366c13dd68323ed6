//! The same application on different layers.

mod axum_login;
mod bare;
mod cloakroom;
mod counted;
mod page;
mod tower_sessions;

pub use axum_login::axum_login;
pub use bare::{bare, floor};
pub use cloakroom::{
    NEVER, cloakroom, cloakroom_counted, defended_cloakroom, irrevocable_cloakroom, router, sealed_cloakroom,
    watchful_cloakroom,
};
pub use counted::Calls;
pub use tower_sessions::{private_tower_sessions, tower_sessions};
