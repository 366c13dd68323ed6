//! The way back to a private page after the session has ended.

use crate::driver::{Browser, Kind, RUNTIME, Tab, in_both};
use crate::proofs::steps::{sign_in, sign_out};
use crate::sites::{BANK, Bank, Guard, Sites};

/// How the session ends.
#[derive(Clone, Copy)]
enum Ending {
    SignOut,
    Elsewhere,
}

#[test]
fn hdr_02_the_way_back_shows_nothing_private_after_a_sign_out() {
    in_both(|browser| {
        assert!(!shows_the_balance(browser, &Bank::new(), Ending::SignOut));
        let no_guard = Bank::new().guard(Guard::Off);
        assert!(!shows_the_balance(browser, &no_guard, Ending::SignOut), "by no-store alone");
        let storable = Bank::new().without_field("cache-control");
        assert!(!shows_the_balance(browser, &storable, Ending::SignOut), "by the guard alone");
        // Control: neither.
        let neither = no_guard.without_field("cache-control");
        assert!(shows_the_balance(browser, &neither, Ending::SignOut));
    });
}

#[test]
fn hdr_02_the_way_back_shows_nothing_private_when_the_session_ended_elsewhere() {
    in_both(|browser| {
        assert!(!shows_the_balance(browser, &Bank::new(), Ending::Elsewhere));
        // Control: Chromium keeps the page until a cookie changes, whatever it says about storing.
        let no_guard = Bank::new().guard(Guard::Off);
        let is_shown = shows_the_balance(browser, &no_guard, Ending::Elsewhere);
        assert_eq!(is_shown, browser.kind() == Kind::Chromium);
        let neither = no_guard.without_field("cache-control");
        assert!(shows_the_balance(browser, &neither, Ending::Elsewhere));
    });
}

fn shows_the_balance(browser: &Browser, bank: &Bank, ending: Ending) -> bool {
    let visitor = browser.visitor();
    let (tab, sites) = (visitor.tab(), Sites::serve(bank.router()));
    sign_in(&tab, &sites, "alice");
    assert!(has_balance(&tab));
    match ending {
        Ending::SignOut => sign_out(&tab),
        Ending::Elsewhere => {
            tab.run("location.href = '/goodbye'");
            tab.wait_for(BANK, "/goodbye");
            RUNTIME.block_on(bank.end_all());
        }
    }
    assert!(!has_balance(&tab));
    // A page that has been out of sight is shown anew before anything of it can be asked.
    tab.run("history.back()");
    tab.wait_until("location.pathname === '/account' && document.readyState === 'complete' && !document.documentElement.hidden");
    has_balance(&tab)
}

fn has_balance(tab: &Tab<'_>) -> bool {
    tab.text().contains("4711")
}
