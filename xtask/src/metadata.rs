//! The part of `cargo metadata` that the rules read.

use std::collections::HashMap;

use serde::Deserialize;

use crate::process::{self, ProcessError};

/// The workspace and all packages that it is built from.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    pub(crate) resolve: Resolve,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    /// Where it comes from; a package of this workspace comes from nowhere.
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
    pub(crate) manifest_path: String,
}

/// One line of a `[dependencies]` table.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) req: String,
    pub(crate) kind: Option<String>,
    pub(crate) source: Option<String>,
}

impl Dependency {
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) src_path: String,
}

/// What the resolver chose for the platforms that were asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
}

/// Why the workspace could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataError {
    #[error("cargo cannot read the workspace")]
    Cargo(#[from] ProcessError),
    #[error("cargo metadata has a shape that this task does not know")]
    Shape(#[from] serde_json::Error),
}

impl Metadata {
    /// Reads the workspace as it resolves for `platforms`, or for all when none is named.
    pub(crate) fn read(platforms: &[String]) -> Result<Self, MetadataError> {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root()).args(["metadata", "--format-version", "1"]);
        cargo.arg("--all-features");
        for platform in platforms {
            cargo.args(["--filter-platform", platform]);
        }
        Ok(serde_json::from_slice(&process::output_of(&mut cargo)?)?)
    }

    /// The packages of this workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The packages of others that are part of a build.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = &Package> {
        let by_id: HashMap<&str, &Package> =
            self.packages.iter().map(|package| (package.id.as_str(), package)).collect();
        let ids = self.resolve.nodes.iter().map(|node| node.id.as_str());
        ids.filter_map(move |id| by_id.get(id).copied()).filter(|package| package.source.is_some())
    }
}
