//! The reference of the manual, as the program says it of itself: each test here is a page of `docs/reference`.

mod commands;
mod configuration;
mod happenings;
mod table;
