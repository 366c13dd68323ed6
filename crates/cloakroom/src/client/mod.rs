//! Where a request comes from: its address and TLS fingerprint, as far as the proxies in front are to be believed, and what happens
//! to a session that is used from elsewhere ([`Binding`]).
//!
//! ```
//! use std::net::SocketAddr;
//!
//! use axum::{Router, extract::ConnectInfo};
//! use cloakroom::client::TrustedProxies;
//!
//! let proxies = TrustedProxies::x_forwarded_for(["10.0.0.0/8".parse()?]).tls_fingerprint_in("x-ja4")?;
//! let app: Router = Router::new();
//! let app = app.layer(proxies.layer(|extensions| {
//!     extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
//! }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! The layer stands outside of [`Sessions::layer`](crate::Sessions::layer). It puts a [`ClientAddress`] into the request's extensions, and a
//! [`TlsFingerprint`] where a trusted proxy has handed one over.

mod address;
mod agent;
mod binding;
mod forwarded;
mod layer;
mod moved;
mod proxies;

pub use address::{ClientAddress, TlsFingerprint};
pub use agent::AgentFamily;
pub use binding::{AddressMatch, Binding, BindingChange, BoundProperty, OnChange};
pub use cloakroom_core::{InvalidNetwork, Network};
pub use layer::{ClientLayer, ClientService};
pub(crate) use moved::check;
pub use proxies::{InvalidFieldName, TrustedProxies};
