//! Everything by keyboard alone.

use cloakroom_browsers::{Key, Kind, Look, Theme};
use serde_json::Value;

use crate::reader::{ACCOUNT, Reader, SIGN_IN, SIGNED_OUT};
use crate::stage::{PASSWORD, Stage, browser};

/// What the focus is on, where it is on the page, and how thick a line around it shows that.
const FOCUS: &str = "(() => {
    const focused = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    const named = focused.getAttribute('aria-label') ?? (focused.textContent || focused.name);
    const everything = [...document.querySelectorAll('*')];
    return [focused === document.body ? null : named.trim(), everything.indexOf(focused), outlineStyle, parseFloat(outlineWidth)];
})()";

const LOOK: Look = Look { size: (1100, 850), theme: Theme::Light, language: "en", scripts: true };

/// Goes on to what has this name; fails when the focus cannot be seen on the way, or goes back.
fn go_to(reader: &Reader<'_>, name: &str) {
    let mut last = -1;
    for _ in 0..20 {
        reader.tab.press_key(Key::Tab);
        let focus: (Option<String>, i64, String, f64) = serde_json::from_value(reader.value(FOCUS)).unwrap();
        let Some(named) = &focus.0 else { continue };
        assert!(focus.2 != "none" && focus.3 >= 2.0, "the focus on {named} is not seen: {focus:?}");
        assert!(focus.1 > last, "the focus goes back to {named}");
        last = focus.1;
        if named == name {
            return;
        }
    }
    panic!("no way to {name}: {}", reader.value(FOCUS));
}

#[test]
fn everything_can_be_done_by_keyboard_and_the_focus_is_seen_in_order() {
    let stage = Stage::with_user("alice");
    let browser = browser(Kind::Chromium);
    let (here, elsewhere) = (browser.visitor(), browser.visitor());
    let reader = Reader::new(browser, &here, &LOOK, "keyboard");
    reader.enter(&stage, "alice");
    let other = Reader::new(browser, &elsewhere, &LOOK, "keyboard");
    other.enter(&stage, "alice");

    reader.open(&stage.page("account"), ACCOUNT);
    reader.settle();
    go_to(&reader, "End session of Chrome on Linux");
    reader.meet("focus", ACCOUNT);
    reader.tab.press_key(Key::Enter);
    reader.tab.wait_until("location.search === '?ended'");
    reader.expect(ACCOUNT);
    assert_eq!(stage.sessions(), 1);

    other.enter(&stage, "alice");
    reader.open(&stage.page("account"), ACCOUNT);
    reader.settle();
    go_to(&reader, "End all other sessions");
    reader.tab.press_key(Key::Enter);
    reader.tab.wait_until("location.search === '?ended_others'");
    assert_eq!(stage.sessions(), 1);

    reader.open(&stage.page("account"), ACCOUNT);
    go_to(&reader, "Change password");
    reader.tab.press_key(Key::Enter);
    reader.expect(["Change password", "Passwort ändern"]);
    reader.tab.wait_until("document.activeElement?.id === 'password'");
    reader.tab.type_text(PASSWORD);
    go_to(&reader, "new_password");
    reader.tab.type_text("velvet quarry anchor mint");
    go_to(&reader, "Show password");
    let kind = |field: &str| reader.value(&format!("document.getElementById({field:?}).type"));
    let pressed = || reader.value("document.activeElement.getAttribute('aria-pressed')");
    assert_eq!((kind("new_password"), pressed()), (Value::from("password"), Value::from("false")));
    reader.tab.press_key(Key::Enter);
    assert_eq!((kind("new_password"), pressed()), (Value::from("text"), Value::from("true")));
    go_to(&reader, "repeated");
    reader.tab.type_text("velvet quarry anchor mint");
    go_to(&reader, "Change password");
    reader.tab.press_key(Key::Enter);
    reader.tab.wait_until("location.search === '?password'");
    reader.expect(ACCOUNT);

    go_to(&reader, "Sign out");
    reader.tab.press_key(Key::Enter);
    reader.expect(SIGNED_OUT);
    go_to(&reader, "Sign in again");
    reader.tab.press_key(Key::Enter);
    reader.expect(SIGN_IN);
}
