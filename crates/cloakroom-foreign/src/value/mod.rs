//! Session data of any system, and the decoders of what the systems write it in.

mod etf;
mod gob;
#[cfg(test)]
mod hostile;
mod json;
mod marshal;
mod plain;
mod reader;
#[cfg(test)]
mod samples;

pub(crate) use etf::from_etf;
pub(crate) use gob::from_gob;
pub(crate) use json::{from_json, shaped};
pub(crate) use marshal::{SIGNATURE as MARSHAL_SIGNATURE, from_marshal};
pub use plain::Value;
