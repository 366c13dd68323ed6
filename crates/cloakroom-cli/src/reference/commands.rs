//! The commands and their exit codes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use cloakroom_gateway::config::Key;
use cloakroom_test_servers::reference_page;

use super::table::{cell, code, page, table};
use crate::arguments::Arguments;

const LEAD: &str = "Every command of the program. `cloakroom COMMAND --help` says the same. Commands that need a configuration take the flag of \
    [every key](configuration.md) too, beside `--config FILE` (or `CLOAKROOM_CONFIG`): they are left out here.";

/// Exit codes that mean something else than for most commands.
const EXIT_CODES: [[&str; 3]; 3] = [
    ["0", "done", "for `audit`, `check` and `doctor`: nothing was found that counts"],
    [
        "1",
        "failed: the error is on standard error",
        "`check`: a warning. `doctor`: a rule is broken. `audit`: a finding of the severity of `--fail-on` or above",
    ],
    [
        "2",
        "wrong arguments, or a configuration that cannot be used",
        "`check`: an error. `audit`: the site could not be looked at",
    ],
];

/// The flags that are keys of the configuration, and the one that names the file.
fn of_the_configuration() -> BTreeSet<String> {
    Key::ALL.into_iter().map(|key| key.flag()[2..].to_owned()).chain(["config".to_owned()]).collect()
}

fn describe(command: &Command, path: &str, text: &mut String) {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let nested: Vec<&Command> =
        command.get_subcommands().filter(|nested| nested.get_name() != "help").collect();
    if path != "cloakroom" {
        let level = if path.matches(' ').count() > 1 { "###" } else { "##" };
        write!(text, "{level} {path}\n\n{}\n\n", sentence(&about)).unwrap();
        if nested.is_empty() {
            arguments(command, &path, text);
        }
    }
    for nested in nested {
        describe(nested, &path, text);
    }
}

/// The first paragraph of a help text has no full stop at its end.
fn sentence(about: &str) -> String {
    let (first, rest) = about.split_once("\n\n").unwrap_or((about, ""));
    let first = if first.ends_with('.') { first.to_owned() } else { format!("{first}.") };
    if rest.is_empty() { first } else { format!("{first}\n\n{rest}") }
}

fn arguments(command: &Command, path: &str, text: &mut String) {
    let known = of_the_configuration();
    let is_own = |argument: &&Arg| {
        let long = argument.get_long().unwrap_or_default();
        // One argument of a command may share the name of a key, and is not about it.
        !matches!(long, "help" | "version") && (!known.contains(long) || !takes_configuration(command))
    };
    let own: Vec<&Arg> = command.get_arguments().filter(is_own).collect();
    let mut usage = path.to_owned();
    for argument in own.iter().filter(|argument| argument.is_positional()) {
        let name = name_of(argument);
        write!(usage, " {}", if argument.is_required_set() { name } else { format!("[{name}]") }).unwrap();
    }
    if own.iter().any(|argument| !argument.is_positional()) {
        usage += " [OPTIONS]";
    }
    if takes_configuration(command) {
        usage += " [CONFIGURATION]";
    }
    write!(text, "```sh\n{usage}\n```\n\n").unwrap();
    if !own.is_empty() {
        let rows = own.iter().map(|argument| [code(&spelling(argument)), what(argument)]);
        text.push_str(&table(["argument", "what"], rows));
        text.push('\n');
    }
}

fn takes_configuration(command: &Command) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some("data-dir"))
}

fn name_of(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map_or_else(|| argument.get_id().as_str().to_uppercase(), ToString::to_string);
    name.to_uppercase()
}

fn spelling(argument: &Arg) -> String {
    let takes_value = argument.get_action().takes_values();
    match argument.get_long() {
        None => name_of(argument),
        Some(long) if takes_value => format!("--{long} {}", name_of(argument)),
        Some(long) => format!("--{long}"),
    }
}

fn what(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let mut text = cell(&help.map(ToString::to_string).unwrap_or_default());
    if !text.ends_with('.') {
        text.push('.');
    }
    let values: Vec<String> = if argument.get_action().takes_values() {
        argument.get_possible_values().iter().map(|value| code(value.get_name())).collect()
    } else {
        Vec::new()
    };
    if !values.is_empty() {
        write!(text, " One of {}.", values.join(", ")).unwrap();
    }
    let default: Vec<String> =
        argument.get_default_values().iter().map(|value| code(&value.to_string_lossy())).collect();
    if argument.get_action().takes_values() && !default.is_empty() {
        write!(text, " Default: {}.", default.join(", ")).unwrap();
    }
    text
}

#[test]
fn the_reference_has_every_command_and_its_arguments() {
    let mut command = Arguments::command();
    command.build();
    let mut body = String::new();
    describe(&command, "", &mut body);
    body.push_str("## Exit codes\n\n");
    body.push_str(&table(
        ["code", "for every command", "for some"],
        EXIT_CODES.map(|row| row.map(str::to_owned)),
    ));
    reference_page("commands.md", &page("Commands", LEAD, &body));
}
