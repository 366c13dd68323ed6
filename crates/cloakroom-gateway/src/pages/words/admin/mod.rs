//! What the administration says: a table for each of its parts.

mod console_english;
mod console_german;
mod console_table;
mod sessions_english;
mod sessions_german;
mod sessions_table;
mod texts;

pub(crate) use console_table::ConsoleWords;
pub(crate) use sessions_table::SessionsWords;
