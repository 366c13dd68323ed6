//! The program as it is released, under callgrind, with a user who is signed in.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::callgrind::{self, Watched};
use super::connection::{Connection, application};
use crate::process::{self, ProcessError};

/// A gateway that is watched, its application and its user.
#[derive(Debug)]
pub(super) struct House {
    gateway: Child,
    control: PathBuf,
    folder: PathBuf,
    dumps: u32,
    pub(super) port: u16,
    /// Name and value.
    pub(super) cookie: String,
    metrics_port: u16,
}

/// Why nothing was counted.
#[derive(Debug, thiserror::Error)]
pub(super) enum HouseError {
    #[error("a file, a process or a connection failed")]
    System(#[from] io::Error),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("the gateway said that it listens nowhere")]
    Silent,
    #[error("the gateway answered otherwise than it should: {0}")]
    Answer(String),
    #[error("callgrind wrote nothing that can be read")]
    Dump,
}

const USER: &str = "root";
const PASSWORD: &str = "lantern fog otter gravel";

impl House {
    /// Starts the program in `folder`, which is there and empty, and signs a user in.
    pub(super) fn start(program: &Path, valgrind: &Path, folder: &Path) -> Result<Self, HouseError> {
        let (port, metrics_port, upstream) = (free_port()?, free_port()?, application()?);
        let settings = format!(
            "listen = \"127.0.0.1:{port}\"\nmetrics_listen = \"127.0.0.1:{metrics_port}\"\n\n[[app]]\nname = \"app\"\n\
             origin = \"http://localhost:{port}\"\nupstream = \"http://127.0.0.1:{upstream}\"\n\n[[app.rule]]\n\
             path = \"/public/*\"\npublic = true\n"
        );
        fs::write(folder.join("cloakroom.toml"), settings)?;
        add_user(program, folder)?;
        let mut watched = process::program_of_ours(valgrind);
        watched.args(["--tool=callgrind", "--callgrind-out-file=calls"]).arg(program).arg("serve");
        watched.env("TMPDIR", folder).current_dir(folder);
        let words = fs::File::create(folder.join("words"))?;
        let mut gateway = watched.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(words).spawn()?;
        let said = gateway.stdout.take().ok_or(HouseError::Silent)?;
        let mut house = Self {
            gateway,
            control: valgrind.with_file_name("callgrind_control"),
            folder: folder.to_owned(),
            dumps: 0,
            port,
            cookie: String::new(),
            metrics_port,
        };
        let mut lines = BufReader::new(said).lines();
        if !lines.any(|line| line.is_ok_and(|line| line.contains("Listening on "))) {
            return Err(HouseError::Silent);
        }
        house.cookie = house.sign_in()?;
        Ok(house)
    }

    /// What the gateway does while `work` is done.
    pub(super) fn watch(
        &mut self,
        work: impl FnOnce() -> Result<(), HouseError>,
    ) -> Result<Watched, HouseError> {
        self.tell("--zero")?;
        work()?;
        self.tell("--dump")?;
        self.dumps += 1;
        let dump = fs::read_to_string(self.folder.join(format!("calls.{}", self.dumps)))?;
        callgrind::read(&dump).ok_or(HouseError::Dump)
    }

    /// How often the store of sessions has been called.
    pub(super) fn store_calls(&self) -> Result<u64, HouseError> {
        let request = format!("GET /metrics HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", self.metrics_port);
        let (_, body) = Connection::to(self.metrics_port)?.ask(&request)?;
        let lines = body.lines().filter(|line| line.starts_with("cloakroom_store_calls_total{"));
        let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        Ok(counts.sum())
    }

    fn sign_in(&self) -> Result<String, HouseError> {
        let body = format!("username={USER}&password={}", PASSWORD.replace(' ', "+"));
        let request = format!(
            "POST /_cloakroom/login HTTP/1.1\r\nhost: localhost:{}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let (head, _) = Connection::to(self.port)?.ask(&request)?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
        cookie.map(str::to_owned).ok_or_else(|| HouseError::Answer(head.clone()))
    }

    /// Returns when it is done. The two find each other by files in the temporary folder.
    fn tell(&self, what: &str) -> Result<(), HouseError> {
        let mut control = Command::new(&self.control);
        control.env("TMPDIR", &self.folder);
        process::output_of(control.arg(what).arg(self.gateway.id().to_string()))?;
        Ok(())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.gateway.kill();
        let _waited = self.gateway.wait();
    }
}

fn add_user(program: &Path, folder: &Path) -> Result<(), HouseError> {
    let mut adding = process::program_of_ours(program);
    adding.args(["user", "add", USER]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut adding = adding.spawn()?;
    if let Some(mut input) = adding.stdin.take() {
        input.write_all(PASSWORD.as_bytes())?;
    }
    match adding.wait()? {
        status if status.success() => Ok(()),
        status => Err(HouseError::Answer(format!("`user add` ended with {status}"))),
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
