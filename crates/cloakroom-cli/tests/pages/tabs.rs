//! Several tabs of one browser, in which different things happen.

use cloakroom_browsers::{Kind, Look, Theme, Visitor};

use crate::reader::{ACCOUNT, Reader, SIGN_IN, SIGNED_OUT};
use crate::stage::{PASSWORD, Stage, browser};

const LOOK: Look = Look { size: (1100, 850), theme: Theme::Light, language: "en", scripts: true };

#[test]
fn ten_tabs_with_an_ended_session_all_go_where_they_were_going_when_one_signs_in() {
    for browser in Kind::BOTH.iter().map(|kind| browser(*kind)) {
        let stage = Stage::with_user("alice");
        let visitor = browser.visitor();
        let tabs: Vec<Reader<'_>> = (0..10).map(|_| Reader::new(browser, &visitor, &LOOK, "tabs")).collect();
        let place = |number: usize| match number % 2 {
            0 => format!("{}/page/{number}?q=%20", stage.wiki),
            _ => stage.page(&format!("account?{number}")),
        };
        for (number, tab) in tabs.iter().enumerate() {
            tab.open(&place(number), SIGN_IN);
        }
        let [first, rest @ ..] = tabs.as_slice() else { unreachable!("there are ten") };
        first.tab.activate();
        first.sign_in("alice", PASSWORD);
        for (number, tab) in tabs.iter().enumerate() {
            tab.tab.activate();
            tab.tab.wait_until(&format!("location.href === {:?}", place(number)));
        }
        assert_eq!((rest.len(), stage.sessions()), (9, 1));
        assert!(jar(&visitor) < 4096, "{} octets of cookies", jar(&visitor));
    }
}

#[test]
fn one_tab_signs_in_while_another_signs_out_and_each_shows_what_is_so() {
    for browser in Kind::BOTH.iter().map(|kind| browser(*kind)) {
        let stage = Stage::with_user("alice");
        let visitor = browser.visitor();
        let [one, other] = [(); 2].map(|()| Reader::new(browser, &visitor, &LOOK, "tabs"));
        one.enter(&stage, "alice");
        other.open(&stage.page("account/password"), ["Change password", "Passwort ändern"]);
        one.tab.click(".actions form button", 1);
        one.expect(SIGNED_OUT);
        // The form of a session that is over is not taken, and asks for the sign-in.
        other.fill("password", PASSWORD);
        other.fill("new_password", "velvet quarry anchor mint");
        other.fill("repeated", "velvet quarry anchor mint");
        other.tab.click("main button[type=submit]", 1);
        other.expect(SIGN_IN);
        other.sign_in("alice", PASSWORD);
        other.expect(ACCOUNT);
        one.open(&stage.page("login"), ACCOUNT);
        // A form of the session before is not taken in the one after it.
        other.open(&stage.page("logout"), ["Sign out?", "Abmelden?"]);
        one.tab.click(".actions form button", 1);
        one.expect(SIGNED_OUT);
        one.tab.open(&stage.page("login"));
        one.sign_in("alice", PASSWORD);
        one.expect(ACCOUNT);
        other.tab.click("main button[type=submit]", 1);
        other.expect(["Refused", "Abgelehnt"]);
        one.open(&stage.page("account"), ACCOUNT);
        assert_eq!(stage.sessions(), 1);
    }
}

/// Octets of every cookie that the browser holds, of all hosts.
fn jar(visitor: &Visitor<'_>) -> usize {
    visitor.cookies().iter().map(|cookie| cookie.name.len() + cookie.value.len() + 3).sum()
}
