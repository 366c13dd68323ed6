//! The values of our cookie in a request.

use cloakroom_core::cookie::find_all;
use http::HeaderMap;
use http::header::COOKIE;

use crate::engine::Engine;

/// The values of our cookie, in the order of the wire.
pub(crate) fn values<'a>(headers: &'a HeaderMap, engine: &'a Engine) -> impl Iterator<Item = &'a [u8]> {
    headers.get_all(COOKIE).into_iter().flat_map(|line| find_all(line.as_bytes(), engine.cookie.name()))
}
