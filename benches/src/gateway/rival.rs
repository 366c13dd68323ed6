//! Another forward-auth server: `LemonLDAP::NG`, as Debian has it.
//!
//! It is made to be asked by nginx's `auth_request`, is kept up to date, and comes from a registry as a program that runs. What else
//! is known for this (Authelia, oauth2-proxy, Authentik, Pomerium, Vouch, tinyauth) is in no registry for us, or only as it was
//! years ago: npm has an Authelia of 2019 that wants Node 9.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use cloakroom_test_servers::{Process, ServerError, Start};
use tempfile::TempDir;

use super::house::found;
use crate::nodes::{NodesError, Processors};

/// A running server with one session.
#[derive(Debug)]
pub struct Rival {
    process: Process,
    workers: Vec<u32>,
    cookie: String,
    socket: String,
    // Dropped last: the server writes there.
    _folder: TempDir,
}

/// Which host the session is for.
pub(super) const HOST: &str = "app.localhost";

/// Whom it runs as where this process is root's, which it refuses.
const USER: &str = "www-data";

/// Makes a session as its portal does after a sign-in, and prints its ID.
const SIGN_IN: &str = r"
use Lemonldap::NG::Common::Session;
my $session = Lemonldap::NG::Common::Session->new({
    storageModule        => 'Apache::Session::File',
    storageModuleOptions => {
        Directory => 'sessions', LockDirectory => 'sessions/lock',
        generateModule => 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256' },
    kind => 'SSO',
    info => { uid => 'root', mail => 'root@example.org', groups => '', _utime => time, _lastSeen => time,
              _whatToTrace => 'root', authenticationLevel => 1, ipAddr => '127.0.0.1', _session_kind => 'SSO' } });
die $session->error if $session->error;
print $session->id;
";

impl Rival {
    /// Starts it with one worker, and signs somebody in.
    ///
    /// # Errors
    /// [`NodesError`], also when it is not installed.
    pub fn start(processors: &Processors) -> Result<Self, NodesError> {
        let missing = || std::io::Error::other("install it: apt-get install lemonldap-ng-fastcgi-server");
        let program = found("llng-fastcgi-server", &["/usr/sbin", "/usr/local/sbin"])
            .ok_or_else(|| NodesError::system("LemonLDAP::NG is not here")(missing()))?;
        let folder = tempfile::tempdir().map_err(NodesError::system("cannot make a folder"))?;
        let path = folder.path();
        write_settings(path).map_err(NodesError::system("cannot set LemonLDAP::NG up"))?;
        let cookie = sign_in(path).map_err(NodesError::system("cannot sign in to LemonLDAP::NG"))?;
        let mut arguments =
            ["--foreground", "-n", "1", "-s", "socket", "-p", "pid"].map(OsString::from).to_vec();
        if rustix::process::geteuid().is_root() {
            give_to_user(path).map_err(NodesError::system("cannot set LemonLDAP::NG up"))?;
            arguments.extend(["-u", USER, "-g", USER].map(OsString::from));
        }
        let start = Start {
            program,
            arguments,
            environment: vec![
                ("LLNG_DEFAULTCONFFILE".into(), path.join("lemonldap-ng.ini").into()),
                ("LLNG_DEFAULTLOGGER".into(), "Lemonldap::NG::Common::Logger::Std".into()),
            ],
            user: None,
            folder: path.to_owned(),
        };
        let mut workers = Vec::new();
        let is_ready = |manager: u32, _: &str| -> Result<bool, ServerError> {
            workers = children_of(manager);
            Ok(!workers.is_empty() && path.join("socket").exists())
        };
        let process = processors.start(|| Ok(Process::start(start, is_ready)?))?;
        let socket = path.join("socket").display().to_string();
        Ok(Self { process, workers, cookie: format!("lemonldap={cookie}"), socket, _folder: folder })
    }

    /// Where nginx asks.
    pub fn socket(&self) -> &str {
        &self.socket
    }

    /// The host that the session is for.
    pub const fn host(&self) -> &'static str {
        HOST
    }

    /// The cookie of the session, name and value.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Its processes.
    pub fn ids(&self) -> Vec<u32> {
        self.workers.iter().copied().chain(self.process.id()).collect()
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        // The manager is killed with the process, and its worker would live on.
        self.process.kill();
        for worker in &self.workers {
            let _ended = Command::new("kill").args(["-KILL", &worker.to_string()]).status();
        }
    }
}

fn write_settings(folder: &Path) -> std::io::Result<()> {
    let here = folder.display();
    for below in ["conf", "sessions/lock", "cache"] {
        fs::create_dir_all(folder.join(below))?;
    }
    let kept = format!(
        "'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '{here}/cache', 'cache_depth' => 3"
    );
    fs::write(
        folder.join("lemonldap-ng.ini"),
        format!(
            "[all]\nlogLevel = error\ncheckTime = 600\n[configuration]\ntype = File\ndirName = {here}/conf\n\
             localStorage = Cache::FileCache\nlocalStorageOptions = {{'namespace' => 'configuration', {kept}}}\n\
             [handler]\nstatus = 0\nuseRedirectOnError = 1\n"
        ),
    )?;
    // Its own defaults but for places and names; sessions in files, and copies of them in each worker, as it is installed.
    fs::write(
        folder.join("conf/lmConf-1.json"),
        format!(
            r#"{{"cfgNum": "1", "cfgAuthor": "bench", "cfgDate": "1627287638", "cfgVersion": "2.16.1", "cookieName": "lemonldap",
"domain": "localhost", "portal": "http://auth.localhost/", "securedCookie": 0, "httpOnly": 1, "timeout": 72000,
"globalStorage": "Apache::Session::File", "globalStorageOptions": {{"Directory": "{here}/sessions",
"LockDirectory": "{here}/sessions/lock", "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"}},
"localSessionStorage": "Cache::FileCache", "localSessionStorageOptions": {{"cache_depth": 3, "cache_root": "{here}/cache",
"default_expires_in": 600, "directory_umask": "007", "namespace": "sessions"}}, "whatToTrace": "_whatToTrace",
"macros": {{"_whatToTrace": "$uid"}}, "groups": {{}}, "locationRules": {{"{HOST}": {{"default": "accept"}}}},
"exportedHeaders": {{"{HOST}": {{"Auth-User": "$uid", "Auth-Mail": "$mail", "Auth-Groups": "$groups"}}}},
"vhostOptions": {{"{HOST}": {{}}}}, "key": "0123456789abcdef0123456789abcdef"}}"#
        ),
    )
}

fn sign_in(folder: &Path) -> std::io::Result<String> {
    let output = Command::new("perl").args(["-e", SIGN_IN]).current_dir(folder).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(std::io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Gives everything that has been made to the user that it runs as.
fn give_to_user(folder: &Path) -> std::io::Result<()> {
    let users = fs::read_to_string("/etc/passwd")?;
    let number = |line: &str, at: usize| line.split(':').nth(at)?.parse::<u32>().ok();
    let of_user = |line: &&str| line.split(':').next() == Some(USER);
    let ids = users.lines().find(of_user).and_then(|line| Some((number(line, 2)?, number(line, 3)?)));
    let (user, group) = ids.ok_or_else(|| std::io::Error::other(format!("there is no user {USER}")))?;
    give(folder, user, group)
}

fn give(path: &Path, user: u32, group: u32) -> std::io::Result<()> {
    chown(path, Some(user), Some(group))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), user, group)?;
        }
    }
    Ok(())
}

fn children_of(process: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    children.unwrap_or_default().split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
