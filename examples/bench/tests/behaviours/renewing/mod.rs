//! Lines 19 to 21, and the rows of ROT: a new token for the same session, and nobody loses theirs.

mod cancelled;
mod converge;
mod lost_answers;
mod proof;
mod reuse;
