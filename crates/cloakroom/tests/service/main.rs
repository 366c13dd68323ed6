//! The library as a service sees it: requests in, responses out.

mod headers;
mod sealed;
mod site;
