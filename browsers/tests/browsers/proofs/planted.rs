//! A session that the attacker knows before the victim signs in.

use crate::proofs::steps::{sign_in, who};
use crate::sites::{BANK, Bank, Sites, adopting_site};
use cloakroom_browsers::{Browser, in_both};

#[test]
fn rot_04_a_planted_session_is_useless_after_the_sign_in() {
    in_both(|browser| {
        let sites = Sites::serve(Bank::new().router());
        // A visitor's session of the attacker's own, which the bank knows.
        let planted = sites.cookie_of("/cart", "");
        assert_eq!(after_the_attack(browser, &sites, &planted), "nobody");
        // Control: a site whose sign-in keeps what the browser brought.
        assert_eq!(after_the_attack(browser, &Sites::serve(adopting_site()), "chosen"), "alice");
    });
}

/// Who the attacker is by a session that was planted, after the victim has signed in on it.
fn after_the_attack(browser: &Browser, sites: &Sites, planted: &str) -> String {
    let victim = browser.visitor();
    let tab = victim.tab();
    tab.open(&sites.url(BANK, "/sign-in"));
    // As a script of the page can, as long as there is no cookie of this name.
    tab.run(&format!("document.cookie = '__Host-sid={planted}; Path=/; Secure'"));
    assert_eq!(victim.cookie("__Host-sid"), planted, "the victim comes with it");
    sign_in(&tab, sites, "alice");
    assert_eq!(who(&tab, sites), "alice");
    sites.who_brings(planted)
}
