//! The documentation: its reference written from the code, its links and its table of contents checked, its book built.

mod book;
mod check;
mod headings;
mod links;
mod options;
mod pictures;
mod summary;
mod threats;
mod write;

pub(crate) use book::run as build;
pub(crate) use check::run as check;
pub(crate) use options::Options;
pub(crate) use write::run as write;
