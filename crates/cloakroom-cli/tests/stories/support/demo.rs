//! The real `cloakroom demo`, with a temporary folder of its own to leave nothing in.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use super::browser::Browser;
use super::gateway::program;

/// A demo that runs until it is dropped.
pub(crate) struct Demo {
    /// Where it was started; `temporary` in it is where it may keep things.
    directory: tempfile::TempDir,
    child: Child,
    /// The port of the guide.
    pub(crate) guide_port: u16,
    /// The port of the sign-in.
    pub(crate) site_port: u16,
    /// The passwords that it has printed, by name.
    pub(crate) passwords: BTreeMap<String, String>,
}

impl Demo {
    /// Starts one in a directory with these files, in this environment.
    pub(crate) fn start(files: &[(&str, &str)], environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let temporary = directory.path().join("temporary");
        std::fs::create_dir(&temporary).unwrap();
        for (name, content) in files {
            std::fs::write(directory.path().join(name), content).unwrap();
        }
        let mut command = program(directory.path());
        command.args(["demo", "--port", "0"]).env("TMPDIR", temporary).envs(environment.iter().copied());
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let (mut passwords, mut site_port) = (BTreeMap::new(), 0);
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 {
                child.wait().unwrap();
                panic!(
                    "the demo did not start: {}",
                    std::fs::read_to_string(directory.path().join("log")).unwrap()
                );
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            match *words {
                [name, password] if line.starts_with("  ") => {
                    passwords.insert(name.to_owned(), password.to_owned());
                }
                ["The", "sign-in", "is", "at", url, ..] => site_port = port(url),
                ["Begin", "here:", url] => {
                    let guide_port = port(url);
                    // The rest of the output is read so that the program never waits for us.
                    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
                    return Self { directory, child, guide_port, site_port, passwords };
                }
                _ => {}
            }
        }
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A browser at the guide.
    pub(crate) fn visitor(&self) -> Browser {
        Browser::spread(
            std::iter::repeat(at(self.guide_port)),
            &format!("localhost:{}", self.guide_port),
            "visitor",
        )
    }

    /// A browser at the sign-in and the application.
    pub(crate) fn user(&self, agent: &str) -> Browser {
        Browser::spread(std::iter::repeat(at(self.site_port)), &self.authority(), agent)
    }

    /// The host of the sign-in.
    pub(crate) fn authority(&self) -> String {
        format!("demo.localhost:{}", self.site_port)
    }

    /// Presses Ctrl-C, and says how the demo ended.
    pub(crate) fn interrupt(&mut self) -> ExitStatus {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already, as a story wants it to.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn at(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn port(url: &str) -> u16 {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap();
    authority.rsplit(':').next().unwrap().parse().unwrap()
}
