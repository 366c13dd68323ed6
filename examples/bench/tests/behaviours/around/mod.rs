//! Lines 38 and 39 and STO-03: stores in trouble, clients that leave, processes that are killed.

mod crash;
mod crash_load;
mod headers;
mod origin;
mod refused;
mod tokens;
mod trouble;
