//! What tokens are made of: known formats, and what several of them have in common.

mod decode;
mod format;
mod keys;
mod sample;
mod shape;

pub(crate) use format::Format;
pub(crate) use sample::{Sample, Trait};
