//! Configurations of other programs, said in our words.
//!
//! What is printed is a part of a `cloakroom.toml` for a person to read, complete and put in place; nothing is written. It is never looser than
//! what was read: what cannot be said exactly is said more strictly or is shut, and stands in a comment.

mod authelia;
mod decision;
mod fragment;
mod go_duration;
mod oauth2_proxy;
mod regexes;

pub use authelia::authelia_rules;
pub use fragment::{Translation, Untranslatable};
pub use oauth2_proxy::oauth2_proxy;
