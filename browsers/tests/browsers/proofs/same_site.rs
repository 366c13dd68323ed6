//! Which cookies come with which request: the table that the defaults rely on.
//!
//! The site hands out three sessions, one of each kind, so that a row's control stands beside it: where the strict cookie
//! stays away, another comes. Both browsers are told to send cookies to third parties.

use crate::sites::{BANK, EVIL, SIBLING, Seen, Sites, three_cookies};
use cloakroom_browsers::{Browser, Kind, Tab, in_both};

/// A way to cause a request: from a page of `host`, by statements in which `URL` is where it goes.
struct Row {
    what: &'static str,
    host: &'static str,
    statements: &'static str,
    chromium: Came,
    firefox: Came,
}

/// Which cookies came, by the first letters of their kinds, and where the browser says that the request began.
type Came = (&'static str, &'static str);

const LINK: &str =
    "const link = document.createElement('a'); link.href = 'URL'; document.body.append(link); link.click()";
const FORM_GET: &str = "const form = document.createElement('form'); form.action = 'URL'; document.body.append(form); form.submit()";
const FORM_POST: &str = "const form = document.createElement('form'); form.action = 'URL'; form.method = 'post'; document.body.append(form); form.submit()";
const SCRIPTED: &str = "location.href = 'URL'";
const IMG: &str = "new Image().src = 'URL'";
const SCRIPT: &str =
    "const script = document.createElement('script'); script.src = 'URL'; document.head.append(script)";
const IFRAME: &str =
    "const frame = document.createElement('iframe'); frame.src = 'URL'; document.body.append(frame)";
const FETCH: &str = "fetch('URL', { credentials: 'include', mode: 'no-cors' })";
const FETCH_POST: &str =
    "fetch('URL', { credentials: 'include', mode: 'no-cors', method: 'POST', body: 'x' })";
const BEACON: &str = "navigator.sendBeacon('URL', 'x')";
const SOCKET: &str = "new WebSocket('URL'.replace('https:', 'wss:'))";
const PRERENDER_LINK: &str = "const link = document.createElement('link'); link.rel = 'prerender'; link.href = 'URL'; document.head.append(link)";
const PREFETCH_RULES: &str = "const rules = document.createElement('script'); rules.type = 'speculationrules'; rules.textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: ['URL'] }] }); document.head.append(rules)";

const fn both(what: &'static str, host: &'static str, statements: &'static str, came: Came) -> Row {
    Row { what, host, statements, chromium: came, firefox: came }
}

#[test]
fn atr_03_another_site_that_leads_here_brings_lax_cookies_by_get_only() {
    check(&[
        both("link", EVIL, LINK, ("L N", "cross-site")),
        both("location", EVIL, SCRIPTED, ("L N", "cross-site")),
        both("GET form", EVIL, FORM_GET, ("L N", "cross-site")),
        both("POST form", EVIL, FORM_POST, ("N", "cross-site")),
    ]);
}

#[test]
fn atr_03_another_site_that_embeds_us_brings_no_lax_cookie() {
    check(&[
        both("img", EVIL, IMG, ("N", "cross-site")),
        both("script", EVIL, SCRIPT, ("N", "cross-site")),
        both("iframe", EVIL, IFRAME, ("N", "cross-site")),
        both("fetch", EVIL, FETCH, ("N", "cross-site")),
        both("fetch POST", EVIL, FETCH_POST, ("N", "cross-site")),
        both("beacon", EVIL, BEACON, ("N", "cross-site")),
        // Chromium says nothing of where a socket began: `Origin` has to be looked at.
        Row {
            what: "socket",
            host: EVIL,
            statements: SOCKET,
            chromium: ("N", "-"),
            firefox: ("N", "cross-site"),
        },
    ]);
}

#[test]
fn csr_02_a_neighbour_and_the_bank_itself_bring_every_cookie_and_only_their_origin_differs() {
    check(&[
        both("link", SIBLING, LINK, ("S L N", "same-site")),
        both("POST form", SIBLING, FORM_POST, ("S L N", "same-site")),
        both("img", SIBLING, IMG, ("S L N", "same-site")),
        both("fetch POST", SIBLING, FETCH_POST, ("S L N", "same-site")),
        both("link", BANK, LINK, ("S L N", "same-origin")),
        both("POST form", BANK, FORM_POST, ("S L N", "same-origin")),
        both("fetch POST", BANK, FETCH_POST, ("S L N", "same-origin")),
    ]);
}

/// Why every cookie says what it is: for two minutes Chromium sends one that does not, and Firefox always.
#[test]
fn atr_03_a_cookie_that_does_not_say_comes_with_a_forged_post() {
    in_both(|browser| {
        let sites = Sites::serve(three_cookies());
        let visitor = browser.visitor();
        let tab = visitor.tab();
        begin(&tab, &sites);
        tab.open(&sites.url(BANK, "/unset"));
        tab.open(&sites.url(EVIL, "/"));
        tab.run(&FORM_POST.replace("URL", &sites.url(BANK, "/forged")));
        let mut came = sites.wait_for(BANK, "/forged").cookies;
        came.sort();
        assert_eq!(came, ["__Host-none", "__Host-unset"]);
    });
}

/// Chromium does not count a hop over another site against a cookie; the field tells of it in both.
#[test]
fn csr_01_a_way_over_another_site_is_told_by_its_field_and_not_by_the_cookies() {
    let over_evil = |sites: &Sites, path: &str| sites.url(EVIL, &format!("/to?{}", sites.url(BANK, path)));
    check_on(
        &[
            both("link over a redirect", EVIL, LINK, ("L N", "cross-site")),
            both("POST over a redirect", EVIL, FORM_POST, ("N", "cross-site")),
            Row {
                what: "own link over a redirect",
                host: BANK,
                statements: LINK,
                chromium: ("S L N", "cross-site"),
                firefox: ("L N", "cross-site"),
            },
            Row {
                what: "own POST over a redirect",
                host: BANK,
                statements: FORM_POST,
                chromium: ("S L N", "cross-site"),
                firefox: ("N", "cross-site"),
            },
        ],
        Kind::BOTH,
        over_evil,
    );
}

/// Firefox fetches nothing ahead by these.
#[test]
fn csr_08_a_page_fetched_ahead_brings_the_cookies_of_a_visit() {
    check_on(
        &[
            both("link to prerender", EVIL, PRERENDER_LINK, ("L N", "cross-site prefetch")),
            both("rules of a neighbour", SIBLING, PREFETCH_RULES, ("S L N", "none prefetch")),
            both("rules of our own", BANK, PREFETCH_RULES, ("S L N", "none prefetch")),
        ],
        &[Kind::Chromium],
        |sites, path| sites.url(BANK, path),
    );
}

#[test]
fn csr_03_an_address_that_is_typed_began_nowhere_and_brings_every_cookie() {
    in_both(|browser| {
        let sites = Sites::serve(three_cookies());
        let visitor = browser.visitor();
        let tab = visitor.tab();
        begin(&tab, &sites);
        tab.open(&sites.url(BANK, "/typed"));
        assert_eq!(came(&sites.wait_for(BANK, "/typed")), ("S L N".to_owned(), "none".to_owned()));
    });
}

fn check(rows: &[Row]) {
    check_on(rows, Kind::BOTH, |sites, path| sites.url(BANK, path));
}

/// Tries every row, and tells of all that differ.
fn check_on(rows: &[Row], kinds: &[Kind], address: impl Fn(&Sites, &str) -> String + Sync) {
    in_both(|browser| {
        if !kinds.contains(&browser.kind()) {
            return;
        }
        let differ = differing(browser, rows, &address);
        assert!(differ.is_empty(), "{differ:#?}");
    });
}

fn differing(browser: &Browser, rows: &[Row], address: impl Fn(&Sites, &str) -> String) -> Vec<String> {
    let sites = Sites::serve(three_cookies());
    let visitor = browser.visitor();
    let tab = visitor.tab();
    begin(&tab, &sites);
    let differing = rows.iter().enumerate().filter_map(|(number, row)| {
        let path = format!("/row-{number}");
        tab.open(&sites.url(row.host, "/"));
        tab.run(&row.statements.replace("URL", &address(&sites, &path)));
        let seen = sites.wait_for(BANK, &path);
        if seen.is_for_the_tab {
            // It would get into the way of the next row.
            tab.wait_for(BANK, &path);
        }
        let (cookies, site) = came(&seen);
        let expected = if browser.kind() == Kind::Chromium { row.chromium } else { row.firefox };
        let is_as_expected = (cookies.as_str(), site.as_str()) == expected;
        (!is_as_expected)
            .then(|| format!("{} from {}: {cookies:?} {site}, not {expected:?}", row.what, row.host))
    });
    differing.collect()
}

/// Takes all three cookies.
fn begin(tab: &Tab<'_>, sites: &Sites) {
    for number in 0..3 {
        tab.open(&sites.url(BANK, &format!("/begin/{number}")));
    }
}

fn came(seen: &Seen) -> (String, String) {
    let letters = [("__Host-strict", "S"), ("__Host-lax", "L"), ("__Host-none", "N")];
    let came = letters.iter().filter(|(name, _)| seen.cookies.iter().any(|cookie| cookie == name));
    let cookies: Vec<&str> = came.map(|(_, letter)| *letter).collect();
    let site = seen.fetch_site.as_deref().unwrap_or("-");
    let ahead = if seen.purpose.is_some() { " prefetch" } else { "" };
    (cookies.join(" "), format!("{site}{ahead}"))
}
