//! The part of `cargo metadata` that the rules read.

use std::collections::{HashMap, HashSet};

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
    #[serde(default)]
    pub(crate) deps: Vec<Edge>,
}

/// One package that another is built from.
#[derive(Debug, Deserialize)]
pub(crate) struct Edge {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EdgeKind {
    pub(crate) kind: Option<String>,
}

impl Edge {
    fn is_dev_only(&self) -> bool {
        self.dep_kinds.iter().all(|kind| kind.kind.as_deref() == Some("dev"))
    }
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
        for platform in platforms {
            cargo.args(["--filter-platform", platform]);
        }
        Ok(serde_json::from_slice(&process::output_of(&mut cargo)?)?)
    }

    /// Leaves what the members but `excluded` ones are built from, their tests apart: what reaches a user.
    pub(crate) fn keep_what_ships(&mut self, excluded: &[String]) {
        let ships = |package: &&Package| !excluded.contains(&package.name);
        let mut waiting: Vec<String> =
            self.members().filter(ships).map(|package| package.id.clone()).collect();
        let mut kept: HashSet<String> = waiting.iter().cloned().collect();
        while let Some(id) = waiting.pop() {
            let node = self.resolve.nodes.iter().find(|node| node.id == id);
            let edges = node.into_iter().flat_map(|node| &node.deps).filter(|edge| !edge.is_dev_only());
            for edge in edges {
                if kept.insert(edge.pkg.clone()) {
                    waiting.push(edge.pkg.clone());
                }
            }
        }
        self.resolve.nodes.retain(|node| kept.contains(&node.id));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_tests_and_excluded_packages_are_built_from_does_not_ship() {
        let package = |id: &str| {
            json!({
                "id": id, "name": id, "version": "1.0.0", "license": "MIT", "source": null,
                "dependencies": [], "targets": [], "manifest_path": "",
            })
        };
        let edge = |to: &str, kind: Option<&str>| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] });
        let nodes = json!([
            { "id": "ours", "deps": [edge("used", None), edge("driver", Some("dev")), edge("built", Some("build"))] },
            { "id": "benches", "deps": [edge("rival", None)] },
            { "id": "used", "deps": [edge("deeper", None)] },
            { "id": "deeper" }, { "id": "driver" }, { "id": "built" }, { "id": "rival" },
        ]);
        let metadata = json!({
            "packages": [package("ours"), package("benches")],
            "workspace_members": ["ours", "benches"],
            "resolve": { "nodes": nodes },
        });
        let mut metadata: Metadata =
            serde_json::from_value(metadata).expect("the shape is that of the types");
        metadata.keep_what_ships(&["benches".to_owned()]);
        let left: Vec<&str> = metadata.resolve.nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(left, ["ours", "used", "deeper", "built"]);
    }
}
