//! The way back to a private page after the session has ended.

use crate::proofs::steps::{sign_in, sign_out};
use crate::sites::{BANK, Bank, Guard, Sites};
use cloakroom_browsers::{Kind, RUNTIME, Tab, in_both};

/// How the victim came to the private page.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// By the redirect of the sign-in, whose answer set the cookie.
    SignIn,
    /// By another request, later.
    Visit,
}

/// How the session ends.
#[derive(Clone, Copy, Debug)]
enum Ending {
    SignOut,
    Elsewhere,
}

/// `Clear-Site-Data` of the sign-out reaches the page or not, as it happens: what is shown of the others is shown without.
fn bank() -> Bank {
    Bank::new().without_field("clear-site-data")
}

#[test]
fn hdr_02_the_way_back_shows_nothing_private_after_a_sign_out() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let is_shown = |bank: &Bank, way| shows_the_balance(&tab, bank, way, Ending::SignOut);
        for way in [Way::SignIn, Way::Visit] {
            assert!(!is_shown(&Bank::new(), way), "{way:?}");
            let storable = bank().without_field("cache-control");
            assert!(!is_shown(&storable, way), "{way:?}, by the guard alone");
            // Control: neither.
            assert!(is_shown(&storable.guard(Guard::Off), way), "{way:?}");
        }
        let no_guard = bank().guard(Guard::Off);
        assert!(!is_shown(&no_guard, Way::Visit), "by no-store alone");
        // Chromium keeps the page that the sign-in led to, though the sign-out changes the cookie.
        assert_eq!(is_shown(&no_guard, Way::SignIn), browser.kind() == Kind::Chromium);
    });
}

#[test]
fn hdr_02_the_way_back_shows_nothing_private_when_the_session_ended_elsewhere() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let is_shown = |bank: &Bank| shows_the_balance(&tab, bank, Way::Visit, Ending::Elsewhere);
        assert!(!is_shown(&Bank::new()));
        // Control: Chromium keeps the page until a cookie changes, whatever it says about storing.
        let no_guard = bank().guard(Guard::Off);
        assert_eq!(is_shown(&no_guard), browser.kind() == Kind::Chromium);
        assert!(is_shown(&no_guard.without_field("cache-control")));
    });
}

fn shows_the_balance(tab: &Tab<'_>, bank: &Bank, way: Way, ending: Ending) -> bool {
    let sites = Sites::serve(bank.router());
    sign_in(tab, &sites, "alice");
    if let Way::Visit = way {
        tab.open(&sites.url(BANK, "/account"));
    }
    assert!(has_balance(tab));
    match ending {
        Ending::SignOut => sign_out(tab),
        Ending::Elsewhere => {
            tab.run("location.href = '/goodbye'");
            tab.wait_for(BANK, "/goodbye");
            RUNTIME.block_on(bank.end_all());
        }
    }
    assert!(!has_balance(tab));
    tab.run("history.back()");
    // The guard hides what was kept before it asks for the page anew.
    tab.wait_until(
        "location.pathname === '/account' && document.readyState === 'complete' && !document.documentElement.hidden",
    );
    has_balance(tab)
}

fn has_balance(tab: &Tab<'_>) -> bool {
    tab.text().contains("4711")
}
