//! Somebody who looks at pages, and notices what is wrong with any of them.

use cloakroom_browsers::{Browser, Key, Kind, Look, Tab, Visitor};
use serde_json::{Value, json};

use crate::checks;
use crate::stage::{PASSWORD, Stage, artefacts};

/// Notes down whatever the policy of a page refuses, and what of a page moved by itself.
const WATCH: &str = "() => {
    const seen = { refused: [], shifted: [] };
    globalThis.seenByTheTest = seen;
    addEventListener('securitypolicyviolation', (event) => seen.refused.push(`${event.effectiveDirective} ${event.blockedURI}`));
    if (!globalThis.PerformanceObserver?.supportedEntryTypes.includes('layout-shift')) return;
    const nodes = ({ sources }) => sources.map(({ node }) => node?.outerHTML ?? node?.textContent);
    const add = (list) => seen.shifted.push(...list.getEntries().flatMap(nodes));
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
}";

/// By how much anything sticks out of the page to the right.
const OVER: &str =
    "Math.max(...[...document.body.querySelectorAll('*')].map((one) => one.getBoundingClientRect().right))
    - document.body.getBoundingClientRect().right";

/// The page as it was sent; as it is now where a script is told something else than a browser.
const SOURCE: &str =
    "fetch(location.href).then((answer) => answer.headers.get('content-type').startsWith('text/html')
    ? answer.text() : '<!DOCTYPE html>' + document.documentElement.outerHTML)";

/// A text in English and in German.
pub(crate) type Said = [&'static str; 2];

/// One tab of somebody who looks in one way.
pub(crate) struct Reader<'v> {
    pub(crate) tab: Tab<'v>,
    browser: Kind,
    look: Look,
    /// What the photographs are called after.
    tag: &'static str,
}

impl<'v> Reader<'v> {
    pub(crate) fn new(browser: &Browser, visitor: &'v Visitor<'_>, look: &Look, tag: &'static str) -> Self {
        let tab = visitor.tab();
        tab.show_as(look);
        tab.run_in_every_page(WATCH);
        Self { tab, browser: browser.kind(), look: look.clone(), tag }
    }

    /// Which of two languages it is that this reader wants.
    pub(crate) fn hears(&self, said: Said) -> &'static str {
        said[usize::from(self.look.language == "de")]
    }

    /// Waits for the page with this heading.
    pub(crate) fn expect(&self, heading: Said) {
        self.expect_heading(self.hears(heading));
    }

    /// The same of a page that is not ours.
    pub(crate) fn expect_heading(&self, heading: &str) {
        self.tab.wait_until(&format!(
            "document.readyState === 'complete' && document.querySelector('h1')?.textContent.trim() === {heading:?}"
        ));
    }

    /// Waits for an application's answer that has these words.
    pub(crate) fn expect_answer(&self, words: &str) {
        self.tab
            .wait_until(&format!("document.querySelector('pre')?.textContent.includes({words:?}) === true"));
    }

    pub(crate) fn open(&self, url: &str, heading: Said) {
        self.tab.open(url);
        self.expect(heading);
    }

    /// Waits for the page with this heading, and looks at it closely.
    pub(crate) fn meet(&self, name: &str, heading: Said) {
        self.expect(heading);
        if !self.look.scripts {
            let shown = self.tab.value_of("document.querySelector('.reveal:not([hidden])') !== null");
            assert_eq!(shown, false, "{name}: a script has run");
            // What looks at the page needs timers.
            self.tab.let_scripts_run(true);
        }
        // Colours are judged when they have come to rest.
        self.tab
            .value_of("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => null)");
        let what = format!("{name} of {}-{}", self.browser, self.tag);
        let file = |kind: &str| format!("{}-{}-{name}.{kind}", self.browser, self.tag);
        let lang = self.tab.value_of("document.documentElement.lang");
        assert_eq!(lang, self.look.language, "{what}");
        let over = self.tab.value_of(OVER).as_f64().unwrap();
        assert!(over <= 0.5, "{what} is too wide by {over}");
        let seen = self.tab.value_of("globalThis.seenByTheTest ?? null");
        if self.look.scripts {
            assert_eq!(seen["refused"], json!([]), "{what}: the policy refused something");
            assert_eq!(seen["shifted"], json!([]), "{what} moved by itself");
        }
        // Afterwards, since for a picture of the whole page the window grows and shrinks again.
        let picture = artefacts().join(file("png"));
        std::fs::write(picture, self.tab.photograph()).unwrap();
        let octets = self.tab.value_of(checks::WEIGHT).as_u64().unwrap();
        // Lists and plots of the administration may be half as heavy again as what everybody meets.
        let is_console = self.tab.value_of("location.pathname.startsWith('/_cloakroom/admin')") == true;
        let most = if is_console { 45 } else { 30 } * 1024;
        assert!(octets < most, "{what} is {octets} octets in all");
        checks::axe(&self.tab, &what);
        let html = self.tab.value_of(SOURCE);
        std::fs::write(artefacts().join("html").join(file("html")), html.as_str().unwrap()).unwrap();
        if !self.look.scripts {
            self.tab.let_scripts_run(false);
        }
    }

    /// Types a text into a field.
    pub(crate) fn fill(&self, field: &str, text: &str) {
        self.fill_found(&format!("#{field}"), text);
    }

    /// The same of a page that is not ours, by the name that the field sends.
    pub(crate) fn fill_named(&self, field: &str, text: &str) {
        self.fill_found(&format!("[name={field}]"), text);
    }

    fn fill_found(&self, selector: &str, text: &str) {
        self.tab.click(selector, 1);
        self.tab.type_text(text);
    }

    /// Presses the last button or link of this name, once the page is one that takes a press.
    pub(crate) fn press(&self, name: &str) {
        self.settle();
        self.tab.run(&format!(
            "const all = [...document.querySelectorAll('button, a')];
            all.findLast((one) => one.textContent.trim() === {name:?}).setAttribute('data-pressed', '')"
        ));
        self.tab.click("[data-pressed]", 1);
    }

    /// Signs in by keyboard alone, from a page that opens with the cursor in the first field.
    pub(crate) fn sign_in(&self, name: &str, password: &str) {
        self.tab.activate();
        self.tab.wait_until("document.activeElement?.id === 'username'");
        self.tab.type_text(name);
        self.tab.press_key(Key::Tab);
        self.tab.type_text(password);
        self.tab.press_key(Key::Enter);
    }

    /// Signs in with the right password, and waits for the account.
    pub(crate) fn enter(&self, stage: &Stage, name: &str) {
        self.open(&stage.page("login"), SIGN_IN);
        self.sign_in(name, PASSWORD);
        self.expect(ACCOUNT);
    }

    /// Waits until the page has been there for so long that a press on what ends something is meant.
    pub(crate) fn settle(&self) {
        self.tab.wait_until("performance.now() > 600");
    }

    pub(crate) fn text(&self) -> String {
        self.tab.text()
    }

    pub(crate) fn value(&self, expression: &str) -> Value {
        self.tab.value_of(expression)
    }
}

pub(crate) const SIGN_IN: Said = ["Sign in", "Anmelden"];
pub(crate) const ACCOUNT: Said = ["Your account", "Ihr Konto"];
pub(crate) const SIGNED_OUT: Said = ["You are signed out", "Sie sind abgemeldet"];
pub(crate) const SET_UP: Said = ["Set up", "Einrichten"];
pub(crate) const SIGN_OUT: Said = ["Sign out?", "Abmelden?"];
pub(crate) const STEP_UP: Said = ["Is it you?", "Sind Sie es?"];
pub(crate) const NOT_ALLOWED: Said = ["Not allowed", "Nicht erlaubt"];
pub(crate) const CHANGE_PASSWORD: Said = ["Change password", "Passwort ändern"];
