//! Signing in by `OpenID Connect`: the relying party's side of the authorization code flow, and of the provider's sign-outs.
//!
//! Nothing here knows of pages, sessions or accounts: it finds out whom a provider vouches for. No token of a provider is kept
//! or logged.
//!
//! Source: OIDC Core 1.0; Discovery 1.0; RP-Initiated Logout 1.0; Back-Channel Logout 1.0; RFC 9700.

mod algorithm;
mod claims;
mod endpoint;
mod flow;
mod http;
mod jwks;
mod jws;
mod known;
mod members;
mod metadata;
mod person;
mod provider;
mod refused;

pub(crate) use claims::Logout;
pub(crate) use endpoint::Endpoint;
pub(crate) use flow::{Aim, Flow};
pub(crate) use http::{HttpClient, HttpError};
pub(crate) use members::Members;
pub(crate) use person::{Person, ToldGroups, user_name};
pub(crate) use provider::{Provider, Providers, Returned};
pub(crate) use refused::{ErrorCode, Flaw, Refused};
