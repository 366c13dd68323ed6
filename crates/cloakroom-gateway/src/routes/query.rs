//! What the query of a page's address says.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::routes::problem::Problem;
use crate::web::Fields;

/// The fields of a query; none where there is no query.
///
/// A page that is worth showing whatever its address says takes a `Result` of it: an address that is no text then says nothing.
#[derive(Default)]
pub(super) struct Query(pub(super) Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())?))
    }
}
