//! The library as a service sees it: requests in, responses out.

mod assurance;
mod audience;
mod binding;
mod client;
mod headers;
mod moving;
mod remember;
mod sealed;
mod site;
