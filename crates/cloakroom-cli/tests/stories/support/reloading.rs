//! A gateway that is told to read its configuration again.

use std::process::Command;
use std::time::Duration;

use super::gateway::Gateway;
use super::patience::within;

impl Gateway {
    /// Writes another configuration file and has the program take it up; what it logs of that.
    pub(crate) fn reload(&self, file: &str) -> String {
        std::fs::write(self.directory().join("cloakroom.toml"), file).unwrap();
        self.hang_up()
    }

    /// Has the program read its configuration again; what it logs of that.
    pub(crate) fn hang_up(&self) -> String {
        let before = self.log().len();
        Command::new("kill").args(["-HUP", &self.process_id().to_string()]).status().unwrap();
        within(Duration::from_secs(15), "the log says what became of a reload", || {
            let log = self.log();
            let said = ["was reloaded", "nothing in it has changed", "is refused"];
            said.iter().any(|said| log[before..].contains(said))
        });
        self.log()[before..].to_owned()
    }
}
