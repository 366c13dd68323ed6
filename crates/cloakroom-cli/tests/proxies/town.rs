//! A proxy, the real gateway on a Redis of its own, and an application.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use cloakroom_test_servers::{RedisServer, RedisSetup, free_port};

use crate::browser::{Answer, Browser};
use crate::gateway::Gateway;
use crate::http::Request;
use crate::service::Service;
use crate::setup::{Proxy, Setup, configuration};

/// A password that the policy takes.
const PASSWORD: &str = "gravel otter lantern fog";

/// A wiki that gets tokens too, with an open door and a locked room, to which other sites may not write.
const RULES: &str = r#"
jwt = true
cross_site = "refuse"
[[app.rule]]
path = "/static/*"
public = true
[[app.rule]]
path = "/ops/*"
groups = ["ops"]
"#;

/// All of it. What may fail is locked while it does.
pub(crate) struct Town {
    pub(crate) proxy: Proxy,
    pub(crate) application: Service,
    back: RwLock<Back>,
    /// The cookies of somebody who stays signed in, once there is one.
    resident: Mutex<Option<String>>,
}

/// What is behind the proxy and may fail.
pub(crate) struct Back {
    pub(crate) gateway: Gateway,
    pub(crate) redis: RedisServer,
}

/// One browser, with a jar for each host.
pub(crate) struct Visitor {
    login: Browser,
    wiki: Browser,
}

impl Town {
    pub(crate) fn start(setup: Setup) -> Self {
        let (port, application) = (free_port().unwrap(), Service::application());
        let redis = RedisServer::start(&RedisSetup::new().appending()).unwrap();
        let file = configuration(port, application.address, RULES);
        let gateway = Gateway::configured(&file, &["--store", &redis.url(), "--near-cache", "0s"]);
        let alice = ["user", "add", "alice", "--group", "staff", "--email", "alice@example.org"];
        let added = gateway.command(&[&alice[..], &["--store", &redis.url()]].concat(), PASSWORD);
        assert!(added.status.success(), "{added:?}");
        let proxy = setup.start(port, gateway.address, gateway.directory());
        let back = RwLock::new(Back { gateway, redis });
        Self { proxy, application, back, resident: Mutex::default() }
    }

    /// Keeps everything up while a test runs.
    pub(crate) fn calm(&self) -> RwLockReadGuard<'_, Back> {
        self.back.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a test take something down, which has to be up again afterwards.
    pub(crate) fn storm(&self, test: impl FnOnce(&mut Back)) {
        test(&mut self.back.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn visitor(&self) -> Visitor {
        let browser = |host: String| {
            let proxy = SocketAddr::from(([127, 0, 0, 1], self.proxy.port));
            Browser::spread(std::iter::repeat(proxy), &host, "a browser")
        };
        Visitor { login: browser(self.proxy.login()), wiki: browser(self.proxy.wiki()) }
    }

    /// The cookies for the application of a user who stays signed in.
    pub(crate) fn resident(&self) -> String {
        let mut resident = self.resident.lock().unwrap_or_else(PoisonError::into_inner);
        resident.get_or_insert_with(|| self.signed_in().cookies()).clone()
    }

    /// A visitor who has just signed in.
    pub(crate) fn signed_in(&self) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_in_on_the_way_to(&format!("http://{}/", self.proxy.wiki()));
        visitor
    }

    /// Sends a request to the application's host.
    pub(crate) fn send(&self, request: &Request) -> crate::http::Answer {
        request.send(self.proxy.port, &self.proxy.wiki())
    }
}

impl Visitor {
    /// Follows redirects until there are none; returns the last answer and where it was.
    pub(crate) fn go(&mut self, url: &str) -> (Answer, String) {
        let mut url = url.to_owned();
        for _ in 0..10 {
            let rest = url.strip_prefix("http://").unwrap();
            let (host, path) = rest.split_at(rest.find('/').unwrap());
            let at_login = host.starts_with("login.");
            let browser = if at_login { &mut self.login } else { &mut self.wiki };
            let answer = browser.get(path);
            let Some(next) = answer.header("location") else { return (answer, url) };
            url = if next.starts_with('/') { format!("http://{host}{next}") } else { next.to_owned() };
        }
        panic!("redirects go round in a circle at {url}");
    }

    /// Opens a page, signs in, and returns the page that comes of it and where it is.
    pub(crate) fn sign_in_on_the_way_to(&mut self, url: &str) -> (Answer, String) {
        let (page, at) = self.go(url);
        assert!(at.contains("/_cloakroom/login?rd="), "{at}: {} {}", page.status, page.body);
        let fields = [("username", "alice"), ("password", PASSWORD)];
        let submitted = self.login.submit(&page, "/_cloakroom/login", &fields);
        self.go(submitted.header("location").unwrap_or_else(|| panic!("{submitted:?}")))
    }

    /// Signs in on the sign-in host, with one more field in the form's request.
    pub(crate) fn sign_in_with(&mut self, name: &str, value: &str) {
        let page = self.login.get("/_cloakroom/login");
        let form = page.form("/_cloakroom/login");
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain([("username", "alice"), ("password", PASSWORD)]).collect();
        let request = self.login.request("POST", &form.action).navigating().header(name, value);
        let done = request.form(&fields).send();
        assert_eq!(done.status, 303, "{done:?}");
    }

    pub(crate) fn sign_out(&mut self) {
        let page = self.login.get("/_cloakroom/logout");
        let done = self.login.submit(&page, "/_cloakroom/logout", &[]);
        assert!([200, 303].contains(&done.status), "{done:?}");
    }

    /// The cookies that the application's host is sent.
    pub(crate) fn cookies(&self) -> String {
        let pairs = self.wiki.jar.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}
