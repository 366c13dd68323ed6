//! What the stories need: the real program on a port of its own, browsers with cookie jars, an application.

mod application;
mod browser;
mod gateway;
mod visitors;

pub(crate) use application::Application;
pub(crate) use browser::{Answer, Browser};
pub(crate) use gateway::{Gateway, run};
pub(crate) use visitors::PASSWORD;
