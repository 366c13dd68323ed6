//! What stays in the browser, and what does not.

use crate::proofs::steps::{sign_in, sign_out, who};
use crate::sites::{BANK, Bank, Sites};
use cloakroom_browsers::in_both;

#[test]
fn atr_05_a_sign_out_leaves_the_jar_empty() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let (tab, sites) = (visitor.tab(), Sites::serve(Bank::new().router()));
        sign_in(&tab, &sites, "alice");
        assert_eq!(visitor.cookies().len(), 1);
        sign_out(&tab);
        assert_eq!(visitor.cookies(), []);

        // Control: a removal without the attributes that the cookie was set with.
        sign_in(&tab, &sites, "alice");
        tab.open(&sites.url(BANK, "/careless-removal"));
        assert_eq!(visitor.cookies().len(), 1);
    });
}

#[test]
fn rev_11_a_sign_out_clears_what_scripts_kept() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let kept = |bank: Bank| {
            let sites = Sites::serve(bank.router());
            sign_in(&tab, &sites, "alice");
            tab.run("localStorage.setItem('draft', 'secret'); sessionStorage.setItem('draft', 'secret')");
            sign_out(&tab);
            assert_eq!(visitor.cookies(), [], "the removal of the cookie in the same answer counts");
            tab.value_of("[localStorage.getItem('draft'), sessionStorage.getItem('draft')].join(' ')")
        };
        assert_eq!(kept(Bank::new()), " ");
        // Control: the same sign-out without the field.
        assert_eq!(kept(Bank::new().without_field("clear-site-data")), "secret secret");
    });
}

#[test]
fn rev_11_what_is_cleared_beside_a_cookie_is_never_cookies() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let signed_in_as = |cleared| {
            let bank = Bank::new().clearing_beside_set_cookie(cleared);
            let sites = Sites::serve(bank.router());
            sign_in(&tab, &sites, "alice");
            who(&tab, &sites)
        };
        assert_eq!(signed_in_as("\"cache\", \"storage\""), "alice");
        // Control: the cookie of the same answer is lost.
        assert_eq!(signed_in_as("\"cookies\""), "nobody");
    });
}

/// Why a session that is too large for its cookie is an error.
#[test]
fn syn_08_a_cookie_of_4096_octets_is_kept_and_a_larger_one_is_lost() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let (tab, sites) = (visitor.tab(), Sites::serve(Bank::new().router()));
        tab.open(&sites.url(BANK, "/of-octets/4097"));
        assert_eq!(visitor.cookies(), []);
        tab.open(&sites.url(BANK, "/of-octets/4096"));
        assert_eq!(visitor.cookie("__Host-big").len(), 4096 - "__Host-big".len());
    });
}
