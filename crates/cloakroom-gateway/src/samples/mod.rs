//! What the overview of the administration shows: how much happened, minute by minute, in all instances together.
//!
//! Each instance [adds up](tally) what its own series count, and writes it down once a minute, in three rows: one of the minute, one of the
//! quarter of an hour and one of the two hours that it lies in. The last two are written again each minute with what has come to them, so
//! that nothing ever has to be read back, rolled up by somebody or locked: a row has one writer, and writing it again changes nothing. An
//! instance has a new name with each start, so what it begins does not touch what it left. Whoever reads adds the rows up.
//!
//! Counting the events of the trail instead would cost more the more there are, and would miss the floods, of which the trail keeps a part.
//!
//! Rows are bounded: a [span](Span) has a hundred points at most, each with a row for each instance that ran then, and older ones
//! [are removed](keep). What a process that is killed had counted in its last minute is lost.
//!
//! How many sessions there are is not added up, since all instances have them in common: whoever is first in a minute counts them, and of
//! several counts the highest stands. Where counting takes long it is done more rarely, so that it takes a hundredth of the time at most.

mod keep;
mod sample;
mod series;
mod span;
mod table;
mod tally;

pub(crate) use keep::Samples;
pub(crate) use sample::Sample;
pub(crate) use series::{Point, series};
pub(crate) use span::Span;
