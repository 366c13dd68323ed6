//! What the stories need: the real program on a port of its own, browsers with cookie jars, an application.

mod api;
mod application;
mod browser;
mod demo;
mod document;
mod gateway;
pub(crate) mod modern;
#[cfg(feature = "servers")]
mod nodes;
mod patience;
mod provider;
mod reloading;
pub(crate) mod scripted;
mod service;
mod signing;
mod surfer;
mod user_database;
mod visitors;
pub(crate) mod visits;

pub(crate) use api::{API, Api};
pub(crate) use application::Application;
pub(crate) use browser::{Answer, Browser};
pub(crate) use demo::Demo;
pub(crate) use gateway::{Gateway, program, run};
#[cfg(feature = "servers")]
pub(crate) use nodes::{Dice, Nodes};
pub(crate) use patience::{pause, within};
pub(crate) use provider::{Answer as ProviderAnswer, Grant, Provider, now_in_seconds};
pub(crate) use service::{Service, now};
pub(crate) use signing::Signing;
pub(crate) use surfer::Surfer;
pub(crate) use user_database::{Reply, UserDatabase};
pub(crate) use visitors::PASSWORD;
