//! Whether a history can be that of a store that keeps its promises.

mod broken;
mod caps;
mod chain;
mod fences;
mod history;
mod lists;
mod lives;
mod presence;
mod verdict;

pub use broken::Broken;
pub(super) use history::{History, Leave};
pub(super) use verdict::judge;
