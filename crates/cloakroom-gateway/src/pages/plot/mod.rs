//! Plots, drawn on the server as SVG: pure functions from series to markup.
//!
//! A plot has few lines, round numbers at its axes, and a legend that says in text what it comes to, so that it can be read without being
//! measured. What is not known is a gap, never a zero and never a line across it. Colours come from the stylesheet, by day and by night, and
//! lines differ by their dashes too. Screen readers get the title and a sentence, and the numbers are in a table beside it.
//!
//! Coordinates are whole numbers in a drawing twice as large as it is shown, which keeps paths short.

mod drawing;
mod figures;
mod scale;
mod time_axis;

pub(crate) use drawing::{Line, Plot};
pub(crate) use figures::{count, duration};
pub(crate) use scale::Scale;
pub(crate) use time_axis::TimeAxis;
