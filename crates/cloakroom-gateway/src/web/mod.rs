//! What every page and route shares: forms, redirects, cross-origin rules and headers.

mod cross_origin;
mod form;
pub(crate) mod headers;
mod request_id;
mod return_path;
mod user_agent;

pub use cross_origin::{CrossOriginRefusal, CrossOriginRules};
pub use form::{FieldError, Fields};
pub use request_id::{RequestId, RequestIds};
pub use return_path::{RefusedReturn, ReturnPath};
pub use user_agent::UserAgent;
