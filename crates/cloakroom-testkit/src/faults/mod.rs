//! A store in trouble, on demand.

mod faulty;
mod switch;

pub use faulty::Faulty;
pub use switch::{Held, Mode, Switch};
