//! Requests that another site makes the victim's browser send.

use cloakroom::CookiePolicy;

use crate::proofs::steps::{post, sign_in, who};
use crate::sites::{BANK, Bank, Check, EVIL, SIBLING, Sites, deed_by_get};
use cloakroom_browsers::{Browser, Kind, Tab, in_both};

/// Posts a transfer from a page of `host` while the victim is signed in; returns the bank's answer, and how often money
/// was sent.
fn forged_transfer(tab: &Tab<'_>, bank: &Bank, host: &str) -> (u16, usize) {
    let sites = Sites::serve(bank.router());
    sign_in(tab, &sites, "alice");
    tab.open(&sites.url(host, "/"));
    post(tab, &sites.url(BANK, "/transfer"), &[]);
    let seen = sites.wait_for(BANK, "/transfer");
    tab.wait_until(&format!("location.hostname === '{BANK}' && document.readyState === 'complete'"));
    assert!(matches!(seen.fetch_site.as_deref(), Some("cross-site" | "same-site")));
    (seen.status, bank.deeds())
}

/// A bank whose cookie comes with every request.
fn open_bank(check: Check) -> Bank {
    Bank::new().cookie(CookiePolicy::host("sid").insecure_same_site_none()).check(check)
}

#[test]
fn csr_01_csr_10_atr_03_a_forged_post_of_another_site_changes_nothing() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        assert_eq!(forged_transfer(&tab, &open_bank(Check::Origin), EVIL), (403, 0), "by the check");
        assert_eq!(forged_transfer(&tab, &open_bank(Check::Token), EVIL), (403, 0), "by the token");
        let default_cookie = Bank::new().check(Check::Neither);
        assert_eq!(forged_transfer(&tab, &default_cookie, EVIL), (401, 0), "by the cookie");
        // Control: none of the three.
        assert_eq!(forged_transfer(&tab, &open_bank(Check::Neither), EVIL), (303, 1));
    });
}

#[test]
fn csr_02_a_forged_post_of_a_neighbour_changes_nothing() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        // `SameSite` is no help here: the neighbour is the same site.
        let bank = |check| Bank::new().cookie(CookiePolicy::host("sid").strict()).check(check);
        assert_eq!(forged_transfer(&tab, &bank(Check::Origin), SIBLING), (403, 0));
        // Control: nobody looks.
        assert_eq!(forged_transfer(&tab, &bank(Check::Neither), SIBLING), (303, 1));
    });
}

#[test]
fn csr_03_the_banks_own_form_passes_every_check() {
    in_both(|browser| {
        let bank = Bank::new();
        let visitor = browser.visitor();
        let (tab, sites) = (visitor.tab(), Sites::serve(bank.router()));
        sign_in(&tab, &sites, "alice");
        tab.run("document.getElementById('transfer').submit()");
        assert_eq!(sites.wait_for(BANK, "/transfer").status, 303);
        assert_eq!(bank.deeds(), 1);
    });
}

#[test]
fn csr_15_no_other_site_signs_a_visitor_in() {
    in_both(|browser| {
        let signed_in_as = |bank: Bank| {
            let visitor = browser.visitor();
            let (tab, sites) = (visitor.tab(), Sites::serve(bank.router()));
            tab.open(&sites.url(EVIL, "/"));
            post(&tab, &sites.url(BANK, "/sign-in"), &[("user", "mallory")]);
            sites.wait_for(BANK, "/sign-in");
            tab.wait_until(&format!("location.hostname === '{BANK}' && document.readyState === 'complete'"));
            who(&tab, &sites)
        };
        assert_eq!(signed_in_as(Bank::new()), "nobody");
        // Control: the token cannot help a visitor without a session.
        assert_eq!(signed_in_as(Bank::new().check(Check::Token)), "mallory");
    });
}

/// Chromium fetches pages ahead that a page names, with all cookies and as if they had been typed.
#[test]
fn csr_08_a_page_that_is_fetched_ahead_changes_nothing() {
    let browser = Browser::of(Kind::Chromium);
    let after_it = |sites: &Sites, begin: &str, is_safe: bool| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        if is_safe {
            sign_in(&tab, sites, "alice");
        } else {
            tab.open(&sites.url(BANK, begin));
        }
        assert_eq!(who(&tab, sites), "alice");
        let attackers = visitor.tab();
        attackers.open(&sites.url(SIBLING, "/"));
        let rules = format!(
            r#"{{"prerender": [{{"source": "list", "urls": ["{}"]}}]}}"#,
            sites.url(BANK, "/sign-out")
        );
        attackers.run(&format!(
            "const rules = document.createElement('script'); rules.type = 'speculationrules';
             rules.textContent = '{rules}'; document.head.append(rules)"
        ));
        let seen = sites.wait_for(BANK, "/sign-out");
        assert_eq!(seen.fetch_site.as_deref(), Some("none"), "no check of the request's head can tell");
        assert!(seen.purpose.is_some_and(|purpose| purpose.contains("prefetch")));
        who(&tab, sites)
    };
    assert_eq!(after_it(&Sites::serve(Bank::new().router()), "", true), "alice");
    // Control: a site where a GET signs out.
    assert_eq!(after_it(&Sites::serve(deed_by_get()), "/begin", false), "nobody");
}
