//! What the stories need: the real program on a port of its own, browsers with cookie jars, an application.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod application;
pub mod browser;
pub mod gateway;

pub use application::Application;
pub use browser::{Answer, Browser, Request};
pub use gateway::{Gateway, PASSWORD};
