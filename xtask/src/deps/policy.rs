//! deny.toml as types: the one place that says what a dependency may be.
//!
//! The file has cargo-deny's format, so that its users know what it says. A key that we do not enforce is an
//! error: a policy that nobody keeps must not look like one.

use std::path::Path;
use std::{fs, io};

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Policy {
    pub(crate) graph: Graph,
    pub(crate) licenses: Licences,
    pub(crate) bans: Bans,
    pub(crate) sources: Sources,
}

/// Which builds are judged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Graph {
    /// A dependency that only other platforms have is not looked at.
    pub(crate) targets: Vec<String>,
    /// Packages of ours that reach no user.
    #[serde(default)]
    pub(crate) exclude: Vec<String>,
    /// What only tests are built from reaches no user either.
    #[serde(default)]
    pub(crate) exclude_dev: Excluded,
}

/// `true`, the one value that is enforced.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "bool")]
pub(crate) struct Excluded;

impl TryFrom<bool> for Excluded {
    type Error = &'static str;

    fn try_from(excluded: bool) -> Result<Self, &'static str> {
        if excluded { Ok(Self) } else { Err("exclude-dev is true, or the line is left out") }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Licences {
    /// SPDX identifiers.
    pub(crate) allow: Vec<String>,
    #[serde(default)]
    pub(crate) exceptions: Vec<Exception>,
}

/// Licences that one package may have and others may not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    #[serde(rename = "crate")]
    pub(crate) package: String,
    pub(crate) allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Bans {
    pub(crate) multiple_versions: Denied,
    pub(crate) wildcards: Denied,
    pub(crate) deny: Vec<Named>,
    /// Versions, as `name@version`, that may stand beside another of their name.
    #[serde(default)]
    pub(crate) skip: Vec<Named>,
}

/// A package and why it is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    #[serde(rename = "crate")]
    pub(crate) package: String,
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Sources {
    /// Cargo's default registry is the only one.
    pub(crate) unknown_registry: Denied,
    pub(crate) unknown_git: Denied,
}

/// The one level that is enforced: a warning in CI is read by nobody.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Denied {
    Deny,
}

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyError {
    #[error("cannot read deny.toml")]
    Read(#[from] io::Error),
    #[error("deny.toml says what this task does not enforce")]
    Parse(#[from] toml::de::Error),
}

impl Policy {
    pub(crate) fn read(root: &Path) -> Result<Self, PolicyError> {
        Self::parse(&fs::read_to_string(root.join("deny.toml"))?)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, PolicyError> {
        Ok(toml::from_str(text)?)
    }
}
