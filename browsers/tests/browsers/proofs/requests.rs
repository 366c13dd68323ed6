//! What a page of the bank tells with its requests, and where its forms may lead.

use cloakroom::headers::{ContentSecurityPolicy, Directive};

use crate::proofs::steps::sign_in;
use crate::sites::{BANK, Bank, SIBLING, Sites};
use cloakroom_browsers::{Kind, in_both};

#[test]
fn hdr_06_the_referrer_policy_leaves_a_forms_origin_as_it_is() {
    in_both(|browser| {
        let origin_sent = |bank: Bank| {
            let visitor = browser.visitor();
            let (tab, sites) = (visitor.tab(), Sites::serve(bank.router()));
            sign_in(&tab, &sites, "alice");
            tab.run("document.getElementById('transfer').submit()");
            let seen = sites.wait_for(BANK, "/transfer");
            assert_eq!(seen.status, 303, "our own form passes, whatever the policy is");
            assert_eq!(seen.fetch_site.as_deref(), Some("same-origin"));
            (seen.origin, Some(sites.origin(BANK)))
        };
        let (sent, own) = origin_sent(Bank::new());
        assert_eq!(sent, own);
        // Control: the policy that one would think to be the safer one.
        let (sent, _) = origin_sent(Bank::new().with_field("referrer-policy", "no-referrer"));
        assert_eq!(sent.as_deref(), Some("null"));
    });
}

#[test]
fn hdr_05_a_form_leads_to_another_site_only_where_the_policy_says_so() {
    in_both(|browser| {
        let visitor = browser.visitor();
        // Whether the redirect after the form was followed.
        let leaves = |policy: fn(&str) -> ContentSecurityPolicy| {
            // The policy names the port, which is known when the sites are served.
            let first = Sites::serve(Bank::new().router());
            let elsewhere = first.origin(SIBLING);
            let sites = Sites::serve(Bank::new().policy(policy(&elsewhere)).router());
            let tab = visitor.tab();
            tab.open(&sites.url(BANK, &format!("/leave?{elsewhere}/landed")));
            tab.run("document.getElementById('leave').submit()");
            tab.wait_until("location.pathname === '/landed' || blocked.includes('form-action')");
            assert_eq!(sites.count(BANK, "/leave"), 2, "the form itself was sent");
            first.count(SIBLING, "/landed") == 1
        };
        let strict = |_: &str| ContentSecurityPolicy::strict();
        // Firefox looks at the form's own address alone.
        assert_eq!(leaves(strict), browser.kind() == Kind::Firefox);
        // Control: the same with the other origin allowed.
        let allowed = |origin: &str| {
            ContentSecurityPolicy::strict()
                .allow(Directive::FormAction, origin)
                .expect("an origin is a source")
        };
        assert!(leaves(allowed));
    });
}
