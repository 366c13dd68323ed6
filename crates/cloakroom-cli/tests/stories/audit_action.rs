//! The example of an action for a pipeline, its commands run as the host of the pipeline runs them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::run;

const ACTION: &str = include_str!("../../../../examples/audit-action/action.yml");

/// A site that breaks something, and one that does not.
const BROKEN: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=0123456789abcdef0123456789abcdef\r\n\r\n";
const HARDENED: &str =
    "HTTP/1.1 204 No Content\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n\r\n";

/// The commands of the steps that have some, in their order.
fn commands() -> [String; 2] {
    let (_, audit) = ACTION.split_once("      run: |\n").unwrap();
    let lines: Vec<&str> = audit.lines().take_while(|line| line.starts_with("        ")).collect();
    let (_, end) = ACTION.rsplit_once("      run: ").unwrap();
    [lines.iter().map(|line| &line[8..]).collect::<Vec<_>>().join("\n"), end.to_owned()]
}

/// What a step sets for those after it, and its exit code.
fn step(
    folder: &Path,
    command: &str,
    environment: &[(&str, &str)],
) -> (HashMap<String, String>, Option<i32>) {
    let outputs = folder.join("outputs");
    fs::write(&outputs, "").unwrap();
    fs::write(folder.join("step.sh"), command).unwrap();
    // What the host makes of `shell: bash`.
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-eo", "pipefail", "step.sh"]).current_dir(folder);
    bash.env("RUNNER_TEMP", folder).env("GITHUB_OUTPUT", &outputs).envs(environment.iter().copied());
    let code = bash.output().unwrap().status.code();
    let text = fs::read_to_string(&outputs).unwrap();
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    (text.lines().filter_map(pair).collect(), code)
}

/// Runs the audit's step for these answers. The program is the real one, which is told to look at them in the place of a site.
fn audit(folder: &Path, heads: &str, baseline: &str) -> (HashMap<String, String>, Option<i32>) {
    fs::write(folder.join("heads"), heads).unwrap();
    let real = env!("CARGO_BIN_EXE_cloakroom");
    fs::write(folder.join("as"), format!("cloakroom() {{ '{real}' \"$@\" --headers heads; }}\n")).unwrap();
    let [command, _] = commands();
    let inputs = [("URL", "https://a.example"), ("FAIL_ON", "medium"), ("BASELINE", baseline)];
    step(folder, &command, &[&inputs[..], &[("PROGRAM", "cloakroom"), ("BASH_ENV", "as")]].concat())
}

#[test]
fn findings_are_uploaded_before_they_fail_the_job_and_a_baseline_silences_them() {
    let folder = tempfile::tempdir().unwrap();
    let [_, end] = commands();
    let results = |outputs: &HashMap<String, String>| {
        let report: Value = serde_json::from_str(&fs::read_to_string(&outputs["sarif"]).unwrap()).unwrap();
        assert_eq!(report["version"], "2.1.0");
        report["runs"][0]["results"].as_array().unwrap().len()
    };
    let (outputs, code) = audit(folder.path(), HARDENED, "");
    assert_eq!((outputs["code"].as_str(), code, results(&outputs)), ("0", Some(0), 0));
    assert_eq!(step(folder.path(), &end, &[("CODE", &outputs["code"])]).1, Some(0));

    let (outputs, code) = audit(folder.path(), BROKEN, "");
    assert_eq!((outputs["code"].as_str(), code), ("1", Some(0)));
    assert!(results(&outputs) > 0);
    assert_eq!(step(folder.path(), &end, &[("CODE", &outputs["code"])]).1, Some(1));

    let known = run(folder.path(), &["audit", "https://a.example", "--headers", "heads", "--json"], "");
    fs::write(folder.path().join("known.json"), known.stdout).unwrap();
    let (outputs, _) = audit(folder.path(), BROKEN, "known.json");
    assert_eq!(outputs["code"], "0");
}

#[test]
fn a_site_that_cannot_be_audited_fails_the_job_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (outputs, code) = audit(folder.path(), "", "");
    assert_eq!((outputs["code"].as_str(), code), ("2", Some(2)));
}

#[test]
fn every_input_of_the_action_is_used_and_no_other() {
    let (_, rest) = ACTION.split_once("inputs:\n").unwrap();
    let (declared, _) = rest.split_once("outputs:\n").unwrap();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let mut names: Vec<&str> =
        declared.lines().filter(is_name).map(|line| line.trim().trim_end_matches(':')).collect();
    let parts = ACTION.split("${{ inputs.").skip(1);
    let mut used: Vec<&str> = parts.map(|part| part.split(" }}").next().unwrap()).collect();
    names.sort_unstable();
    used.sort_unstable();
    assert_eq!(names, used);
}
