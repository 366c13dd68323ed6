//! The library as a service sees it: requests in, responses out.

mod headers;
mod moving;
mod sealed;
mod site;
