//! The demo as a visitor sees it: the guide, an attack by its button, and one by a page of another site in the visitor's own browser.

use cloakroom_browsers::{Key, Kind, Look, Theme};

use crate::checks;
use crate::demo_program::Demo;
use crate::reader::{ACCOUNT, Reader, SIGN_IN, Said};
use crate::stage::{artefacts, browser};

const LOOK: Look = Look { size: (1100, 850), theme: Theme::Light, language: "en", scripts: true };

const GUIDE: Said = ["A cloakroom to try, and to attack"; 2];
const REPLAY: Said = ["Replay a token after its user has signed out"; 2];
const NOTES: Said = ["Your notes"; 2];
const PRIZE: Said = ["You have won!"; 2];
const GAME: Said = ["Catch the butterfly"; 2];

/// Waits for the page with this heading, and looks at it closely. It cannot be asked for once more by a script: its policy lets none do that.
fn meet(reader: &Reader<'_>, name: &str, heading: Said) {
    reader.expect(heading);
    let over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(reader.value(over), 0, "{name} is too wide");
    let octets = reader.value(checks::WEIGHT).as_u64().unwrap();
    assert!(octets < 40 * 1024, "{name} is {octets} octets in all");
    assert_eq!(reader.value("document.scripts.length"), 0, "{name}");
    checks::axe(&reader.tab, name);
    std::fs::write(artefacts().join(format!("chromium-demo-{name}.webp")), reader.tab.photograph_window())
        .unwrap();
}

#[test]
fn a_visitor_of_the_demo_sees_attacks_fail_in_the_guide_and_in_their_own_browser() {
    let demo = Demo::start(&[], &[]);
    let browser = browser(Kind::Chromium);
    let visitor = browser.visitor();
    let reader = Reader::new(browser, &visitor, &LOOK, "demo");
    let guide = format!("http://localhost:{}/", demo.guide_port);
    let other = |path: &str| format!("http://127.0.0.1:{}/{path}", demo.guide_port);
    let site = |path: &str| format!("http://{}/{path}", demo.authority());

    reader.tab.open(&guide);
    meet(&reader, "guide", GUIDE);
    reader.tab.click("a[href='/attacks/replay']", 1);
    reader.expect(REPLAY);
    reader.tab.click("form button", 1);
    reader.tab.wait_until("document.querySelector('#report') !== null");
    meet(&reader, "replay", REPLAY);
    assert!(reader.text().contains("The attack failed."), "{}", reader.text());

    reader.open(&site(""), SIGN_IN);
    reader.fill("username", "alice");
    reader.fill("password", &demo.passwords["alice"]);
    reader.tab.press_key(Key::Enter);
    meet(&reader, "notes", NOTES);
    for button in ["form[action$='revoke-others'] button", "form[action$='/notes'] button"] {
        reader.tab.open(&other("prize"));
        meet(&reader, "prize", PRIZE);
        reader.tab.click(button, 1);
        reader.tab.wait_until("location.hostname === 'demo.localhost' && document.readyState === 'complete'");
    }
    reader.open(&site(""), NOTES);
    assert!(reader.text().contains("None yet."), "{}", reader.text());
    reader.open(&site("_cloakroom/account"), ACCOUNT);
    assert_eq!(reader.value("document.querySelectorAll('.cards li').length"), 3);
    reader.tab.open(&other("game"));
    meet(&reader, "game", GAME);
}
