//! What went wrong elsewhere, as a problem of the API.

use cloakroom::{Error, Rejection};
use http::StatusCode;

use crate::api::problem::{ApiProblem, Kind};
use crate::installation::InstallationError;
use crate::routes::Problem;
use crate::web::FieldError;

/// For all that only time can help.
fn unavailable() -> ApiProblem {
    ApiProblem::new(Kind::Unavailable, "sessions or accounts cannot be used now; nothing is reported as done")
}

fn of_status(status: StatusCode) -> ApiProblem {
    match Kind::of_status(status) {
        Kind::Unavailable => unavailable(),
        Kind::NotTheSignIn => ApiProblem::not_the_sign_in(),
        kind @ Kind::SessionRequired => {
            ApiProblem::new(kind, "the session ended while the request was under way")
        }
        kind @ Kind::Conflict => {
            ApiProblem::new(kind, "other requests changed the session first every time; try again")
        }
        kind => ApiProblem::new(kind, "the request could not be done"),
    }
}

impl From<Error> for ApiProblem {
    fn from(error: Error) -> Self {
        of_status(error.status())
    }
}

impl From<Rejection> for ApiProblem {
    fn from(rejection: Rejection) -> Self {
        of_status(rejection.status())
    }
}

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Status(status) => of_status(status),
            Problem::SignIn => of_status(StatusCode::UNAUTHORIZED),
        }
    }
}

impl From<FieldError> for ApiProblem {
    fn from(error: FieldError) -> Self {
        Self::new(Kind::Invalid, error.to_string())
    }
}

impl From<InstallationError> for ApiProblem {
    fn from(error: InstallationError) -> Self {
        match error {
            InstallationError::NoSuchUser(_) => Self::new(Kind::NoSuchUser, "nobody has this name"),
            InstallationError::NoSuchSession(_) => {
                Self::new(Kind::NoSuchSession, "no live session has this ID")
            }
            InstallationError::Sessions(error) => error.into(),
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "the accounts failed");
                unavailable()
            }
        }
    }
}
