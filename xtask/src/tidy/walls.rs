//! The walls between the crates: who may depend on whom.

use std::fs;
use std::path::Path;

use super::Problem;
use crate::metadata::{Dependency, Metadata, Package};
use crate::process::{self, ProcessError};

/// The crates of this workspace that one of them may depend on.
struct Wall {
    package: &'static str,
    may_use: &'static [&'static str],
}

const CORE: &str = "cloakroom-core";
const BROWSERS: &str = "cloakroom-browsers";
const LIBRARY: &str = "cloakroom";
const FOREIGN: &str = "cloakroom-foreign";
const TESTKIT: &str = "cloakroom-testkit";
const STORES: &str = "cloakroom-stores";
const TOKENS: &str = "cloakroom-jwt";
const PROGRAM: &str = "cloakroom-cli";
const SERVERS: &str = "cloakroom-test-servers";
const SUFFIXES: &str = "cloakroom-suffixes";

/// The arrows of ARCHITECTURE.md. A new crate gets its line here before it builds anything.
const WALLS: &[Wall] = &[
    Wall { package: CORE, may_use: &[] },
    Wall { package: TESTKIT, may_use: &[CORE] },
    Wall { package: LIBRARY, may_use: &[CORE] },
    Wall { package: FOREIGN, may_use: &[CORE, LIBRARY] },
    Wall { package: "cloakroom-sql", may_use: &[CORE] },
    Wall { package: TOKENS, may_use: &[CORE] },
    Wall { package: "cloakroom-redis", may_use: &[CORE] },
    Wall { package: "cloakroom-memcached", may_use: &[CORE] },
    Wall { package: SERVERS, may_use: &[] },
    Wall { package: SUFFIXES, may_use: &[] },
    Wall { package: "cloakroom-audit", may_use: &[CORE, SUFFIXES] },
    Wall { package: STORES, may_use: &[LIBRARY, "cloakroom-sql", "cloakroom-redis", "cloakroom-memcached"] },
    Wall { package: "cloakroom-gateway", may_use: &[LIBRARY, STORES, SUFFIXES, TOKENS] },
    Wall { package: PROGRAM, may_use: &["cloakroom-gateway", "cloakroom-audit"] },
    Wall { package: "cloakroom-bench", may_use: &[LIBRARY, TESTKIT, STORES, SERVERS] },
    Wall {
        package: "cloakroom-benches",
        may_use: &[LIBRARY, TESTKIT, "cloakroom-sql", "cloakroom-redis", SERVERS],
    },
    Wall {
        package: "cloakroom-soak",
        may_use: &[
            CORE,
            LIBRARY,
            TESTKIT,
            SERVERS,
            "cloakroom-sql",
            "cloakroom-redis",
            "cloakroom-memcached",
        ],
    },
    Wall { package: "cloakroom-examples", may_use: &[LIBRARY, FOREIGN, TOKENS, "cloakroom-sql"] },
    Wall { package: BROWSERS, may_use: &[LIBRARY, SERVERS, "cloakroom-audit"] },
    Wall { package: "xtask", may_use: &[] },
];

/// What the core has no use for: it decides, and others wait, talk, tell the time, draw lots and write logs.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "axum-core",
    "chrono",
    "fastrand",
    "futures-util",
    "getrandom",
    "h2",
    "http",
    "http-body",
    "hyper",
    "jiff",
    "log",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "smol",
    "socket2",
    "time",
    "tokio",
    "tower",
    "tower-layer",
    "tower-service",
    "tracing",
    "tracing-core",
    "uuid",
    "web-time",
];

/// The dependencies that members of the workspace have on each other.
pub(crate) fn check(metadata: &Metadata, root: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in metadata.members() {
        let manifest = Manifest::of(package, root);
        let Some(wall) = WALLS.iter().find(|wall| wall.package == package.name) else {
            problems.push(manifest.problem(
                &package.name,
                format!("no wall around {}", package.name),
                "a line in WALLS of xtask/src/tidy/walls.rs that says what it may depend on",
            ));
            continue;
        };
        let is_ours = |dependency: &&Dependency| {
            dependency.source.is_none() && metadata.members().any(|member| member.name == dependency.name)
        };
        for dependency in package.dependencies.iter().filter(is_ours) {
            if !wall.lets_through(dependency) {
                problems.push(manifest.problem(
                    &dependency.name,
                    format!("{} depends on {}", package.name, dependency.name),
                    wall.says(),
                ));
            }
        }
    }
    problems
}

/// The foreign packages that the core is built from, whoever asked for them.
pub(crate) fn check_purity(root: &Path) -> Result<Vec<Problem>, ProcessError> {
    let mut cargo = process::cargo();
    cargo.current_dir(root).args(["tree", "--package", CORE, "--all-features", "--edges", "normal,build"]);
    // What ring builds on, its own source of randomness among it, which clippy keeps out of the code.
    cargo.args(["--prune", "ring", "--prefix", "none", "--format", "{p}"]);
    let listing = process::output_of(&mut cargo)?;
    Ok(impurities(&String::from_utf8_lossy(&listing)))
}

fn impurities(listing: &str) -> Vec<Problem> {
    let names = listing.lines().filter_map(|line| line.split_whitespace().next());
    let mut impure: Vec<&str> = names.filter(|name| IMPURE.contains(name)).collect();
    impure.sort_unstable();
    impure.dedup();
    let problem = |name| {
        Problem::at(
            &format!("crates/{CORE}/Cargo.toml"),
            1,
            format!("{CORE} is built from {name}"),
            format!("a core without it; `cargo tree -p {CORE} -i {name}` shows the way in"),
        )
    };
    impure.into_iter().map(problem).collect()
}

impl Wall {
    fn lets_through(&self, dependency: &Dependency) -> bool {
        let name = dependency.name.as_str();
        // The library's own tests play it with the stores that it is forbidden to know.
        let is_for_tests = [TESTKIT, SERVERS].contains(&name);
        // The program's stories play a service behind it, which verifies tokens by itself.
        let is_a_service = self.package == PROGRAM && [CORE, TOKENS].contains(&name);
        // And its pages are looked at in the browsers that the library's proofs use.
        let is_a_browser = self.package == PROGRAM && name == BROWSERS;
        let in_tests =
            dependency.is_dev() && (is_for_tests || is_a_service || is_a_browser || self.package == LIBRARY);
        in_tests || name == self.package || self.may_use.contains(&name)
    }

    fn says(&self) -> String {
        if self.may_use.is_empty() {
            return format!("{} depends on nothing of ours", self.package);
        }
        format!("{} depends on {} and nothing else of ours", self.package, self.may_use.join(", "))
    }
}

/// The file that a problem of a package points into.
struct Manifest {
    path: String,
    text: String,
}

impl Manifest {
    fn of(package: &Package, root: &Path) -> Self {
        let path = process::below(root, &package.manifest_path);
        Self {
            path: path.unwrap_or_else(|| package.manifest_path.clone()),
            text: fs::read_to_string(&package.manifest_path).unwrap_or_default(),
        }
    }

    fn problem(&self, name: &str, wrong: String, right: impl Into<String>) -> Problem {
        let names_it = |line: &str| {
            line.split(['.', ' ', '=']).next() == Some(name) || line.contains(&format!("\"{name}\""))
        };
        let line = self.text.lines().position(names_it).map_or(1, |at| at + 1);
        Problem::at(&self.path, line, wrong, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of all crates, in which `package` has one dependency on `on`.
    fn workspace(package: &str, on: &str, kind: Option<&str>) -> Metadata {
        let names =
            WALLS.iter().map(|wall| wall.package).chain((package == "stranger").then_some("stranger"));
        let packages: Vec<serde_json::Value> = names
            .map(|name| {
                let dependencies = if name == package {
                    serde_json::json!([{ "name": on, "req": "*", "kind": kind, "source": null }])
                } else {
                    serde_json::json!([])
                };
                serde_json::json!({
                    "id": name, "name": name, "version": "0.1.0", "license": null, "source": null,
                    "dependencies": dependencies, "targets": [], "manifest_path": "Cargo.toml",
                })
            })
            .collect();
        let members: Vec<&serde_json::Value> = packages.iter().map(|package| &package["id"]).collect();
        let text = serde_json::json!({
            "packages": packages, "workspace_members": members, "resolve": { "nodes": [] },
        });
        serde_json::from_value(text).expect("the shape is that of the types")
    }

    fn problems(package: &str, on: &str, kind: Option<&str>) -> usize {
        check(&workspace(package, on, kind), Path::new("")).len()
    }

    #[test]
    fn an_arrow_that_is_not_in_the_table_is_found() {
        for (package, on) in [
            ("cloakroom-core", "cloakroom-testkit"),
            ("cloakroom", "cloakroom-sql"),
            ("cloakroom-sql", "cloakroom"),
            ("cloakroom-testkit", "cloakroom"),
            ("cloakroom-gateway", "cloakroom-core"),
            ("cloakroom-cli", "cloakroom"),
            ("xtask", "cloakroom-core"),
        ] {
            assert_eq!(problems(package, on, None), 1, "{package} -> {on}");
            assert_eq!(problems(package, on, Some("build")), 1, "{package} -> {on}");
        }
    }

    #[test]
    fn the_arrows_of_the_table_are_let_through() {
        for wall in WALLS {
            for on in wall.may_use {
                assert_eq!(problems(wall.package, on, None), 0, "{} -> {on}", wall.package);
            }
        }
    }

    #[test]
    fn tests_of_anyone_may_use_the_testkit_and_those_of_the_library_anything() {
        assert_eq!(problems("cloakroom-core", "cloakroom-testkit", Some("dev")), 0);
        assert_eq!(problems("cloakroom", "cloakroom-sql", Some("dev")), 0);
        assert_eq!(problems("cloakroom-sql", "cloakroom", Some("dev")), 1);
        assert_eq!(problems("cloakroom-jwt", "cloakroom", Some("dev")), 1);
    }

    #[test]
    fn a_crate_without_a_wall_is_found() {
        assert_eq!(problems("stranger", "tokio", None), 1);
    }

    #[test]
    fn an_impure_core_is_found_however_deep() {
        assert!(
            impurities("cloakroom-core v0.1.0 (x)\nsha2 v0.11.0\nthiserror v2.0.0 (proc-macro)\n").is_empty()
        );
        assert_eq!(
            impurities("cloakroom-core v0.1.0\nargon2 v0.6.0\nrand_core v0.9.0\nrand_core v0.9.0 (*)\n")
                .len(),
            1
        );
    }
}
