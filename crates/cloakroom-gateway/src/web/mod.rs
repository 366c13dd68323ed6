//! What every page and route shares: forms, redirects, cross-origin rules and headers.

mod cross_origin;
mod form;
pub(crate) mod headers;
mod request_id;
mod return_path;
mod user_agent;

pub(crate) use cross_origin::CrossOriginRules;
pub(crate) use form::{FieldError, Fields};
pub(crate) use request_id::{RequestId, RequestIds};
pub(crate) use return_path::ReturnPath;
pub(crate) use user_agent::UserAgent;
