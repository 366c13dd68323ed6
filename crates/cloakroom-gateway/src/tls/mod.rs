//! TLS of our own: certificates from files or by ACME, one for each host, taken up again when they change.

mod acceptor;
mod certificates;
mod files;
mod in_use;
mod shown;
mod towards;
mod validity;

pub(crate) use acceptor::Acceptor;
pub(crate) use certificates::Certificates;
pub use files::{CertificateFiles, TlsError};
pub(crate) use in_use::Tls;
pub(crate) use shown::Shown;
pub(crate) use towards::towards;
pub(crate) use validity::validity_of;
