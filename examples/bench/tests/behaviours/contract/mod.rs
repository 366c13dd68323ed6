//! The contract of the program itself: its flags, its routes, the shapes of its answers.

mod control;
mod endings;
mod parameters;
mod protocol;
mod routes;
