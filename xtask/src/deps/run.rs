//! Reads the policy and the dependencies, and holds one against the other.

use super::policy::{Excluded, Policy};
use super::rules;
use crate::metadata::Metadata;
use crate::process::{self, Outcome};
use crate::tidy;

pub(crate) fn run() -> Outcome {
    let policy = Policy::read(&process::workspace_root())?;
    let mut metadata = Metadata::read(&policy.graph.targets)?;
    let Excluded = policy.graph.exclude_dev;
    metadata.keep_what_ships(&policy.graph.exclude);
    let count = metadata.foreign().count();
    tidy::report("deps", rules::check(&policy, &metadata), &format!("{count} packages"))
}
