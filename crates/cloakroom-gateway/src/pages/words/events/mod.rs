//! What happened, in words: one text for each kind of event and for each reason that people can be told.
//!
//! A kind without a text does not compile.

mod english;
mod german;
mod table;

pub(super) use english::ENGLISH;
pub(super) use german::GERMAN;
pub(crate) use table::EventWords;
