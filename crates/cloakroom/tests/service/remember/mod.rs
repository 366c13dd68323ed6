//! Browsers that are remembered: who they are comes back, and that it was proven does not.

mod ending;
mod restoring;
mod site;
mod trouble;
