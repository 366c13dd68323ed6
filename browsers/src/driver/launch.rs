//! How the two browsers are started: stock programs, a fresh profile, every name on the loopback address.
//!
//! Both are told to send cookies to third parties, as browsers did for long and some do still: what is shown is then the
//! doing of `SameSite`, and not of a browser's own rule that a user may switch off.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use cloakroom_test_servers::{Process, ServerError, Start};
use serde_json::{Value, json};

use super::authority::trust_in;
use super::place::{PLACE, folder};
use super::programs::program;
use super::runtime::DEADLINE;

/// What the system's colours are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A browser that runs, and where it takes commands.
pub(super) struct Launched {
    pub(super) url: String,
    /// Ends with this process at the latest.
    pub(super) processes: Vec<Process>,
}

/// Firefox takes the commands itself.
pub(super) fn firefox(theme: Theme) -> Launched {
    let profile = folder(&PLACE.join(format!("firefox-{theme:?}")));
    trust_in(&profile);
    // Its protocol cannot say so of a tab.
    let dark = format!(
        "user_pref(\"layout.css.prefers-color-scheme.content-override\", {});\n",
        match theme {
            Theme::Dark => 0,
            Theme::Light => 1,
        }
    );
    fs::write(profile.join("user.js"), preferences() + &dark).expect("the profile is ours");
    let arguments =
        ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"].map(OsString::from);
    let arguments = arguments.into_iter().chain([profile.clone().into_os_string()]).collect();
    let mut start = start("CLOAKROOM_FIREFOX", &["firefox-esr", "firefox"], arguments, &profile);
    // Its helper would outlive it.
    start.environment.push(("MOZ_CRASHREPORTER_DISABLE".into(), "1".into()));
    let mut url = String::new();
    let process = run(start, |log| {
        let said = log.lines().find_map(|line| line.split_once("WebDriver BiDi listening on "));
        said.is_some_and(|(_, address)| {
            url = format!("{}/session", address.trim());
            true
        })
    });
    Launched { url, processes: vec![process] }
}

fn preferences() -> String {
    [
        r#""network.dns.forceResolve", "127.0.0.1""#,
        r#""network.cookie.cookieBehavior", 0"#,
        r#""network.captive-portal-service.enabled", false"#,
        r#""network.connectivity-service.enabled", false"#,
        r#""browser.startup.page", 0"#,
        r#""browser.shell.checkDefaultBrowser", false"#,
        r#""browser.startup.homepage_override.mstone", "ignore""#,
        r#""datareporting.policy.dataSubmissionEnabled", false"#,
    ]
    .map(|preference| format!("user_pref({preference});\n"))
    .concat()
}

/// Chromium takes them from its driver, which finds it by its debugging port.
///
/// The driver could start it too, but would leave it running when it is killed itself.
pub(super) fn chromium(theme: Theme) -> Launched {
    let profile = folder(&PLACE.join(format!("chromium-{theme:?}")));
    trust_in(&folder(&profile.join(".pki/nssdb")));
    let preferences = json!({ "profile": { "cookie_controls_mode": 0 } });
    fs::write(folder(&profile.join("Default")).join("Preferences"), preferences.to_string())
        .expect("the profile is ours");
    let mut arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-sync",
        "--disable-breakpad",
        "--host-resolver-rules=MAP * 127.0.0.1",
        "--remote-debugging-port=0",
    ]
    .map(OsString::from)
    .to_vec();
    if theme == Theme::Dark {
        arguments.push("--force-dark-mode".into());
    }
    arguments.push(format!("--user-data-dir={}", profile.display()).into());
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut start_chromium = start("CLOAKROOM_CHROMIUM", &names, arguments, &profile);
    start_chromium.environment.push(("HOME".into(), profile.clone().into()));
    let mut port = None;
    let chromium = run(start_chromium, |_| {
        // Written by this very browser, into its own profile: the port, and then the path.
        let text = fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        port = text.split_once('\n').and_then(|(port, _)| port.parse::<u16>().ok());
        port.is_some()
    });

    let mut driver_port = None;
    let start_driver = start(
        "CLOAKROOM_CHROMEDRIVER",
        &["chromedriver"],
        vec!["--port=0".into()],
        &folder(&PLACE.join("chromedriver")),
    );
    let driver = run(start_driver, |log| {
        let said = log.lines().find_map(|line| line.split_once("successfully on port "));
        driver_port = said.and_then(|(_, port)| port.trim_end_matches('.').parse::<u16>().ok());
        driver_port.is_some()
    });
    let debugged = format!("127.0.0.1:{}", port.expect("it was ready"));
    let url = new_session(driver_port.expect("it was ready"), &debugged);
    Launched { url, processes: vec![driver, chromium] }
}

/// Asks the driver for a session with the browser at this address; returns where the session takes commands.
fn new_session(driver_port: u16, browser: &str) -> String {
    let wanted = json!({ "webSocketUrl": true, "goog:chromeOptions": { "debuggerAddress": browser } });
    let body = json!({ "capabilities": { "alwaysMatch": wanted } }).to_string();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, driver_port)).expect("the driver listens");
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline can be set");
    let length = body.len();
    write!(
        stream,
        "POST /session HTTP/1.1\r\nHost: localhost:{driver_port}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .expect("the driver reads");
    let body: Value = serde_json::from_slice(&body_of(stream)).expect("the driver writes JSON");
    let url = body["value"]["capabilities"]["webSocketUrl"].as_str();
    url.unwrap_or_else(|| panic!("no session: {body}")).to_owned()
}

/// The body of an answer on a connection that the driver leaves open.
fn body_of(stream: TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut octets = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("the driver answers");
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            octets = value.trim().parse().expect("a length is a number");
        }
    }
    let mut body = vec![0; octets];
    reader.read_exact(&mut body).expect("the driver answers");
    body
}

fn start(variable: &str, names: &[&str], arguments: Vec<OsString>, folder: &Path) -> Start {
    Start {
        program: program(variable, names),
        arguments,
        environment: Vec::new(),
        user: None,
        folder: folder.to_owned(),
    }
}

fn run(start: Start, mut is_ready: impl FnMut(&str) -> bool) -> Process {
    let ready = |_: u32, log: &str| -> Result<bool, ServerError> { Ok(is_ready(log)) };
    Process::start(start, ready).unwrap_or_else(|error| panic!("{error}"))
}
