//! What is shown: a file for each kind of attack.

mod back;
mod forged;
mod injected;
mod jars;
mod leaving;
mod lines;
mod planted;
mod requests;
mod same_site;
mod siblings;
mod steps;
