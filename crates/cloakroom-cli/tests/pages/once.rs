//! What is pressed twice is done once.

use cloakroom_browsers::{Kind, Look, Theme};

use crate::reader::{ACCOUNT, Reader, SIGN_IN};
use crate::stage::{PASSWORD, Stage, browser};

const LOOK: Look = Look { size: (1100, 850), theme: Theme::Light, language: "en", scripts: true };

#[test]
fn a_double_click_signs_in_once_and_ends_one_session() {
    let stage = Stage::with_user("alice");
    let browser = browser(Kind::Chromium);
    let visitors = [browser.visitor(), browser.visitor(), browser.visitor()];
    let readers: Vec<Reader<'_>> =
        visitors.iter().map(|visitor| Reader::new(browser, visitor, &LOOK, "once")).collect();
    for reader in &readers {
        reader.open(&stage.page("login"), SIGN_IN);
        reader.fill("username", "alice");
        reader.fill("password", PASSWORD);
        reader.tab.click("button[type=submit]", 2);
        reader.expect(ACCOUNT);
    }
    assert_eq!(stage.sessions(), 3);

    let [first, ..] = readers.as_slice() else { unreachable!("there are three") };
    first.open(&stage.page("account"), ACCOUNT);
    first.settle();
    first.tab.click(".cards .danger", 2);
    first.tab.wait_until("location.search === '?ended'");
    first.expect(ACCOUNT);
    // A second one would be under way now.
    first.settle();
    assert_eq!(stage.sessions(), 2);
}
