//! What is shown: a file for each kind of attack.

mod back;
mod forged;
mod injected;
mod leaving;
mod planted;
mod requests;
mod same_site;
mod siblings;
mod steps;
