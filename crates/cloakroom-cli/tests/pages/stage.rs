//! A gateway with a sign-in and two applications at other origins, of one of which one group alone may use a part.

use std::path::PathBuf;
use std::sync::LazyLock;

use cloakroom_browsers::{Browser, Kind, Theme};
use cloakroom_test_servers::networks_file;
use serde_json::Value;

use crate::application::Application;
use crate::gateway::Gateway;

/// What every user's password is.
pub(crate) const PASSWORD: &str = "gravel otter lantern fog";

/// Where the story plays.
pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    /// The origin of the sign-in.
    pub(crate) login: String,
    /// The origin of the application that has a part for one group.
    pub(crate) wiki: String,
    /// The origin of the other one.
    pub(crate) shop: String,
    /// What the configuration names.
    _folder: tempfile::TempDir,
}

/// What the pages look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dress {
    /// As they are by themselves.
    Plain,
    /// With everything that a configuration can give them.
    Branded,
}

/// A drawing that does what a drawing should not, were it let.
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 352 80"><rect width="352" height="80" rx="16" fill="#7a1fa2"/>
<text x="32" y="54" font-family="sans-serif" font-size="44" fill="#fff">Acme Corp.</text><script>top.seen = 1</script></svg>"##;

impl Stage {
    /// A stage on which nobody has an account yet.
    pub(crate) fn set(dress: Dress) -> Self {
        let upstream = Application::start().url();
        let port = cloakroom_test_servers::free_port().unwrap();
        let [login, wiki, shop] =
            ["login", "wiki", "shop"].map(|host| format!("http://{host}.localhost:{port}"));
        let folder = tempfile::tempdir().unwrap();
        let [logo, places] =
            ["logo.svg", "places.mmdb"].map(|name| folder.path().join(name).display().to_string());
        std::fs::write(&logo, LOGO).unwrap();
        std::fs::write(&places, networks_file([127, 0, 0, 0].into(), 8)).unwrap();
        let brand = match dress {
            Dress::Plain => "name = \"Acme\"\n".to_owned(),
            Dress::Branded => format!(
                "geo_database = {places:?}\n[brand]\nname = \"Acme Corp.\"\nlogo = {logo:?}\naccent = \"#7a1fa2\"\n\
                 support = \"mailto:help@acme.example\"\n"
            ),
        };
        let file = format!(
            r#"public_url = "{login}"
            {brand}
            [[app]]
            name = "wiki"
            origin = "{wiki}"
            upstream = "{upstream}"
            [[app.rule]]
            path = "/ops/*"
            groups = ["ops"]
            [[app]]
            name = "shop"
            origin = "{shop}"
            upstream = "{upstream}"
            "#
        );
        let gateway = Gateway::configured_on(&format!("127.0.0.1:{port}"), &file, &[]);
        Self { gateway, login, wiki, shop, _folder: folder }
    }

    /// A stage with one user.
    pub(crate) fn with_user(name: &str) -> Self {
        let stage = Self::set(Dress::Plain);
        let added = stage.gateway.command(&["user", "add", name], PASSWORD);
        assert!(added.status.success(), "{added:?}");
        stage
    }

    /// The address of a page of the sign-in.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/_cloakroom/{path}", self.login)
    }

    /// How many sessions there are, as the program lists them.
    pub(crate) fn sessions(&self) -> usize {
        let listed = self.gateway.command(&["session", "list", "--json"], "");
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        listed.as_array().unwrap().len()
    }
}

/// The one Firefox of these stories, by night.
static FIREFOX: LazyLock<Browser> = LazyLock::new(|| Browser::start(Kind::Firefox, Theme::Dark));

/// The browser that every story of these shares.
pub(crate) fn browser(kind: Kind) -> &'static Browser {
    match kind {
        Kind::Chromium => Browser::of(kind),
        Kind::Firefox => &FIREFOX,
    }
}

/// Where photographs and pages are left.
pub(crate) fn artefacts() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(folder.join("html")).unwrap();
    folder
}
