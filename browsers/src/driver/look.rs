//! What a visitor's device and wishes are: the size of the window, colours, language, whether scripts run.

use serde_json::{Value, json};

use super::browser::Kind;
use super::launch::Theme;
use super::tab::Tab;

/// How a visitor looks at pages.
#[derive(Clone, Debug)]
pub struct Look {
    /// Width and height of the page's part of the window, in CSS pixels.
    pub size: (u32, u32),
    /// Of Chromium alone: what the system's colours are. Firefox is started with them.
    pub theme: Theme,
    /// The language that is asked for, as `Accept-Language` has it.
    pub language: &'static str,
    /// Whether pages may run scripts; Firefox lets them in any case.
    pub scripts: bool,
}

impl Look {
    /// Puts it on a tab, before its first page.
    pub(super) fn put_on(&self, tab: &Tab<'_>) {
        let (width, height) = self.size;
        let viewport = json!({ "width": width, "height": height });
        tab.call("browsingContext.setViewport", json!({ "context": tab.id(), "viewport": viewport }));
        match tab.kind() {
            Kind::Chromium => self.put_on_chromium(tab),
            Kind::Firefox => self.put_on_firefox(tab),
        }
    }

    /// By its own protocol, since its driver does not know all of the common one.
    fn put_on_chromium(&self, tab: &Tab<'_>) {
        let session = tab.call("goog:cdp.getSession", json!({ "context": tab.id() }))["session"].take();
        let tell = |method: &str, parameters: Value| {
            let command = json!({ "method": method, "params": parameters, "session": session });
            tab.call("goog:cdp.sendCommand", command);
        };
        let theme = match self.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        tell("Emulation.setEmulatedMedia", json!({ "features": features }));
        tell("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": self.language } }));
        tell("Emulation.setScriptExecutionDisabled", json!({ "value": !self.scripts }));
    }

    fn put_on_firefox(&self, tab: &Tab<'_>) {
        let contexts = [tab.id()];
        tab.call("emulation.setLocaleOverride", json!({ "locale": self.language, "contexts": contexts }));
        assert!(self.scripts, "this Firefox has no command that stops the scripts of a tab");
    }
}
