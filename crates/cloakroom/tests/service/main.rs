//! The library as a service sees it: requests in, responses out.

mod client;
mod headers;
mod sealed;
mod site;
