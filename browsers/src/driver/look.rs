//! What a visitor's device and wishes are: the size of the window, colours, language, whether scripts run.

use serde_json::{Value, json};

use super::kind::Kind;
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
    fn put_on(&self, tab: &Tab<'_>) {
        let (width, height) = self.size;
        let viewport = json!({ "width": width, "height": height });
        tab.call("browsingContext.setViewport", json!({ "context": tab.id(), "viewport": viewport }));
        match tab.kind() {
            Kind::Chromium => self.put_on_chromium(tab),
            Kind::Firefox => self.put_on_firefox(tab),
        }
    }

    fn put_on_chromium(&self, tab: &Tab<'_>) {
        let theme = match self.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        tell_chromium(tab, "Emulation.setEmulatedMedia", &json!({ "features": features }));
        let headers = json!({ "headers": { "Accept-Language": self.language } });
        tell_chromium(tab, "Network.setExtraHTTPHeaders", &headers);
        tab.let_scripts_run(self.scripts);
    }

    fn put_on_firefox(&self, tab: &Tab<'_>) {
        let contexts = [tab.id()];
        tab.call("emulation.setLocaleOverride", json!({ "locale": self.language, "contexts": contexts }));
        tab.let_scripts_run(self.scripts);
    }
}

impl Tab<'_> {
    /// Has every page from now on look so.
    pub fn show_as(&self, look: &Look) {
        look.put_on(self);
    }

    /// Says from now on that it is this browser; Chromium alone.
    pub fn pass_for(&self, user_agent: &str) {
        assert_eq!(self.kind(), Kind::Chromium, "this Firefox has no command that names it otherwise");
        tell_chromium(self, "Emulation.setUserAgentOverride", &json!({ "userAgent": user_agent }));
    }

    /// Whether the page that is there, and those after it, run scripts. One that was loaded without runs none of its own later.
    pub fn let_scripts_run(&self, may_run: bool) {
        match self.kind() {
            Kind::Chromium => {
                tell_chromium(self, "Emulation.setScriptExecutionDisabled", &json!({ "value": !may_run }));
            }
            Kind::Firefox => assert!(may_run, "this Firefox has no command that stops the scripts of a tab"),
        }
    }
}

/// By its own protocol, since its driver does not know all of the common one.
fn tell_chromium(tab: &Tab<'_>, method: &str, parameters: &Value) {
    let session = tab.call("goog:cdp.getSession", json!({ "context": tab.id() }))["session"].take();
    let command = json!({ "method": method, "params": parameters, "session": session });
    tab.call("goog:cdp.sendCommand", command);
}
