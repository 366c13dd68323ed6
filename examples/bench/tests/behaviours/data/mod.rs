//! Lines 26 to 28, SID-01, SID-03 and STO-01: what a session holds, and what a thief of the store holds.

mod damaged;
mod stolen;
mod token;
mod writes;
