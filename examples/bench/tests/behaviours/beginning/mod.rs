//! Lines 12 to 18: how a session begins, and what never becomes one.

mod adoption;
mod commit;
mod failed;
mod fresh;
mod one_request;
mod visitors;
