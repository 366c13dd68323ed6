//! A script that an attacker got into a page of the bank.

use cloakroom::CookiePolicy;

use crate::proofs::steps::{sign_in, who};
use crate::sites::{BANK, Bank, EVIL, Sites};
use cloakroom_browsers::{Tab, in_both};

#[test]
fn atr_02_no_script_reads_the_session_cookie() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let (tab, sites) = (visitor.tab(), Sites::serve(Bank::new().router()));
        sign_in(&tab, &sites, "alice");
        assert_eq!(visitor.cookies().len(), 1, "there is one to be read");
        assert_eq!(readable(&tab), "");

        // Control: another cookie of the same site, without HttpOnly.
        tab.open(&sites.url(BANK, "/readable"));
        assert_eq!(readable(&tab), "__Host-readable");
    });
}

/// The names of the cookies that a script of the page sees, by both of its ways.
fn readable(tab: &Tab<'_>) -> String {
    let old = tab.value_of("document.cookie.split('; ').map((pair) => pair.split('=')[0]).join(' ')");
    let new = tab.value_of("cookieStore.getAll().then((all) => all.map((cookie) => cookie.name).join(' '))");
    assert_eq!(old, new);
    old.as_str().expect("a text").to_owned()
}

#[test]
fn pfx_05_no_script_plants_a_cookie_whose_name_says_http() {
    in_both(|browser| {
        let plants = |cookie: CookiePolicy| {
            let name = cookie.name().to_string();
            let visitor = browser.visitor();
            let (tab, sites) = (visitor.tab(), Sites::serve(Bank::new().cookie(cookie).router()));
            tab.open(&sites.url(BANK, "/hello"));
            tab.run(&format!("document.cookie = '{name}=planted; Path=/; Secure; SameSite=Lax'"));
            tab.value_of(&format!(
                "cookieStore.set({{ name: '{name}', value: 'planted', path: '/' }}).catch(() => null)"
            ));
            visitor.cookies().iter().any(|cookie| cookie.name == name && cookie.value == "planted")
        };
        assert!(!plants(CookiePolicy::host_http("sid").into()));
        // Control: the other prefix, when the visitor has no cookie yet.
        assert!(plants(CookiePolicy::host("sid").into()));
    });
}

#[test]
fn pfx_01_a_script_shadows_no_session_whose_name_says_host() {
    in_both(|browser| {
        let after_the_attack = |cookie: CookiePolicy| {
            let name = cookie.name().to_string();
            let sites = Sites::serve(Bank::new().cookie(cookie).router());
            let hers = sites.cookie_of("/sign-in", "user=mallory");
            let visitor = browser.visitor();
            let tab = visitor.tab();
            sign_in(&tab, &sites, "alice");
            // A longer path comes first in the request.
            tab.run(&format!("document.cookie = '{name}={hers}; Path=/me; Secure'"));
            who(&tab, &sites)
        };
        assert_eq!(after_the_attack(CookiePolicy::host("sid").into()), "alice");
        // Control: a plain name. The library does not choose between two live sessions, so the victim is signed out.
        assert_ne!(after_the_attack(CookiePolicy::insecure_for_localhost("sid").into()), "alice");
    });
}

/// Each would leave its name in `ran`.
const INJECTIONS: &str = r#"<script>ran.push("inline")</script><script nonce="guessed">ran.push("wrong nonce")</script>
    <img src="/no-such-picture" onerror="ran.push('handler')"><svg onload="ran.push('svg')"></svg>
    <iframe src="javascript:parent.ran.push('address')"></iframe>"#;

#[test]
fn hdr_05_no_injected_script_runs_under_the_policy() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let searched = |bank: Bank| {
            let sites = Sites::serve(bank.router());
            let injected: Vec<String> = INJECTIONS.bytes().map(|octet| format!("{octet:02x}")).collect();
            tab.open(&sites.url(BANK, &format!("/search?{}", injected.concat())));
            tab.wait_until("ran.length + blocked === 6");
            tab.value_of("ran.sort().join(', ')")
        };
        assert_eq!(searched(Bank::new()), "ours");
        // Control: the same page without the policy.
        let all = "address, handler, inline, ours, svg, wrong nonce";
        assert_eq!(searched(Bank::new().without_field("content-security-policy")), all);
    });
}

#[test]
fn hdr_05_no_other_site_frames_a_page() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let tab = visitor.tab();
        let times_shown = |bank: Bank| {
            let sites = Sites::serve(bank.router());
            tab.open(&sites.url(EVIL, "/"));
            let frame = format!(
                "new Promise((done) => {{ const frame = document.createElement('iframe');
                 frame.onload = () => done(true); frame.src = '{}'; document.body.append(frame); }})",
                sites.url(BANK, "/hello")
            );
            tab.value_of(&frame);
            assert_eq!(sites.count(BANK, "/hello"), 1, "the frame was asked for");
            // Only a page that is shown asks for its script, and it has come before the page is loaded.
            sites.count(BANK, "/page-guard.js")
        };
        assert_eq!(times_shown(Bank::new()), 0);
        assert_eq!(times_shown(Bank::new().without_field("x-frame-options")), 0, "the policy alone");
        assert_eq!(
            times_shown(Bank::new().without_field("content-security-policy")),
            0,
            "the older field alone"
        );
        // Control: neither. The script is loaded by its address, so it needs no policy.
        let bare = Bank::new().without_field("content-security-policy").without_field("x-frame-options");
        assert_eq!(times_shown(bare), 1);
    });
}

/// That what the other proofs look at is what there is.
#[test]
fn the_jar_is_what_the_browser_sends_and_a_visitor_has_their_own() {
    in_both(|browser| {
        let visitor = browser.visitor();
        let (tab, sites) = (visitor.tab(), Sites::serve(Bank::new().router()));
        sign_in(&tab, &sites, "alice");
        assert_eq!(who(&tab, &sites), "alice");
        assert_eq!(sites.wait_for(BANK, "/me").cookies, ["__Host-sid"]);
        let cookie = visitor.cookies().remove(0);
        assert_eq!((cookie.name.as_str(), cookie.domain.as_str()), ("__Host-sid", BANK));
        // Another visitor of the same browser has nothing of it.
        assert_eq!(who(&browser.visitor().tab(), &sites), "nobody");
    });
}
