//! A tab: pages are opened in it, and scripts run in them as the user or an attacker would have them run.

use serde_json::{Value, json};

use super::bidi::{Connection, Refused};
use super::runtime::{DEADLINE, POLL, wait_a_moment};

/// A tab of one visitor.
pub(crate) struct Tab<'b> {
    connection: &'b Connection,
    id: String,
}

/// A cookie as it lies in the jar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) domain: String,
}

impl Cookie {
    pub(super) fn read(cookie: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a cookie is made of texts").to_owned();
        Self {
            name: text(&cookie["name"]),
            value: text(&cookie["value"]["value"]),
            domain: text(&cookie["domain"]),
        }
    }
}

impl<'b> Tab<'b> {
    pub(super) const fn new(connection: &'b Connection, id: String) -> Self {
        Self { connection, id }
    }

    /// Goes to an address as if it had been typed, and waits until the page is there with everything in it.
    pub(crate) fn open(&self, url: &str) {
        let parameters = json!({ "context": self.id, "url": url, "wait": "complete" });
        let opened = self.connection.call("browsingContext.navigate", parameters);
        opened.unwrap_or_else(|refused| panic!("{url} did not open: {}", refused.0));
    }

    /// The value of an expression in the page; a promise is waited for.
    pub(crate) fn value_of(&self, expression: &str) -> Value {
        self.evaluate(expression).unwrap_or_else(|refused| panic!("{expression}: {}", refused.0))
    }

    /// Runs statements in the page, which may lead away from it.
    pub(crate) fn run(&self, statements: &str) {
        self.value_of(&format!("(() => {{ {statements} }})()"));
    }

    /// Waits until an expression in whatever page there is comes to `true`.
    pub(crate) fn wait_until(&self, expression: &str) {
        let mut last = Value::Null;
        for _ in 0..DEADLINE.as_millis() / POLL.as_millis() {
            match self.evaluate(expression) {
                Ok(Value::Bool(true)) => return,
                Ok(other) => last = other,
                // The page is being left.
                Err(Refused(why)) => last = why.into(),
            }
            wait_a_moment();
        }
        panic!("it did not become true that {expression}: {last}");
    }

    /// Waits until the page at this path of this host is there with everything in it.
    pub(crate) fn wait_for(&self, host: &str, path: &str) {
        self.wait_until(&format!(
            "location.hostname === '{host}' && location.pathname === '{path}' && document.readyState === 'complete'"
        ));
    }

    /// The words on the page.
    pub(crate) fn text(&self) -> String {
        self.value_of("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    fn evaluate(&self, expression: &str) -> Result<Value, Refused> {
        let parameters = json!({
            "expression": format!("(async () => JSON.stringify((await ({expression})) ?? null))()"),
            "target": { "context": self.id },
            "awaitPromise": true,
            "userActivation": true,
        });
        let answer = self.connection.call("script.evaluate", parameters)?;
        if answer["type"] != "success" {
            return Err(Refused(answer["exceptionDetails"]["text"].to_string()));
        }
        let text = answer["result"]["value"].as_str().expect("JSON is a text");
        Ok(serde_json::from_str(text).expect("the browser writes JSON"))
    }
}
