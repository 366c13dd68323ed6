//! What every page and route shares: forms, return paths, header fields and request numbers.

pub(crate) mod body;
mod flow;
mod form;
pub(crate) mod headers;
mod json_error;
mod request_id;
mod return_path;
mod user_agent;

pub(crate) use flow::{FlowSecret, flow_cookie};
pub(crate) use form::{FieldError, Fields};
pub(crate) use json_error::json_error;
pub(crate) use request_id::{RequestId, RequestIds};
pub(crate) use return_path::ReturnPath;
pub(crate) use user_agent::{Device, UserAgent};
