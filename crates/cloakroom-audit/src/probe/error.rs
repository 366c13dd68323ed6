//! Why a site could not be looked at.

use std::io;

use rustls::CertificateError;
use thiserror::Error;

use crate::look::shown;

/// Why there is no answer to judge. The text is one line, for people.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// No address is known for the name.
    #[error("{host} has no address that can be found")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver says.
        #[source]
        source: io::Error,
    },
    /// Nobody listens there.
    #[error("{place} cannot be reached")]
    Connect {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// TLS failed, most often by its certificate.
    #[error("TLS with {place} failed")]
    Tls {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The answer did not come in time.
    #[error("{place} did not answer within {seconds} seconds")]
    TimedOut {
        /// Host and port.
        place: String,
        /// How long it had.
        seconds: u64,
    },
    /// It is no HTTP, or ends too early, or its head is too long.
    #[error("{place} gave no answer that a browser could read")]
    Broken {
        /// Host and port.
        place: String,
        /// What the reader says.
        #[source]
        source: hyper::Error,
    },
    /// The head of the answer is too long.
    #[error("{place} sent an answer whose head is longer than {octets_max} octets")]
    HeadTooLong {
        /// Host and port.
        place: String,
        /// The bound.
        octets_max: usize,
    },
    /// What comes does not become an answer.
    #[error("{place} sent {octets_max} octets, and no answer was among them")]
    Endless {
        /// Host and port.
        place: String,
        /// The bound.
        octets_max: usize,
    },
    /// It redirects without end.
    #[error("{place} redirects more than {redirects_max} times in a row")]
    Redirects {
        /// Where it began.
        place: String,
        /// The bound.
        redirects_max: usize,
    },
    /// A form of a page over TLS that leads out of it.
    #[error("{place} would get the form, and what is secret in it, over plain HTTP; it was not sent")]
    Unencrypted {
        /// Host and port.
        place: String,
    },
    /// Not a URL that can be looked at.
    #[error("{url} is no http:// or https:// URL of a host")]
    Url {
        /// What was given.
        url: String,
    },
    /// The terms cannot be met.
    #[error("the certificates to trust cannot be read")]
    Authorities(#[source] rustls::Error),
}

impl ProbeError {
    /// What the user can do about a certificate.
    fn advice(&self) -> Option<&'static str> {
        let Self::Tls { source, .. } = self else { return None };
        let cause = source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match cause? {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                Some("--authority FILE names an authority to trust")
            }
            // `openssl req -x509` makes such ones.
            rustls::Error::InvalidCertificate(CertificateError::Other(other))
                if other.to_string().contains("CaUsedAsEndEntity") =>
            {
                Some(
                    "it says CA:TRUE of itself, and so is no server's: make it with basicConstraints=CA:FALSE",
                )
            }
            _ => None,
        }
    }

    /// The error and its causes on one line.
    ///
    /// # Security
    /// Some of them repeat what the server sent, such as names in its certificate.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            // Wrappers repeat what they wrap.
            if !line.ends_with(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        shown(&match self.advice() {
            Some(advice) => format!("{line}; {advice}"),
            None => line,
        })
    }
}
