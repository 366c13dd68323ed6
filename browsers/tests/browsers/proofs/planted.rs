//! A session that the attacker knows before the victim signs in.

use crate::driver::{Tab, in_both};
use crate::proofs::steps::{post, sign_in, who};
use crate::sites::{BANK, Bank, Sites, adopting_site};

#[test]
fn rot_04_a_planted_session_is_useless_after_the_sign_in() {
    in_both(|browser| {
        let sites = Sites::serve(Bank::new().router());
        let (attacker, victim) = (browser.visitor(), browser.visitor());
        let (attackers, victims) = (attacker.tab(), victim.tab());
        // A visitor's session of the attacker's own, which the bank knows.
        attackers.open(&sites.url(BANK, "/sign-in"));
        post(&attackers, "/cart", &[]);
        attackers.wait_for(BANK, "/hello");
        let planted = attacker.cookie("__Host-sid");
        plant(&victims, &sites, &planted);
        assert_eq!(victim.cookie("__Host-sid"), planted, "the victim comes with it");

        sign_in(&victims, &sites, "alice");
        assert_eq!(who(&victims, &sites), "alice");
        assert_ne!(victim.cookie("__Host-sid"), planted);
        assert_eq!(who(&attackers, &sites), "nobody");
    });
}

/// The control of the test above.
#[test]
fn a_planted_session_is_the_victims_where_the_sign_in_keeps_what_the_browser_brought() {
    in_both(|browser| {
        let sites = Sites::serve(adopting_site());
        let (attacker, victim) = (browser.visitor(), browser.visitor());
        let (attackers, victims) = (attacker.tab(), victim.tab());
        plant(&attackers, &sites, "known-to-both");
        plant(&victims, &sites, "known-to-both");
        sign_in(&victims, &sites, "alice");
        assert_eq!(who(&attackers, &sites), "alice");
    });
}

/// As a script of the page can, as long as there is no cookie of this name.
fn plant(tab: &Tab<'_>, sites: &Sites, value: &str) {
    tab.open(&sites.url(BANK, "/sign-in"));
    tab.run(&format!("document.cookie = '__Host-sid={value}; Path=/; Secure'"));
}
