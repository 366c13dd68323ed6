//! The steps of a test run, and the surroundings that they get.

use std::cell::RefCell;

use clap::Args;

use super::behind::Behind;
use super::surroundings::Surroundings;
use super::{binaries, lanes, size};
use crate::counts;
use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What needs nothing but Rust: no browser, no servers, no release build
    #[arg(long)]
    quick: bool,
    /// For the test programs, as after the `--` of `cargo test`: a part of a test's name, for example
    #[arg(last = true)]
    filter: Vec<String>,
}

/// The tests that need servers and browsers, and those of what measures on servers.
const SERVED: &str = "cloakroom-audit/servers,cloakroom-bench/servers,cloakroom-benches/nodes,cloakroom-browsers/browser,cloakroom-cli/browser,\
                      cloakroom-cli/servers,cloakroom-gateway/servers,cloakroom-memcached/servers,\
                      cloakroom-redis/servers,cloakroom-soak/servers,cloakroom-sql/servers";

pub(crate) fn run(options: &Options) -> Outcome {
    let surroundings =
        if options.quick { Surroundings::without_programs()? } else { Surroundings::with_programs()? };
    let mut workspace = vec!["test", "--workspace"];
    if !options.quick {
        // All at once: a package tested alone would build what it needs with other features, and so once more.
        workspace.extend(["--features", SERVED]);
    }
    let with = |more: &[&str]| surroundings.cargo(&[&workspace, more].concat());
    let built = RefCell::new(Vec::new());
    let release = RefCell::new(None);

    let mut documented = with(&["--doc"]);
    documented.arg("--").args(&options.filter);

    let mut steps = vec![
        Step::task("build", || {
            built.replace(binaries::built_by(with(&["--no-run"]))?);
            Ok(())
        }),
        Step::task("tests", || {
            if !options.quick {
                // The program first, which takes many times as long. By two calls of cargo, since the two together would have other features.
                let builds = [&["build", "--release", "--package", "cloakroom-cli"][..], &counts::BUILD];
                let builds = builds.map(|arguments| surroundings.cargo(arguments)).into();
                release.replace(Some(Behind::start(builds, surroundings.file("release-build"))));
            }
            Ok(lanes::run(built.take(), |binary| surroundings.test(binary, &options.filter))?)
        }),
        Step::program("examples in documentation", documented),
    ];
    if !options.quick {
        let finished = || release.borrow().as_ref().map_or(Ok(()), |release| Ok(release.finish_next()?));
        steps.push(Step::task("release build, begun with the tests", finished));
        let size = || size::check(&process::as_released("cloakroom"), &surroundings.file("stripped"));
        steps.push(Step::task("size of the program", size));
        let gateway = || counts::check_gateway(surroundings.program("CLOAKROOM_VALGRIND"));
        steps.push(Step::task("counts of the gateway", gateway));
        steps.push(Step::task("build of the counts, begun after that", finished));
        let library = surroundings.around(process::program_of_ours(process::as_released(counts::PROGRAM)));
        steps.push(Step::program("counts", library));
    }
    steps::run(steps)
}
