//! What the administration says: a table for each of its parts.

mod console_english;
mod console_german;
mod console_table;
mod in_language;
mod sessions_english;
mod sessions_german;
mod sessions_table;
mod texts;
mod watch_english;
mod watch_german;
mod watch_table;

pub(crate) use console_table::ConsoleWords;
pub(crate) use sessions_table::SessionsWords;
pub(crate) use watch_table::WatchWords;
