//! Why nothing could be proved.

use thiserror::Error;

use crate::probe::ProbeError;

/// Why nothing could be proved. The text is one line, for people.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The site gave no answer.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// No form with a password.
    #[error("{page} answered {status}, without a form for a password; a file for --login says where it is")]
    NoForm {
        /// Where it was looked for.
        page: String,
        /// The status there.
        status: u16,
    },
    /// A page and a visitor that nothing tells apart from one who is signed in.
    #[error(
        "the sign-in failed, or nothing at {page} tells who is signed in; say page and shows under [signed_in]"
    )]
    NotSignedIn {
        /// Where it was looked for.
        page: String,
    },
    /// It took too long.
    #[error("the site is slow: nobody was signed in within {seconds} seconds")]
    Slow {
        /// How long it had.
        seconds: u64,
    },
    /// The site went away between the change of the password and the change back.
    #[error("{why}; THE PASSWORD MAY NOW BE THE NEW ONE, of CLOAKROOM_AUDIT_NEW_PASSWORD")]
    LeftChanged {
        /// What went wrong.
        why: String,
    },
    /// The plan names something outside of the site.
    #[error("{url} in the plan is no URL of the site")]
    Elsewhere {
        /// What it names.
        url: String,
    },
}

impl AccountError {
    /// The error and its causes on one line.
    pub fn line(&self) -> String {
        match self {
            Self::Probe(error) => error.line(),
            other => other.to_string(),
        }
    }
}
