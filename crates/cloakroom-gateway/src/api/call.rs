//! One call of the API, as a handler sees it.

use http::request::Parts;

use crate::api::caller::Caller;
use crate::api::page::Page;
use crate::api::place::Place;
use crate::api::problem::{ApiProblem, Kind};
use crate::routes::{Gateway, Member};
use crate::web::Fields;

/// One call, whose caller may make it.
pub(super) struct Call {
    pub(super) gateway: Gateway,
    pub(super) place: Place,
    pub(super) caller: Caller,
    pub(super) parts: Parts,
    /// What stands in the path where the route has braces; empty for a route without.
    pub(super) parameter: String,
    pub(super) query: Fields,
}

impl Call {
    /// The browser's user, for routes that only browsers may call.
    pub(super) fn member(&self) -> Result<&Member, ApiProblem> {
        match &self.caller {
            Caller::Browser(member) => Ok(member),
            Caller::Unknown | Caller::Service => {
                Err(ApiProblem::session_required(self.place.login_url(&self.gateway)))
            }
        }
    }

    /// Which page of a list is asked for.
    pub(super) fn page(&self) -> Result<Page, ApiProblem> {
        Page::parse(&self.query)
    }

    /// What stands in the path, as what it has to be; whatever it is not, is not there.
    pub(super) fn named<T: std::str::FromStr>(&self, otherwise: Kind) -> Result<T, ApiProblem> {
        let detail = "what stands in the path is the name of nothing";
        self.parameter.parse().map_err(|_| ApiProblem::new(otherwise, detail))
    }
}
