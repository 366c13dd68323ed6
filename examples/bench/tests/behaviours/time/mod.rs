//! Lines 22 to 25, and the rows of LIF: when a session ends by itself.

mod activity;
mod browser;
mod clock;
mod limits;
mod purge;
