//! One cookie for every host below a domain, where the operator wants that.

use std::time::Duration;

use crate::support::{Answer, Application, Browser, Gateway, PASSWORD, Surfer, within};

const DOMAIN: &str = "example.localhost";
const LOGIN: &str = "http://login.example.localhost:9000";
const WIKI: &str = "http://wiki.example.localhost:9000";
const SHOP: &str = "http://shop.example.localhost:9000";
const FAR: &str = "http://far.localhost:9000";

const SHARED: &str = "__Secure-cloakroom";

/// A sign-in with two applications in its domain and one elsewhere.
struct Domain {
    gateway: Gateway,
    _application: Application,
}

impl Domain {
    fn open() -> Self {
        let application = Application::start();
        let upstream = application.url();
        let app = |name: &str, origin: &str| {
            format!("[[app]]\nname = \"{name}\"\norigin = \"{origin}\"\nupstream = \"{upstream}\"\n")
        };
        let file = format!(
            "public_url = \"{LOGIN}\"\ncookie_domain = \"{DOMAIN}\"\n{}{}{}",
            app("wiki", WIKI),
            app("shop", SHOP),
            app("far", FAR)
        );
        let gateway = Gateway::configured(&file, &[]);
        for user in ["alice", "mallory"] {
            let added = gateway.command(&["user", "add", user], PASSWORD);
            assert!(added.status.success(), "{added:?}");
        }
        Self { gateway, _application: application }
    }

    fn surfer(&self) -> Surfer {
        Surfer::new(self.gateway.address)
    }

    /// Somebody who has signed in on the way to the wiki; the addresses of the way from the form on.
    fn signed_in(&self, user: &str) -> (Surfer, Vec<String>) {
        let mut surfer = self.surfer();
        let (page, way) = surfer.go(&format!("{WIKI}/page?q=1"));
        let at = way.last().unwrap();
        assert!(at.starts_with(&format!("{LOGIN}/_cloakroom/login?rd=")), "{way:?}");
        let fields = [("username", user), ("password", PASSWORD)];
        let submitted = surfer.submit((&page, at), "/_cloakroom/login", &fields);
        let (arrived, way) = surfer.go(submitted.header("location").unwrap());
        assert_eq!(arrived.status, 200, "{}", arrived.body);
        (surfer, way)
    }

    /// What a proxy is told about a request of this browser.
    fn verify(&self, surfer: &Surfer, host: &str, target: &str) -> Answer {
        let mut asking =
            Browser::spread(std::iter::repeat(self.gateway.address), "127.0.0.1:7464", "a proxy");
        let cookies = surfer.sent_to(host, target);
        let authority = format!("{host}:9000");
        asking
            .request("GET", "/_cloakroom/verify/caddy")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Proto", "http")
            .header("X-Forwarded-Host", &authority)
            .header("X-Forwarded-Uri", target)
            .header("Sec-Fetch-Mode", "navigate")
            .header("Cookie", &cookies)
            .send()
    }

    fn event_kinds(&self) -> Vec<String> {
        let listed = self.gateway.command(&["event", "list", "--json"], "").stdout;
        let events: serde_json::Value = serde_json::from_slice(&listed).unwrap();
        events.as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn one_cookie_opens_every_host_of_the_domain_without_a_hand_over() {
    let domain = Domain::open();
    let (mut alice, way) = domain.signed_in("alice");
    assert_eq!(way, [format!("{WIKI}/page?q=1")], "straight back");
    assert_eq!(alice.ours(), [(SHARED, DOMAIN)]);
    let (shop, way) = alice.go(&format!("{SHOP}/cart"));
    assert_eq!(way.len(), 1, "no redirect at all: {way:?}");
    assert!(shop.body.contains("remote-user: alice"), "{}", shop.body);
    assert!(!shop.body.contains("cloakroom="), "our cookie stays here: {}", shop.body);
    assert_eq!(alice.ours(), [(SHARED, DOMAIN)], "no application sets it");
    let told = domain.verify(&alice, "shop.example.localhost", "/cart");
    assert_eq!((told.status, told.header("remote-user")), (200, Some("alice")));
    assert_eq!(told.header("cookie"), Some("app=1"));
    let (account, _) = alice.go(&format!("{LOGIN}/_cloakroom/account"));
    assert_eq!((account.status, account.body.matches("This session").count()), (200, 1), "it is one session");
}

#[test]
fn the_shared_cookie_says_what_browsers_need_to_share_it_and_nothing_more() {
    let domain = Domain::open();
    let mut browser = domain.surfer();
    let login = format!("{LOGIN}/_cloakroom/login");
    let page = browser.get(&login);
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let signed_in = browser.submit((&page, &login), "/_cloakroom/login", &fields);
    let [line] = signed_in.all("set-cookie").try_into().unwrap();
    let (pair, attributes) = line.split_once("; ").unwrap();
    assert!(pair.starts_with("__Secure-cloakroom="), "{line}");
    let mut attributes: Vec<&str> =
        attributes.split("; ").filter(|text| !text.starts_with("Max-Age=")).collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["Domain=example.localhost", "HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
}

#[test]
fn an_application_outside_the_domain_has_a_cookie_of_its_own_by_a_hand_over() {
    let domain = Domain::open();
    let (mut alice, _) = domain.signed_in("alice");
    let (far, way) = alice.go(&format!("{FAR}/x"));
    assert!(far.body.contains("remote-user: alice"), "{}", far.body);
    assert!(
        way.iter().any(|url| url.starts_with(&format!("{LOGIN}/_cloakroom/hand-over?app=far&"))),
        "{way:?}"
    );
    let (own, flow) = ("__Host-Http-cloakroom", "__Host-Http-cloakroom-flow");
    assert_eq!(alice.ours(), [(own, "far.localhost"), (flow, "far.localhost"), (SHARED, DOMAIN)]);
    let value = |name: &str| alice.cookies.iter().find(|cookie| cookie.name == name).unwrap().value.clone();
    let (own_value, shared_value) = (value(own), value(SHARED));
    let mut swapped = domain.surfer();
    swapped.keep("far.localhost", &format!("{own}={shared_value}; Path=/"));
    swapped.keep("wiki.example.localhost", &format!("{SHARED}={own_value}; Domain={DOMAIN}; Path=/"));
    for url in [FAR, WIKI] {
        assert_eq!(
            swapped.get(&format!("{url}/")).status,
            302,
            "neither is worth anything at the other's: {url}"
        );
    }
}

#[test]
fn signing_out_is_felt_at_every_host_and_takes_the_cookie_away() {
    let domain = Domain::open();
    let (mut alice, _) = domain.signed_in("alice");
    alice.go(&format!("{FAR}/"));
    let (before, logout) = (alice.cookies.clone(), format!("{LOGIN}/_cloakroom/logout"));
    let page = alice.get(&logout);
    alice.submit((&page, &logout), "/_cloakroom/logout", &[]);
    assert!(!alice.ours().contains(&(SHARED, DOMAIN)), "{:?}", alice.ours());
    let mut thief = domain.surfer();
    thief.cookies = before;
    for url in [WIKI, SHOP, FAR] {
        assert_eq!(thief.get(&format!("{url}/")).status, 302, "{url}");
    }
    assert_eq!(domain.verify(&thief, "shop.example.localhost", "/").status, 302);
}

#[test]
fn a_neighbour_that_sets_a_second_cookie_shuts_people_out_and_signs_nobody_in_as_somebody_else() {
    let domain = Domain::open();
    let (mut alice, _) = domain.signed_in("alice");
    let (mallory, _) = domain.signed_in("mallory");
    let theirs = &mallory.cookies.iter().find(|cookie| cookie.name == SHARED).unwrap().value;
    for worthless in ["x", &"A".repeat(64)] {
        alice.keep("blog.example.localhost", &format!("{SHARED}={worthless}; Domain={DOMAIN}; Path=/page"));
        assert!(
            alice.sent_to("wiki.example.localhost", "/page").starts_with(&format!("{SHARED}={worthless}"))
        );
        let page = alice.get(&format!("{WIKI}/page"));
        assert!(
            page.body.contains("remote-user: alice"),
            "what is no session counts for nothing: {}",
            page.body
        );
    }
    alice.keep("blog.example.localhost", &format!("{SHARED}={theirs}; Domain={DOMAIN}; Path=/page"));
    let page = alice.get(&format!("{WIKI}/page"));
    assert_eq!(
        (page.status, page.header("location")),
        (403, None),
        "no way to the sign-in and back, for ever"
    );
    let told = domain.verify(&alice, "wiki.example.localhost", "/page");
    assert_eq!((told.status, told.body.contains("two_sessions")), (403, true), "{}", told.body);
    within(Duration::from_secs(5), "the alarm is written down", || {
        domain.event_kinds().iter().any(|kind| kind == "tokens_ambiguous")
    });
    assert!(
        alice.get(&format!("{WIKI}/other")).body.contains("remote-user: alice"),
        "nobody's session has ended"
    );
}

#[test]
fn whoever_comes_by_an_old_way_of_a_hand_over_goes_on() {
    let domain = Domain::open();
    let (mut alice, _) = domain.signed_in("alice");
    for old in [
        format!("{WIKI}/_cloakroom/begin?to=%2Fpage"),
        format!("{WIKI}/_cloakroom/callback?code=x&to=%2Fpage"),
    ] {
        let (page, way) = alice.go(&old);
        assert_eq!((page.status, way.last().unwrap()), (200, &format!("{WIKI}/page")), "{way:?}");
    }
    let offered = alice.get(&format!("{LOGIN}/_cloakroom/hand-over?app=wiki&challenge=x&to=%2F"));
    assert_eq!(offered.status, 404, "no code is made for an origin that takes none");
}

#[test]
fn check_explain_and_the_log_say_what_a_shared_cookie_means() {
    let domain = Domain::open();
    let log = domain.gateway.log();
    let warned = "every host below example.localhost is sent the session cookie";
    assert!(log.contains("WARN") && log.contains(warned), "{log}");
    let checked = domain.gateway.command(&["check", "--offline"], "");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(
        said.contains(warned) && said.contains("opens wiki, shop without a hand-over, and not far"),
        "{said}"
    );
    assert_eq!(checked.status.code(), Some(1));
    let explain = |url: &str| {
        let said = domain.gateway.command(&["explain", "GET", url, "--user", "alice"], "");
        String::from_utf8(said.stdout).unwrap()
    };
    assert!(
        explain(&format!("{WIKI}/"))
            .contains("__Secure-cloakroom, which every host below example.localhost is sent")
    );
    assert!(
        explain(&format!("{FAR}/")).contains("__Host-Http-cloakroom, of this host alone, by a hand-over")
    );
    for (value, code) in [("localhost", 2), ("example.org", 2)] {
        let refused = domain.gateway.command(&["check", "--offline", "--cookie-domain", value], "");
        assert_eq!(refused.status.code(), Some(code), "{refused:?}");
    }
}
