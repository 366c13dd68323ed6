//! Small applications on cloakroom, each with one story. A test starts each of them and goes through its story over HTTP.
//!
//! | story | run |
//! |---|---|
//! | a guest's cart survives the sign-in | `cargo run -p cloakroom-examples --bin example-cart` |
//! | closing an account asks for the password again | `cargo run -p cloakroom-examples --bin example-step-up` |
//! | a browser is known again after it was closed, and proves nothing by that | `cargo run -p cloakroom-examples --bin example-remember-me` |
//! | a page that talks JSON by `fetch` | `cargo run -p cloakroom-examples --bin example-single-page` |
//! | a service behind, which verifies a JWT | `cargo run -p cloakroom-examples --bin example-services` |
//! | users of a Rails application move in | `cargo run -p cloakroom-examples --bin example-moving-in` |
//! | a store of one's own | [`custom_store`], and its conformance test |
//!
//! Each prints the address where it listens and the password of its one user, alice, made anew each time. What they share is how
//! one signs in ([`sign_in`]), where the password is checked ([`users`]), and the layers that every application wants ([`guarded`]).
//!
//! They run on plain HTTP on this machine only: [`on_localhost`](guarded::on_localhost) is the one line that a real site, behind TLS,
//! leaves out.

pub mod custom_store;
pub mod guarded;
pub mod sign_in;
pub mod users;
