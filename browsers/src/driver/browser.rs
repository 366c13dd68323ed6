//! One process of each browser for all tests, and visitors in it who share nothing.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use cloakroom_test_servers::Process;
use serde_json::{Value, json};

use super::bidi::Connection;
use super::kind::Kind;
use super::launch::{self, Theme};
use super::tab::{Cookie, Tab};

/// A browser that runs until the tests end.
pub struct Browser {
    kind: Kind,
    connection: Connection,
    /// Held while tabs come and go: Firefox puts a new one beside another, which must not go meanwhile.
    tabs: Mutex<()>,
    _processes: Vec<Process>,
}

static CHROMIUM: LazyLock<Browser> = LazyLock::new(|| Browser::start(Kind::Chromium, Theme::Light));
static FIREFOX: LazyLock<Browser> = LazyLock::new(|| Browser::start(Kind::Firefox, Theme::Light));

/// Runs a proof in both browsers, side by side.
pub fn in_both(proof: impl Fn(&'static Browser) + Sync) {
    thread::scope(|scope| {
        for &kind in Kind::BOTH {
            let proof = &proof;
            // The name stands in the message when the proof fails.
            let thread = thread::Builder::new().name(kind.to_string());
            thread.spawn_scoped(scope, move || proof(Browser::of(kind))).expect("a thread can be started");
        }
    });
}

impl Browser {
    /// The browser that all tests of this process share.
    pub fn of(kind: Kind) -> &'static Self {
        match kind {
            Kind::Chromium => &CHROMIUM,
            Kind::Firefox => &FIREFOX,
        }
    }

    /// A browser of one's own, of which a process starts one at most: it has the profile of its kind and theme.
    pub fn start(kind: Kind, theme: Theme) -> Self {
        let launched = match kind {
            Kind::Chromium => launch::chromium(theme),
            Kind::Firefox => launch::firefox(theme),
        };
        let connection = Connection::open(&launched.url);
        if kind == Kind::Firefox {
            // Chromium's driver has begun one already.
            let begun = connection.call("session.new", json!({ "capabilities": {} }));
            begun.unwrap_or_else(|refused| panic!("no session: {}", refused.0));
        }
        Self { kind, connection, tabs: Mutex::default(), _processes: launched.processes }
    }

    /// Which it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Somebody new, with a jar and a storage of their own.
    pub fn visitor(&self) -> Visitor<'_> {
        let made = self.call("browser.createUserContext", json!({}));
        Visitor { browser: self, id: text(&made["userContext"]) }
    }

    fn call(&self, method: &'static str, parameters: Value) -> Value {
        self.connection.call(method, parameters).unwrap_or_else(|refused| panic!("{}", refused.0))
    }
}

/// Somebody who uses the browser.
pub struct Visitor<'b> {
    browser: &'b Browser,
    id: String,
}

impl Visitor<'_> {
    /// An empty tab, until the visitor goes.
    pub fn tab(&self) -> Tab<'_> {
        let _turn = self.browser.tabs.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = json!({ "type": "tab", "userContext": self.id });
        let made = self.browser.call("browsingContext.create", wanted);
        Tab::new(self.browser.kind, &self.browser.connection, text(&made["context"]))
    }

    /// Everything in the jar, what scripts cannot see too.
    pub fn cookies(&self) -> Vec<Cookie> {
        let jar = json!({ "partition": { "type": "storageKey", "userContext": self.id } });
        let answer = self.browser.call("storage.getCookies", jar);
        answer["cookies"].as_array().expect("a list").iter().map(Cookie::read).collect()
    }

    /// The same, with everything that the browser knows of each.
    pub fn jar(&self) -> Vec<Value> {
        let jar = json!({ "partition": { "type": "storageKey", "userContext": self.id } });
        let mut answer = self.browser.call("storage.getCookies", jar);
        answer["cookies"].as_array_mut().map(std::mem::take).expect("a list")
    }

    /// Removes everything from the jar.
    pub fn empty_jar(&self) {
        let jar = json!({ "partition": { "type": "storageKey", "userContext": self.id } });
        self.browser.call("storage.deleteCookies", jar);
    }

    /// The value of the only cookie of this name.
    pub fn cookie(&self, name: &str) -> String {
        let mut named = self.cookies().into_iter().filter(|cookie| cookie.name == name);
        let cookie = named.next().unwrap_or_else(|| panic!("no {name} in the jar"));
        assert!(named.next().is_none(), "more than one {name} in the jar");
        cookie.value
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let _turn = self.browser.tabs.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever fails has said why already.
        let wanted = json!({ "userContext": self.id });
        let _removed = self.browser.connection.call("browser.removeUserContext", wanted);
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("an identifier is a text").to_owned()
}
