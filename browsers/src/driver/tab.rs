//! A tab: pages are opened in it, and scripts run in them as the user or an attacker would have them run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::bidi::{Connection, Refused};
use super::kind::Kind;
use super::runtime::{DEADLINE, POLL, wait_a_moment};

/// A tab of one visitor.
pub struct Tab<'b> {
    kind: Kind,
    connection: &'b Connection,
    id: String,
}

/// A key that writes nothing.
///
/// Source: `WebDriver`, "keyboard actions": the low octet of the character that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next thing.
    Tab = 0x04,
    /// Go.
    Enter = 0x07,
}

/// A cookie as it lies in the jar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host that it was set by, or the domain that it was set for.
    pub domain: String,
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
    pub(super) const fn new(kind: Kind, connection: &'b Connection, id: String) -> Self {
        Self { kind, connection, id }
    }

    /// Goes to an address as if it had been typed, and waits until the page is there with everything in it.
    pub fn open(&self, url: &str) {
        let parameters = json!({ "context": self.id, "url": url, "wait": "complete" });
        let opened = self.connection.call("browsingContext.navigate", parameters);
        opened.unwrap_or_else(|refused| panic!("{url} did not open: {}", refused.0));
    }

    /// The value of an expression in the page; a promise is waited for.
    pub fn value_of(&self, expression: &str) -> Value {
        self.evaluate(expression).unwrap_or_else(|refused| panic!("{expression}: {}", refused.0))
    }

    /// Runs statements in the page, which may lead away from it.
    pub fn run(&self, statements: &str) {
        /// What Chromium says when the page was left before it could answer.
        const LEFT: &str = "navigated or closed";
        match self.evaluate(&format!("(() => {{ {statements} }})()")) {
            Err(Refused(why)) if !why.contains(LEFT) => panic!("{statements}: {why}"),
            _ => {}
        }
    }

    /// Waits until an expression in whatever page there is comes to `true`.
    pub fn wait_until(&self, expression: &str) {
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
    pub fn wait_for(&self, host: &str, path: &str) {
        self.wait_until(&format!(
            "location.hostname === '{host}' && location.pathname === '{path}' && document.readyState === 'complete'"
        ));
    }

    /// The words on the page.
    pub fn text(&self) -> String {
        self.value_of("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// Runs a function in every page from now on, before anything of the page's own.
    pub fn run_in_every_page(&self, function: &str) {
        self.call(
            "script.addPreloadScript",
            json!({ "functionDeclaration": function, "contexts": [self.id] }),
        );
    }

    /// A picture of the whole page, as PNG.
    pub fn photograph(&self) -> Vec<u8> {
        let taken = self
            .call("browsingContext.captureScreenshot", json!({ "context": self.id, "origin": "document" }));
        let text = taken["data"].as_str().expect("a picture is a text");
        STANDARD.decode(text).expect("in Base64")
    }

    /// A small picture of what the window shows, as `WebP`, for people to read.
    pub fn photograph_window(&self) -> Vec<u8> {
        let format = json!({ "type": "image/webp", "quality": 0.7 });
        let taken =
            self.call("browsingContext.captureScreenshot", json!({ "context": self.id, "format": format }));
        let text = taken["data"].as_str().expect("a picture is a text");
        STANDARD.decode(text).expect("in Base64")
    }

    /// Types a text into whatever has the focus.
    pub fn type_text(&self, text: &str) {
        self.press(text.chars());
    }

    /// Presses a key.
    pub fn press_key(&self, key: Key) {
        self.press(
            [key as u8]
                .map(|low| char::from_u32(0xE000 + u32::from(low)).expect("a character of private use")),
        );
    }

    fn press(&self, keys: impl IntoIterator<Item = char>) {
        let strokes = |key: char| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        };
        let strokes: Vec<Value> = keys.into_iter().flat_map(strokes).collect();
        self.act(&json!({ "type": "key", "id": "keyboard", "actions": strokes }));
    }

    /// Presses the mouse's button so many times on the first element that a selector of CSS finds, as fast as a hand could.
    pub fn click(&self, selector: &str, times: usize) {
        let wanted =
            json!({ "context": self.id, "locator": { "type": "css", "value": selector }, "maxNodeCount": 1 });
        let found = self.call("browsingContext.locateNodes", wanted);
        let id = found["nodes"][0]["sharedId"].as_str().unwrap_or_else(|| panic!("there is no {selector}"));
        self.run(&format!("document.querySelector({selector:?}).scrollIntoView({{ block: 'center' }})"));
        let element = json!({ "type": "element", "element": { "sharedId": id } });
        let mut actions = vec![json!({ "type": "pointerMove", "x": 0, "y": 0, "origin": element })];
        for _ in 0..times {
            actions.extend([
                json!({ "type": "pointerDown", "button": 0 }),
                json!({ "type": "pointerUp", "button": 0 }),
            ]);
        }
        self.act(&json!({ "type": "pointer", "id": "mouse", "actions": actions }));
    }

    /// Brings the tab to the front.
    pub fn activate(&self) {
        self.call("browsingContext.activate", json!({ "context": self.id }));
    }

    /// Goes back, as by the button.
    pub fn back(&self) {
        self.call("browsingContext.traverseHistory", json!({ "context": self.id, "delta": -1 }));
    }

    fn act(&self, source: &Value) {
        self.call("input.performActions", json!({ "context": self.id, "actions": [source] }));
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn call(&self, method: &'static str, parameters: Value) -> Value {
        self.connection.call(method, parameters).unwrap_or_else(|refused| panic!("{}", refused.0))
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
