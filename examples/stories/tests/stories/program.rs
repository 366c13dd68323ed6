//! An example that runs, and ends with the test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// An example that runs.
pub(crate) struct Program {
    child: Child,
    /// `localhost` and the port.
    pub(crate) host: String,
    pub(crate) password: String,
    said: Vec<String>,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the example is built");
        let output = BufReader::new(child.stdout.take().expect("its output is ours"));
        let mut program = Self { child, host: String::new(), password: String::new(), said: Vec::new() };
        for line in output.lines().map_while(Result::ok) {
            let is_last = line.starts_with("listening");
            program.said.push(line);
            if is_last {
                break;
            }
        }
        program.host = program.said("listening on http://").to_owned();
        program.password = program.said("the password of alice is ").to_owned();
        program
    }

    /// The rest of the line that begins so.
    pub(crate) fn said(&self, begin: &str) -> &str {
        self.said
            .iter()
            .find_map(|line| line.strip_prefix(begin))
            .unwrap_or_else(|| panic!("it says {begin:?}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended by itself otherwise, and the test has failed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
