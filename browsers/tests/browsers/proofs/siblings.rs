//! A neighbour under the same registrable domain that sets cookies for all of it.

use cloakroom::CookiePolicy;

use crate::proofs::steps::{sign_in, who};
use crate::sites::{BANK, Bank, SIBLING, Sites};
use cloakroom_browsers::{Browser, in_both};

/// Whom the bank takes a victim for after a neighbour has planted a session of the attacker's for the whole domain.
fn after_the_attack(browser: &Browser, cookie: CookiePolicy, victim: Option<&str>) -> String {
    let name = cookie.name().to_string();
    let sites = Sites::serve(Bank::new().cookie(cookie).router());
    let hers = sites.cookie_of("/sign-in", "user=mallory");
    let visitor = browser.visitor();
    let tab = visitor.tab();
    if let Some(user) = victim {
        sign_in(&tab, &sites, user);
    }
    tab.open(&sites.url(SIBLING, "/"));
    for path in ["/", "/me"] {
        tab.run(&format!("document.cookie = '{name}={hers}; Domain={BANK}; Path={path}; Secure'"));
    }
    who(&tab, &sites)
}

#[test]
fn pfx_01_a_neighbour_does_not_overwrite_a_host_session() {
    in_both(|browser| {
        let host = || CookiePolicy::host("sid").into();
        assert_eq!(after_the_attack(browser, host(), Some("alice")), "alice");
        let host_http = CookiePolicy::host_http("sid").into();
        assert_eq!(after_the_attack(browser, host_http, Some("alice")), "alice");
        // Controls: one cookie beside the other, of which the library takes neither; and one in the place of the other.
        let plain = CookiePolicy::insecure_for_localhost("sid").into();
        assert_eq!(after_the_attack(browser, plain, Some("alice")), "nobody");
        let of_the_domain = CookiePolicy::secure("sid").domain(BANK).into();
        assert_ne!(after_the_attack(browser, of_the_domain, Some("alice")), "alice");
    });
}

#[test]
fn pfx_01_a_neighbour_does_not_slip_a_host_session_to_a_visitor() {
    in_both(|browser| {
        let host = || CookiePolicy::host("sid").into();
        assert_eq!(after_the_attack(browser, host(), None), "nobody");
        // Control: under a plain name the visitor works in the attacker's account.
        let plain = CookiePolicy::insecure_for_localhost("sid").into();
        assert_eq!(after_the_attack(browser, plain, None), "mallory");
    });
}
