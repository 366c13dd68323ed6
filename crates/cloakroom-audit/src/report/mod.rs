//! What was found, for people and for programs.

mod baseline;
mod content;
mod explain;
mod format;
mod html;
mod json;
mod junit;
mod sarif;
mod table;

pub use baseline::{Baseline, InvalidBaseline};
pub use content::Report;
pub use explain::{explain, list};
pub use format::Format;
