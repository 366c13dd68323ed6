//! The rules of deny.toml, judged on what cargo resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::licence;
use super::policy::{Denied, Policy, Sources};
use crate::metadata::{Metadata, Package};
use crate::tidy::Problem;

/// Cargo's default registry as `cargo metadata` names it.
const REGISTRY: &str = concat!("registry+https://github.com/rust-lang/", "crates", ".io-index");

/// Everything in the dependencies that the policy does not allow.
pub(super) fn check(policy: &Policy, metadata: &Metadata) -> Vec<Problem> {
    // The levels have one value each, so that a softer one does not parse. Reading them here keeps it so.
    let Denied::Deny = policy.bans.multiple_versions;
    let Denied::Deny = policy.bans.wildcards;
    let Sources { unknown_registry: Denied::Deny, unknown_git: Denied::Deny } = policy.sources;

    let mut problems = Vec::new();
    for package in metadata.foreign() {
        problems.extend(licence(policy, package));
        problems.extend(ban(policy, package));
        problems.extend(source(package));
    }
    problems.extend(duplicates(policy, metadata));
    problems.extend(wildcards(metadata));
    problems.extend(idle_lines(policy, metadata));
    problems
}

fn licence(policy: &Policy, package: &Package) -> Option<Problem> {
    let allows = |name: &str| {
        let exceptions =
            policy.licenses.exceptions.iter().filter(|exception| exception.package == package.name);
        let mut allowed =
            policy.licenses.allow.iter().chain(exceptions.flat_map(|exception| &exception.allow));
        allowed.any(|licence| licence == name)
    };
    let Some(expression) = package.license.as_deref() else {
        return Some(locked(package, "has no licence expression", "another package"));
    };
    match licence::is_met(expression, &allows) {
        Ok(true) => None,
        Ok(false) => Some(locked(
            package,
            format!("is under {expression}, which deny.toml does not allow"),
            "another package, or an entry under [licenses] by somebody who read the licence",
        )),
        Err(error) => Some(locked(package, error.to_string(), "an exception under [licenses]")),
    }
}

fn ban(policy: &Policy, package: &Package) -> Option<Problem> {
    let ban = policy.bans.deny.iter().find(|named| named.package == package.name)?;
    let right = format!("a build without it; `cargo tree -i {}` shows the way in", package.name);
    Some(locked(package, format!("is banned: {}", ban.reason), right))
}

fn source(package: &Package) -> Option<Problem> {
    let source = package.source.as_deref()?;
    let wrong = format!("comes from {source}");
    (source != REGISTRY).then(|| locked(package, wrong, "a released version from cargo's default registry"))
}

fn duplicates(policy: &Policy, metadata: &Metadata) -> Vec<Problem> {
    let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in metadata.foreign() {
        versions.entry(&package.name).or_default().push(package);
    }
    let mut problems = Vec::new();
    for (name, packages) in versions {
        let unskipped: Vec<&&Package> =
            packages.iter().filter(|package| !is_skipped(policy, package)).collect();
        if unskipped.len() > 1 {
            let told: Vec<&str> = unskipped.iter().map(|package| package.version.as_str()).collect();
            problems.push(Problem::at(
                "Cargo.lock",
                1,
                format!("{name} is built {} times: {}", told.len(), told.join(", ")),
                format!("one version (`cargo tree -d -i {name}` shows who asks), or a skip with its reason"),
            ));
        }
    }
    problems
}

fn is_skipped(policy: &Policy, package: &Package) -> bool {
    let exact = format!("{}@{}", package.name, package.version);
    policy.bans.skip.iter().any(|skip| skip.package == exact)
}

fn wildcards(metadata: &Metadata) -> Vec<Problem> {
    let dependencies =
        metadata.members().flat_map(|package| package.dependencies.iter().map(move |on| (package, on)));
    let wild = dependencies.filter(|(_, on)| on.req == "*" && on.source.is_some());
    wild.map(|(package, on)| {
        let wrong = format!("{} takes any version of {}", package.name, on.name);
        Problem::at("Cargo.toml", 1, wrong, "a version requirement")
    })
    .collect()
}

/// Lines of the policy that let through what is not there: they would let it in unseen later.
fn idle_lines(policy: &Policy, metadata: &Metadata) -> Vec<Problem> {
    let names: BTreeSet<&str> = metadata.foreign().map(|package| package.name.as_str()).collect();
    let skips = policy.bans.skip.iter().filter(|skip| {
        !metadata.foreign().any(|package| skip.package == format!("{}@{}", package.name, package.version))
    });
    let skips = skips.map(|skip| &skip.package);
    let exceptions = policy.licenses.exceptions.iter().map(|exception| &exception.package);
    let exceptions = exceptions.filter(|package| !names.contains(package.as_str()));
    skips
        .chain(exceptions)
        .map(|package| {
            Problem::at("deny.toml", 1, format!("{package} is no dependency"), "a policy without it")
        })
        .collect()
}

fn locked(package: &Package, wrong: impl AsRef<str>, right: impl Into<String>) -> Problem {
    let wrong = format!("{} {} {}", package.name, package.version, wrong.as_ref());
    Problem::at("Cargo.lock", 1, wrong, right)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const POLICY: &str = r#"
        [graph]
        targets = []
        [licenses]
        allow = ["MIT"]
        exceptions = [{ crate = "odd", allow = ["Zlib"] }]
        [bans]
        multiple-versions = "deny"
        wildcards = "deny"
        deny = [{ crate = "openssl", reason = "one TLS is enough" }]
        skip = [{ crate = "twice@1.0.0", reason = "odd still asks for it" }]
        [sources]
        unknown-registry = "deny"
        unknown-git = "deny"
    "#;

    fn package(name: &str, version: &str, licence: &str, source: &str) -> Value {
        json!({
            "id": format!("{name} {version}"), "name": name, "version": version, "license": licence, "source": source,
            "dependencies": [], "targets": [], "manifest_path": "",
        })
    }

    /// What is found when these packages join those that the policy's own lines need.
    fn found(packages: &[Value]) -> Vec<String> {
        let mut packages = packages.to_vec();
        packages.push(package("odd", "1.0.0", "Zlib", REGISTRY));
        packages.push(package("twice", "1.0.0", "MIT", REGISTRY));
        packages.push(package("twice", "2.0.0", "MIT", REGISTRY));
        let nodes: Vec<Value> = packages.iter().map(|package| json!({ "id": package["id"] })).collect();
        let metadata = json!({ "packages": packages, "workspace_members": ["ours 1.0.0"], "resolve": { "nodes": nodes } });
        let metadata = serde_json::from_value(metadata).expect("the shape is that of the types");
        let policy = Policy::parse(POLICY).expect("the policy is well-formed");
        check(&policy, &metadata).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_policy_allows_is_let_through() {
        assert!(found(&[package("fine", "1.0.0", "GPL-3.0-only OR MIT", REGISTRY)]).is_empty());
    }

    #[test]
    fn a_licence_that_is_not_allowed_is_found_and_an_exception_is_for_its_package_alone() {
        assert_eq!(found(&[package("copyleft", "1.0.0", "GPL-3.0-only", REGISTRY)]).len(), 1);
        assert_eq!(found(&[package("other", "1.0.0", "Zlib", REGISTRY)]).len(), 1);
        assert_eq!(found(&[package("unclear", "1.0.0", "MIT and so on", REGISTRY)]).len(), 1);
        let mut unlicensed = package("unlicensed", "1.0.0", "", REGISTRY);
        unlicensed["license"] = Value::Null;
        assert_eq!(found(&[unlicensed]).len(), 1);
    }

    #[test]
    fn a_banned_package_is_found() {
        assert_eq!(found(&[package("openssl", "1.0.0", "MIT", REGISTRY)]).len(), 1);
    }

    #[test]
    fn a_second_version_is_found_and_a_skipped_one_is_not() {
        let twins = [package("twin", "1.0.0", "MIT", REGISTRY), package("twin", "2.0.0", "MIT", REGISTRY)];
        assert_eq!(found(&twins).len(), 1);
        assert_eq!(found(&[package("twice", "3.0.0", "MIT", REGISTRY)]).len(), 1);
    }

    #[test]
    fn a_package_from_elsewhere_is_found() {
        assert_eq!(found(&[package("forked", "1.0.0", "MIT", "git+https://example.org/forked")]).len(), 1);
        assert_eq!(
            found(&[package("mirrored", "1.0.0", "MIT", "registry+https://example.org/index")]).len(),
            1
        );
    }

    #[test]
    fn a_wildcard_is_found_and_a_path_is_none() {
        let mut ours = package("ours", "1.0.0", "MIT", "");
        ours["source"] = Value::Null;
        ours["dependencies"] = json!([
            { "name": "any", "req": "*", "kind": null, "source": REGISTRY },
            { "name": "own", "req": "*", "kind": null, "source": null },
        ]);
        assert_eq!(found(&[ours]).len(), 1);
    }

    #[test]
    fn a_line_of_the_policy_for_nothing_is_found() {
        let metadata = json!({ "packages": [], "workspace_members": [], "resolve": { "nodes": [] } });
        let metadata = serde_json::from_value(metadata).expect("the shape is that of the types");
        let policy = Policy::parse(POLICY).expect("the policy is well-formed");
        assert_eq!(check(&policy, &metadata).len(), 2);
    }

    #[test]
    fn a_key_that_is_not_enforced_is_an_error() {
        assert!(Policy::parse(&POLICY.replace("[sources]", "[sources]\nallow-org = []")).is_err());
        assert!(Policy::parse(&POLICY.replace("wildcards = \"deny\"", "wildcards = \"warn\"")).is_err());
    }
}
