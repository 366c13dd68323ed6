//! What was found, for people and for programs.

mod baseline;
mod explain;
mod format;
mod html;
mod json;
mod junit;
mod sarif;
mod table;

pub use baseline::{Baseline, InvalidBaseline};
pub use explain::{explain, list};
pub use format::{Format, Report};
