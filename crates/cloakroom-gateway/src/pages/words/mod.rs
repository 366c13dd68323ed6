//! What pages say, in the languages that they speak.
//!
//! One file holds one language as one value of one type. A text that a language lacks, or that no page uses, is found by the
//! compiler, and so is a number or name that a text forgets to take. Crates for message files find each of these when a page
//! is shown.

mod admin;
mod english;
mod events;
mod german;
mod language;
mod table;
mod time;

pub(crate) use admin::{ConsoleWords, WatchWords};
pub(crate) use language::Language;
pub(crate) use table::Words;
