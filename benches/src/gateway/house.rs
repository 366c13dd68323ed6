//! The gateway: started as it is released, with one user who is signed in.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cloakroom_test_servers::{Process, ServerError, Start, free_port};
use tempfile::TempDir;

use crate::nodes::{NodesError, Processors};

/// A running gateway in front of an application, on sessions in a file.
#[derive(Debug)]
pub struct House {
    process: Process,
    port: u16,
    cookie: String,
    // Dropped last: the gateway writes there.
    folder: TempDir,
}

const USER: &str = "root";
const PASSWORD: &str = "lantern fog otter gravel";

impl House {
    /// Starts a gateway whose application listens on this port, and signs a user in.
    ///
    /// # Errors
    /// [`NodesError`].
    pub fn start(program: &Path, upstream: u16, processors: &Processors) -> Result<Self, NodesError> {
        let cannot_set_up = || NodesError::system("cannot set the gateway up");
        let folder = tempfile::tempdir().map_err(NodesError::system("cannot make a folder"))?;
        let port = free_port()?;
        let settings = format!(
            "listen = \"127.0.0.1:{port}\"\n\n[[app]]\nname = \"app\"\norigin = \"http://localhost:{port}\"\n\
             upstream = \"http://127.0.0.1:{upstream}\"\n\n[[app.rule]]\npath = \"/public/*\"\npublic = true\n"
        );
        fs::write(folder.path().join("cloakroom.toml"), settings).map_err(cannot_set_up())?;
        add_user(program, folder.path()).map_err(cannot_set_up())?;
        let start = Start {
            program: program.to_owned(),
            arguments: vec![OsString::from("serve")],
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let is_ready = |_, log: &str| -> Result<bool, ServerError> { Ok(log.contains("Listening on ")) };
        let process = processors.start(|| Ok(Process::start(start, is_ready)?))?;
        let cookie = sign_in(port)?;
        Ok(Self { process, port, cookie, folder })
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The origin that browsers see.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The cookie of the session, name and value.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// How often anything was committed to its file, by anybody: the count at the beginning of the log's index.
    ///
    /// # Errors
    /// [`NodesError`] when it cannot be read.
    pub fn commits(&self) -> Result<u32, NodesError> {
        let mut head = [0; 12];
        let file = File::open(self.folder.path().join("cloakroom.db-shm"));
        let read = file.and_then(|mut file| file.read_exact(&mut head));
        read.map_err(NodesError::system("cannot count the commits of the gateway"))?;
        let [.., a, b, c, d] = head;
        Ok(u32::from_ne_bytes([a, b, c, d]))
    }
}

fn add_user(program: &Path, folder: &Path) -> io::Result<()> {
    let mut adding = Command::new(program);
    adding.args(["user", "add", USER]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut adding = adding.spawn()?;
    if let Some(mut input) = adding.stdin.take() {
        input.write_all(PASSWORD.as_bytes())?;
    }
    let status = adding.wait()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("user add: {status}"))) }
}

/// Signs the user in as a browser does; the cookie.
fn sign_in(port: u16) -> Result<String, NodesError> {
    let path = "/_cloakroom/login";
    let body = format!("username={USER}&password={}", PASSWORD.replace(' ', "+"));
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\nsec-fetch-site: same-origin\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    let answer = exchange().map_err(NodesError::system("cannot sign in"))?;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let refused = || NodesError::Answer { path: path.to_owned(), answer: answer.clone() };
    cookie.map(str::to_owned).ok_or_else(refused)
}

/// The program that is measured.
pub(super) fn found(name: &str, folders: &[&str]) -> Option<PathBuf> {
    folders.iter().map(|folder| Path::new(folder).join(name)).find(|candidate| candidate.is_file())
}
