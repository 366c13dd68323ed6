//! The example clients in other languages, each run as the application that it is.

use std::env;
use std::ffi::OsString;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use cloakroom_test_servers::{Process, Start, free_port};

use crate::support::{Api, Browser, Gateway, PASSWORD};

const LOGIN: &str = "login.localhost:9000";
const WIKI: &str = "wiki.localhost:9000";

/// A wiki whose requests are judged by what a client in some language asks.
struct Wiki {
    api: Api,
    application: Process,
    address: SocketAddr,
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clients").canonicalize().unwrap()
}

/// Where a program is: what the environment says, else the search path.
fn program(variable: &str, name: &str) -> PathBuf {
    let named = env::var_os(variable).map(PathBuf::from);
    let paths = env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| {
        env::split_paths(&paths).map(|folder| folder.join(name)).find(|program| program.is_file())
    });
    found.unwrap_or_else(|| panic!("{name} is not on this machine; `cargo xtask test` sees to it"))
}

impl Wiki {
    /// Starts the gateway, and the client by this command.
    fn start(program: PathBuf, arguments: impl Fn(u16) -> Vec<OsString>) -> Self {
        let file = format!(
            r#"
            public_url = "http://{LOGIN}"
            [[app]]
            name = "wiki"
            origin = "http://{WIKI}"
            cross_site = "refuse"
            [[app.rule]]
            path = "/ops/*"
            groups = ["ops"]
            [[app.rule]]
            path = "/static/*"
            public = true
            "#
        );
        let gateway = Gateway::configured(&file, &[]);
        assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
        let api = Api::of(gateway, LOGIN);
        let port = free_port().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let told = [
            ("CLOAKROOM_URL", format!("http://{}", api.gateway.address)),
            ("CLOAKROOM_KEY", api.key(&["verify"])),
            ("ORIGIN", format!("http://{WIKI}")),
            ("PORT", port.to_string()),
        ];
        let environment = told.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let folder = api.gateway.directory().join("client");
        std::fs::create_dir(&folder).unwrap();
        let start = Start { program, arguments: arguments(port), environment, user: None, folder };
        let application = Process::start(start, |_, _| Ok(TcpStream::connect(address).is_ok())).unwrap();
        Self { api, application, address }
    }

    /// A browser at the wiki, whose requests the client answers.
    fn browser(&self) -> Browser {
        Browser::spread(std::iter::repeat(self.address), WIKI, "a browser")
    }

    /// A browser in which alice is signed in, as it comes to the wiki.
    fn alice(&self) -> Browser {
        let (mut login, mut taking_over) = (self.api.browser(LOGIN), self.api.browser(WIKI));
        assert_eq!(login.sign_in("alice", PASSWORD).status, 303);
        let path = |location: Option<&str>| {
            let rest = location.unwrap().strip_prefix("http://").unwrap();
            rest[rest.find('/').unwrap()..].to_owned()
        };
        let begun = taking_over.get("/_cloakroom/begin?to=%2F");
        let handed = login.get(&path(begun.header("location")));
        taking_over.get(&path(handed.header("location")));
        let mut alice = self.browser();
        alice.jar.clone_from(&taking_over.jar);
        alice.jar.insert("theme".to_owned(), "dark".to_owned());
        alice
    }

    /// Goes through what an application has to do with each decision.
    fn tell_the_story(mut self) {
        let mut stranger = self.browser();
        let page = stranger.get("/a?b=c");
        let login = "http://login.localhost:9000/_cloakroom/login?rd=http%3A%2F%2Fwiki%2Elocalhost%3A9000%2Fa%3Fb%3Dc";
        assert_eq!((page.status, page.header("location")), (303, Some(login)), "{}", self.application.log());
        let script = stranger.request("GET", "/a").header("Sec-Fetch-Mode", "cors").send();
        assert_eq!(script.status, 401);
        assert_eq!(stranger.get("/static/a.css").body, "hello stranger\n");

        let mut alice = self.alice();
        let home = alice.get("/");
        assert_eq!((home.status, home.body.as_str()), (200, "hello alice\n"), "{}", self.application.log());
        assert_eq!(home.header("cache-control"), Some("no-store"));
        let ops = alice.get("/ops/");
        assert_eq!((ops.status, ops.body.as_str()), (403, "not_allowed\n"));
        let forged = alice.request("POST", "/").header("Sec-Fetch-Site", "cross-site").send();
        assert_eq!((forged.status, forged.body.as_str()), (403, "forged\n"));
        let ended = self.api.gateway.command(&["session", "revoke-user", "alice"], "");
        assert!(ended.status.success(), "{ended:?}");
        assert_eq!(alice.get("/").status, 303, "signed out is signed out");
        self.api.gateway.kill();
        let down = alice.get("/static/a.css");
        assert_eq!((down.status, down.body.as_str()), (503, "unavailable\n"), "it does not pass");
    }
}

#[test]
fn a_python_application_asks_for_itself() {
    let python = program("CLOAKROOM_PYTHON", "python3");
    Wiki::start(python, |_| vec![examples().join("python/guard.py").into()]).tell_the_story();
}

#[test]
fn a_node_application_asks_for_itself() {
    let node = program("CLOAKROOM_NODE", "node");
    Wiki::start(node, |_| vec![examples().join("node/guard.mjs").into()]).tell_the_story();
}

#[test]
fn a_go_application_asks_for_itself() {
    let go = program("CLOAKROOM_GO", "go");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guard-go");
    let mut compile = Command::new(go);
    compile
        .arg("build")
        .arg("-o")
        .arg(&built)
        .arg(examples().join("go/guard.go"))
        .env("GOTOOLCHAIN", "local");
    compile.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
    assert!(compile.status().unwrap().success());
    Wiki::start(built, |_| Vec::new()).tell_the_story();
}

#[test]
fn a_php_application_asks_for_itself() {
    let php = program("CLOAKROOM_PHP", "php");
    let arguments =
        |port| vec!["-S".into(), format!("127.0.0.1:{port}").into(), examples().join("php/guard.php").into()];
    Wiki::start(php, arguments).tell_the_story();
}
