//! What can be wrong with a configuration.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use crate::config::{Key, Origin};

/// The configuration is wrong: says where, what it says, and what would be right.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser expected.
        message: String,
    },
    /// The file has a key that nobody knows.
    #[error("{}, line {line}: unknown key {name:?}{}", path.display(), did_you_mean(*meant))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key as written.
        name: String,
        /// The known key nearest to it.
        meant: Option<Key>,
    },
    /// A table of an application or a provider is wrong.
    #[error("{}, line {line}: {message}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// `proxy` and an application are both to answer on the sign-in's own origin.
    #[error(
        "{origin}: proxy = \"{proxy}\" does not go with the [[app]] {name:?} of the same origin; keep one of them"
    )]
    TwoOnOneOrigin {
        /// The place where `proxy` stands.
        origin: Origin,
        /// Its value.
        proxy: String,
        /// The application.
        name: String,
    },
    /// An application has a limit that it cannot have.
    #[error("the [[app]] {name:?} says {limit} = {value:?}: {why}")]
    AppLimit {
        /// The application.
        name: String,
        /// Which limit.
        limit: Key,
        /// Its value.
        value: String,
        /// What would be right.
        why: String,
    },
    /// An environment variable is nearly a key.
    #[error("environment variable {variable} is unknown; did you mean {}?", meant.variable())]
    MistypedVariable {
        /// The variable as written.
        variable: String,
        /// The key it is near to.
        meant: Key,
    },
    /// A value cannot be read.
    #[error("{origin}: {key} = {value} is not valid; expected {}", key.expected())]
    WrongValue {
        /// The place where it stands.
        origin: Origin,
        /// The key.
        key: Key,
        /// The value as written.
        value: String,
    },
    /// Two values contradict each other.
    #[error("{origin}: {key} = {value} does not go with {other} = {other_value}; expected {}", key.expected())]
    Contradiction {
        /// The place where the first stands.
        origin: Origin,
        /// The first key.
        key: Key,
        /// Its value.
        value: String,
        /// The second key.
        other: Key,
        /// Its value.
        other_value: String,
    },
    /// Passwords and cookies would cross a network in the clear.
    #[error(
        "{origin}: listen = \"{listen}\" can be reached over the network, and cloakroom speaks plain HTTP there: \
         passwords and cookies could be read on the way. Give it a certificate with tls_certificate and tls_key, or put a \
         proxy that speaks TLS in front and say so with public_url = \"https://...\", or listen on 127.0.0.1"
    )]
    PlainHttpOnNetwork {
        /// The place where `listen` stands.
        origin: Origin,
        /// The address.
        listen: SocketAddr,
    },
    /// Browsers would refuse the session cookie of this origin.
    #[error(
        "{origin}: public_url = \"{value}\" is plain HTTP on a name that is not localhost, where browsers keep no \
         Secure cookie; expected https://..."
    )]
    PlainHttpPublicUrl {
        /// The place where `public_url` stands.
        origin: Origin,
        /// The value.
        value: String,
    },
}

fn did_you_mean(meant: Option<Key>) -> String {
    if let Some(key) = meant {
        return format!("; did you mean {:?}?", key.name());
    }
    let known: Vec<&str> = Key::ALL.iter().map(|key| key.name()).collect();
    format!("; the keys are {}", known.join(", "))
}
