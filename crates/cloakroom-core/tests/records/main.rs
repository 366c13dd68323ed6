//! What a record is on disk, what damage does to it, and how a session's tokens live, through the public API.

mod damage;
mod golden;
mod life;
mod shapes;
mod store;
mod stories;
