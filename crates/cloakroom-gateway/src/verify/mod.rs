//! Forward auth: a proxy asks whether a request may pass, and is told who is there.
//!
//! Each proxy has a door of its own, `/_cloakroom/verify/nginx` and so on, that reads the fields which that proxy overwrites, and no
//! others: a field that it passes on from the client is never believed.

mod answer;
mod cookies;
mod endpoint;
mod family;
mod question;

pub(crate) use endpoint::answer;
pub(crate) use question::Question;
