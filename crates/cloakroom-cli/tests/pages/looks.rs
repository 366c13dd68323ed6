//! Every page, in every look.

use cloakroom_browsers::{Browser, Key, Kind, Look, Theme};

use crate::console;
use crate::reader::{
    ACCOUNT, CHANGE_PASSWORD, NOT_ALLOWED, Reader, SET_UP, SIGN_IN, SIGN_OUT, SIGNED_OUT, STEP_UP,
};
use crate::sessions;
use crate::stage::{Dress, PASSWORD, Stage, browser};
use crate::tools;

pub(crate) const DESK: (u32, u32) = (1100, 850);
pub(crate) const PHONE: (u32, u32) = (390, 844);
pub(crate) const NARROW: (u32, u32) = (320, 640);
/// A desk at 200 %.
pub(crate) const ZOOMED: (u32, u32) = (550, 425);

#[test]
fn every_page_is_right_in_chromium_in_every_look_and_valid() {
    let browser = browser(Kind::Chromium);
    for (tag, size, theme, language, scripts, dress) in [
        ("desk-light", DESK, Theme::Light, "en", true, Dress::Plain),
        ("phone-dark", PHONE, Theme::Dark, "de", true, Dress::Branded),
        ("narrow-no-scripts", NARROW, Theme::Light, "de", false, Dress::Plain),
        ("zoomed-dark", ZOOMED, Theme::Dark, "en", true, Dress::Plain),
    ] {
        walk(browser, &Look { size, theme, language, scripts }, tag, dress);
    }
    tools::validate();
}

#[test]
fn every_page_is_right_in_firefox_by_night() {
    let browser = browser(Kind::Firefox);
    for (tag, size, language, scripts, dress) in
        [("desk-dark", DESK, "en", true, Dress::Branded), ("narrow-dark", NARROW, "de", true, Dress::Plain)]
    {
        walk(browser, &Look { size, theme: Theme::Dark, language, scripts }, tag, dress);
    }
}

/// From the set-up link to the sign-out, by way of every page that there is.
fn walk(browser: &Browser, look: &Look, tag: &'static str, dress: Dress) {
    let stage = Stage::set(dress);
    let visitor = browser.visitor();
    let reader = Reader::new(browser, &visitor, look, tag);
    let setup = format!("{}{}", stage.login, stage.gateway.setup_path.clone().unwrap());
    begin(&reader, &setup);
    signed_in(&stage, &reader);
    console::users(&stage, &reader);
    others(&stage, &reader);

    let (elsewhere, phone) = (browser.visitor(), Look { size: PHONE, ..look.clone() });
    Reader::new(browser, &elsewhere, &phone, tag).enter(&stage, "admin");
    sessions::met(&stage, &reader);
    reader.tab.open(&stage.page("account"));
    reader.meet("account", ACCOUNT);
    let place = reader.hears(["Zurich, Switzerland", "Zürich, Schweiz"]);
    assert_eq!(reader.text().contains(place), dress == Dress::Branded, "{}", reader.text());
    reader.settle();
    reader.tab.click(".cards .danger", 1);
    reader.tab.wait_until("location.search === '?ended'");
    reader.meet("account-ended", ACCOUNT);
    assert_eq!(stage.sessions(), 1);
    reader.tab.click(".actions form button", 1);
    reader.meet("signed-out", SIGNED_OUT);
    reader.tab.open(&setup);
    reader.meet("dead-link", ["This link does not work any more", "Dieser Link gilt nicht mehr"]);
    reader.tab.open(&format!("{}/page", stage.wiki));
    reader.meet("sign-in-on-the-way", SIGN_IN);
    assert!(reader.text().contains("wiki"));
}

/// The first account is made, and somebody signs in, not at once.
fn begin(reader: &Reader<'_>, setup: &str) {
    reader.tab.open(setup);
    reader.meet("set-up", SET_UP);
    assert_eq!(tokens(reader), ["username", "new-password", "new-password"]);
    reader.fill("new_password", PASSWORD);
    reader.fill("repeated", "something else entirely");
    reader.tab.press_key(Key::Enter);
    reader.tab.wait_until("document.querySelector('#refusal') !== null");
    reader.expect(SET_UP);
    reader.fill("new_password", PASSWORD);
    reader.fill("repeated", PASSWORD);
    reader.tab.press_key(Key::Enter);
    reader.meet("set-up-done", SIGN_IN);
    assert_eq!(tokens(reader), ["username", "current-password"]);
    reader.sign_in("admin", "not the password");
    reader.tab.wait_until("document.querySelector('#refusal') !== null");
    reader.meet("sign-in-refused", SIGN_IN);
    // The name is there still, and the cursor where the mistake is.
    reader.tab.wait_until("document.activeElement?.id === 'password'");
    reader.tab.type_text(PASSWORD);
    reader.tab.press_key(Key::Enter);
    reader.expect(ACCOUNT);
}

/// The pages of somebody who is signed in.
fn signed_in(stage: &Stage, reader: &Reader<'_>) {
    reader.tab.open(&stage.page("reauthenticate"));
    reader.meet("step-up", STEP_UP);
    assert_eq!(tokens(reader), ["username", "current-password"]);
    reader.tab.open(&stage.page("account/password"));
    reader.meet("password", CHANGE_PASSWORD);
    assert_eq!(tokens(reader), ["username", "current-password", "new-password", "new-password"]);
    reader.tab.wait_until("document.activeElement?.id === 'password'");
    reader.tab.type_text("not the password");
    reader.fill("new_password", "velvet quarry anchor mint");
    reader.fill("repeated", "velvet quarry anchor mint");
    reader.tab.press_key(Key::Enter);
    reader.tab.wait_until("document.querySelector('#refusal') !== null");
    reader.meet("password-refused", CHANGE_PASSWORD);
    reader.tab.open(&stage.page("logout"));
    reader.meet("sign-out", SIGN_OUT);
}

/// What somebody meets who goes where they cannot.
fn others(stage: &Stage, reader: &Reader<'_>) {
    reader.tab.open(&format!("{}/ops/", stage.wiki));
    reader.meet("not-allowed", NOT_ALLOWED);
    assert!(reader.text().contains("admin") && reader.text().contains("wiki"), "{}", reader.text());
    reader.tab.open(&stage.page("nothing"));
    reader.meet("not-found", ["Not found", "Nicht gefunden"]);
    reader.tab.open(&stage.page("oidc/callback?state=x"));
    reader.meet("provider", ["Please sign in again", "Bitte melden Sie sich noch einmal an"]);
    reader.tab.open(&stage.page("hand-over"));
    reader.meet("not-understood", ["Not understood", "Nicht verstanden"]);
}

/// What the page's fields tell password managers.
fn tokens(reader: &Reader<'_>) -> Vec<String> {
    let tokens = "[...document.querySelectorAll('input[autocomplete]')].map((field) => field.autocomplete)";
    serde_json::from_value(reader.value(tokens)).unwrap()
}
