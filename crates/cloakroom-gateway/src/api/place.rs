//! Whose origin a request was sent to.

use std::sync::Arc;

use cloakroom::{CrossOrigin, Sessions};

use crate::apps::{AppEntry, AppPath, Destination};
use crate::config::Scheme;
use crate::routes::Gateway;

/// Whose origin a request was sent to.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// The sign-in's.
    SignIn,
    /// An application's of its own.
    App(Arc<AppEntry>),
}

impl Place {
    /// The sessions as this origin sees them.
    pub(super) fn sessions<'a>(&'a self, gateway: &'a Gateway) -> &'a Sessions {
        match self {
            Self::SignIn => gateway.installation.sessions(),
            Self::App(app) => &app.sessions,
        }
    }

    /// Which origins may send unsafe requests here.
    pub(super) fn origins<'a>(&'a self, gateway: &'a Gateway) -> &'a CrossOrigin {
        match self {
            Self::SignIn => &gateway.origins,
            Self::App(app) => &app.origins,
        }
    }

    /// How browsers reach this origin.
    pub(super) fn scheme(&self, gateway: &Gateway) -> Scheme {
        match self {
            Self::SignIn => gateway.public_url.scheme(),
            Self::App(app) => app.app.origin.scheme(),
        }
    }

    /// Where somebody signs in who wants to come back here.
    pub(super) fn login_url(&self, gateway: &Gateway) -> String {
        let login = format!("{}/_cloakroom/login", gateway.public_url);
        let back = match self {
            Self::SignIn => None,
            Self::App(app) => Some(Destination::App(Arc::clone(app), AppPath::root())),
        };
        Destination::behind(&login, back.as_ref(), &[])
    }
}
