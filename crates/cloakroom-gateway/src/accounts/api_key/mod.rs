//! Keys by which services use the JSON API: what they are made of, what they may do, and where they are kept.

mod name;
mod record;
mod scope;
mod secret;
mod table;

pub use name::{ApiKeyName, InvalidApiKeyName};
pub use record::{ApiKey, NewApiKey};
pub use scope::{Scope, Scopes, UnknownScope};
pub use secret::{ApiKeyId, ApiKeyText, InvalidApiKeyId, SecretDigest};
