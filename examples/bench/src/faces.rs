//! The sessions of the program, on whichever kind of store it was started.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloakroom::csrf::{CsrfCheck, CsrfLayer};
use cloakroom::sealed::Sealed;
use cloakroom::{
    CrossOrigin, CrossOriginLayer, Error, Indexed, Plain, Session, SessionInfo, SessionLayer, Sessions,
    Subject, seconds,
};
use serde_json::json;

/// Sessions of one of three kinds, of which two can end all of a subject's.
pub(crate) enum Faces {
    Indexed(Sessions<Indexed>),
    Plain(Sessions<Plain>),
    Sealed(Sessions<Sealed>),
}

/// Why something was not done with many sessions.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is nothing that the store can do.
    NotSupported,
    Failed(Error),
}

/// Calls the method of the same name, whatever the kind.
macro_rules! any_kind {
    ($faces:expr, $sessions:ident => $call:expr) => {
        match $faces {
            Faces::Indexed($sessions) => $call,
            Faces::Plain($sessions) => $call,
            Faces::Sealed($sessions) => $call,
        }
    };
}

impl Faces {
    pub(crate) fn layer(&self) -> SessionLayer {
        any_kind!(self, sessions => sessions.layer())
    }

    pub(crate) fn csrf_layer(&self, check: CsrfCheck) -> CsrfLayer {
        any_kind!(self, sessions => sessions.csrf_layer(check))
    }

    pub(crate) fn cross_origin_layer(&self, rules: CrossOrigin) -> CrossOriginLayer {
        any_kind!(self, sessions => sessions.cross_origin_layer(rules))
    }

    pub(crate) async fn purge(&self) -> Result<usize, Error> {
        any_kind!(self, sessions => sessions.purge().await)
    }

    pub(crate) fn spawn_purge(&self) {
        any_kind!(self, sessions => { tokio::spawn(sessions.clone().purge_every(seconds(60))); });
    }

    pub(crate) async fn list(&self, subject: &Subject) -> Result<Vec<SessionInfo>, Refused> {
        match self {
            Self::Indexed(sessions) => Ok(sessions.list(subject).await?),
            Self::Plain(_) | Self::Sealed(_) => Err(Refused::NotSupported),
        }
    }

    /// The sessions that are rows of a store.
    pub(crate) fn stored(&self) -> Result<Sessions<Plain>, Refused> {
        match self {
            Self::Indexed(sessions) => Ok(sessions.clone().into()),
            Self::Plain(sessions) => Ok(sessions.clone()),
            Self::Sealed(_) => Err(Refused::NotSupported),
        }
    }

    pub(crate) fn can_end_by_subject(&self) -> Result<(), Refused> {
        if matches!(self, Self::Plain(_)) { Err(Refused::NotSupported) } else { Ok(()) }
    }

    pub(crate) async fn sign_out_everywhere(&self, session: &Session) -> Result<(), Refused> {
        match self {
            Self::Indexed(sessions) => sessions.sign_out_everywhere(session).await.map(drop)?,
            Self::Sealed(sessions) => sessions.sign_out_everywhere(session).await?,
            Self::Plain(_) => return Err(Refused::NotSupported),
        }
        Ok(())
    }

    pub(crate) async fn sign_out_others(&self, session: &Session) -> Result<(), Refused> {
        match self {
            Self::Indexed(sessions) => sessions.sign_out_others(session).await.map(drop)?,
            Self::Sealed(sessions) => sessions.sign_out_others(session).await?,
            Self::Plain(_) => return Err(Refused::NotSupported),
        }
        Ok(())
    }

    /// Ends a subject's sessions, or everyone's, and says how many where that is known.
    pub(crate) async fn end(&self, of: Option<&Subject>) -> Result<Option<u64>, Refused> {
        Ok(match (self, of) {
            (Self::Indexed(sessions), Some(subject)) => Some(sessions.revoke_subject(subject).await? as u64),
            (Self::Indexed(sessions), None) => Some(sessions.revoke_everyone().await?),
            (Self::Sealed(sessions), Some(subject)) => {
                sessions.revoke_subject(subject).await?;
                None
            }
            (Self::Sealed(sessions), None) => {
                sessions.revoke_everyone().await?;
                None
            }
            (Self::Plain(_), _) => return Err(Refused::NotSupported),
        })
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotSupported => {
                (StatusCode::NOT_IMPLEMENTED, Json(json!({ "error": "not_supported_by_store" })))
                    .into_response()
            }
            Self::Failed(error) => error.into_response(),
        }
    }
}
