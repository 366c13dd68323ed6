//! An application at every host of one label below a domain.

use cloakroom_jwt::Refused;

use crate::support::{API, Answer, Application, Browser, Gateway, PASSWORD, Service, Surfer};

const LOGIN: &str = "http://login.apps.localhost:9000";
const WIKI: &str = "http://wiki.apps.localhost:9000";
const ANN: &str = "http://ann.apps.localhost:9000";
const BEN: &str = "http://ben.apps.localhost:9000";

/// A sign-in, an application at every host beside it, and one of them that has a table of its own.
struct Town {
    gateway: Gateway,
    _application: Application,
}

impl Town {
    fn open() -> Self {
        let application = Application::start();
        let upstream = application.url();
        let file = format!(
            r#"
            public_url = "{LOGIN}"
            [[app]]
            name = "homes"
            origin = "http://*.apps.localhost:9000"
            upstream = "{upstream}"
            jwt = true
            [[app.rule]]
            path = "/open/*"
            public = true
            [[app]]
            name = "wiki"
            origin = "{WIKI}"
            upstream = "{upstream}"
            groups = ["ops"]
            "#
        );
        let gateway = Gateway::configured(&file, &[]);
        let added = gateway.command(&["user", "add", "alice", "--group", "staff"], PASSWORD);
        assert!(added.status.success(), "{added:?}");
        Self { gateway, _application: application }
    }

    fn signed_in(&self) -> Surfer {
        let mut surfer = Surfer::new(self.gateway.address);
        let wanted = format!("{ANN}/page?q=1");
        let (page, way) = surfer.go(&wanted);
        let at = way.last().unwrap();
        assert!(at.starts_with(&format!("{LOGIN}/_cloakroom/login?rd=")), "{way:?}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.contains("http://*.apps.localhost:9000"),
            "Chromium would stop after the form: {policy}"
        );
        let fields = [("username", "alice"), ("password", PASSWORD)];
        let submitted = surfer.submit((&page, at), "/_cloakroom/login", &fields);
        let (arrived, way) = surfer.go(submitted.header("location").unwrap());
        assert_eq!(way.last(), Some(&wanted));
        assert!(arrived.body.starts_with("GET /page?q=1 HTTP/1.1"), "{}", arrived.body);
        assert!(arrived.body.contains("host: ann.apps.localhost:9000\r\n"), "{}", arrived.body);
        surfer
    }

    fn browser(&self, authority: &str) -> Browser {
        Browser::spread(std::iter::repeat(self.gateway.address), authority, "a browser")
    }

    /// What a proxy is told about a page of a host.
    fn verify(&self, surfer: &Surfer, host: &str, more: &[(&str, &str)]) -> Answer {
        let mut asking = self.browser("127.0.0.1:7464");
        let (cookies, authority) = (surfer.sent_to(host, "/"), format!("{host}:9000"));
        let request = asking
            .request("GET", "/_cloakroom/verify/caddy")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Proto", "http")
            .header("X-Forwarded-Host", &authority)
            .header("X-Forwarded-Uri", "/")
            .header("Cookie", &cookies);
        more.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    }
}

#[test]
fn each_host_has_a_cookie_of_its_own_by_one_sign_in() {
    let town = Town::open();
    let mut alice = town.signed_in();
    let (ben, way) = alice.go(&format!("{BEN}/x"));
    assert!(
        ben.body.contains("remote-user: alice") && ben.body.contains("host: ben.apps.localhost:9000\r\n"),
        "{}",
        ben.body
    );
    assert!(way.iter().any(|url| url.contains("/_cloakroom/hand-over?app=homes&host=ben&")), "{way:?}");
    let session = "__Host-Http-cloakroom";
    let hosts: Vec<&str> =
        alice.ours().into_iter().filter(|(name, _)| *name == session).map(|(_, host)| host).collect();
    assert_eq!(hosts, ["ann.apps.localhost", "ben.apps.localhost", "login.apps.localhost"]);
    let mut values: Vec<_> = alice
        .cookies
        .iter()
        .filter(|cookie| cookie.name == session)
        .map(|cookie| cookie.value.clone())
        .collect();
    let at_ann = alice
        .cookies
        .iter()
        .find(|cookie| cookie.name == session && cookie.host == "ann.apps.localhost")
        .unwrap();
    let mut thief = Surfer::new(town.gateway.address);
    thief.keep("ben.apps.localhost", &format!("{session}={}; Path=/", at_ann.value));
    assert_eq!(thief.get(&format!("{BEN}/")).status, 302, "the token of one host at another");
    values.sort();
    values.dedup();
    assert_eq!(values.len(), 3);
    let mut asking = town.browser("ben.apps.localhost:9000");
    asking.jar.extend(
        alice
            .cookies
            .iter()
            .filter(|cookie| cookie.host == "ben.apps.localhost")
            .map(|cookie| (cookie.name.clone(), cookie.value.clone())),
    );
    let told =
        asking.request("GET", &format!("{API}/session")).header("X-Requested-With", "fetch").send().json();
    assert_eq!(told["user"]["name"], "alice");
    let page = alice.get(&format!("{LOGIN}/_cloakroom/logout"));
    alice.submit((&page, &format!("{LOGIN}/_cloakroom/logout")), "/_cloakroom/logout", &[]);
    for url in [ANN, BEN] {
        assert_eq!(alice.get(&format!("{url}/")).status, 302, "signed out everywhere: {url}");
    }
}

#[test]
fn the_host_that_has_a_table_of_its_own_is_not_among_them_and_neither_is_the_sign_in() {
    let town = Town::open();
    let mut alice = town.signed_in();
    let (wiki, _) = alice.go(&format!("{WIKI}/"));
    assert_eq!(wiki.status, 403, "its own groups decide: {}", wiki.body);
    assert_eq!(alice.get(&format!("{WIKI}/open/a")).status, 403, "and its own rules");
    for host in ["wiki", "login", "a.b", "", "LOGIN", "*"] {
        let url =
            format!("{LOGIN}/_cloakroom/hand-over?app=homes&host={host}&challenge={}&to=%2F", "A".repeat(43));
        assert_eq!(alice.get(&url).status, 404, "no code for {host:?} by the name of the others");
    }
    assert_eq!(
        alice
            .get(&format!("{LOGIN}/_cloakroom/hand-over?app=homes&challenge={}&to=%2F", "A".repeat(43)))
            .status,
        404
    );
    assert_eq!(alice.get(&format!("{LOGIN}/open/a")).status, 404, "the sign-in is no application");
    for host in ["login.apps.localhost", "apps.localhost", "a.b.apps.localhost", "apps.localhost.evil"] {
        let told = town.verify(&alice, host, &[]);
        assert_eq!((told.status, told.body.contains("unknown_origin")), (400, true), "{host}: {}", told.body);
    }
    assert_eq!(town.verify(&alice, "ann.apps.localhost", &[]).header("remote-user"), Some("alice"));
}

#[test]
fn a_sign_in_leads_to_its_hosts_and_to_no_other() {
    let town = Town::open();
    let mut alice = town.signed_in();
    let leads = |alice: &mut Surfer, rd: &str| {
        let answer = alice.get(&format!("{LOGIN}/_cloakroom/login?rd={rd}"));
        answer.header("location").unwrap().to_owned()
    };
    let new = leads(&mut alice, "http://new.apps.localhost:9000/a?b");
    assert_eq!(new, "http://new.apps.localhost:9000/_cloakroom/begin?to=%2Fa%3Fb");
    for evil in [
        "http://a.b.apps.localhost:9000/",
        "http://apps.localhost:9000/",
        "http://evil@ann.apps.localhost:9000/",
        "http://evil/.apps.localhost:9000/",
        "http://evil%23.apps.localhost:9000/",
        "http://evil%5C.apps.localhost:9000/",
        "http://ann.apps.localhost:9000@evil/",
        "http://ann.apps.localhost:9001/",
        "https://ann.apps.localhost:9000/",
        "http://*.apps.localhost:9000/",
    ] {
        assert_eq!(leads(&mut alice, evil), "/_cloakroom/account", "{evil}");
    }
}

#[test]
fn sockets_and_tokens_are_for_one_host_each() {
    let town = Town::open();
    let mut alice = town.signed_in();
    alice.go(&format!("{BEN}/"));
    let socket = |origin: &str| {
        town.verify(&alice, "ann.apps.localhost", &[("Upgrade", "websocket"), ("Origin", origin)]).status
    };
    assert_eq!((socket(ANN), socket(BEN)), (200, 403));
    let service = |audience: &str| Service::new(LOGIN, audience, town.browser("login.apps.localhost:9000"));
    let told = town.verify(&alice, "ben.apps.localhost", &[]);
    let token = told.header("x-cloakroom-jwt").unwrap();
    assert_eq!(service(BEN).verify(token).unwrap().preferred_username.as_deref(), Some("alice"));
    for other in [ANN, "http://any.apps.localhost:9000", LOGIN] {
        assert_eq!(service(other).verify(token).unwrap_err(), Refused::Audience, "{other}");
    }
}

#[test]
fn explain_check_and_snippet_know_of_many_hosts() {
    let town = Town::open();
    let say = |words: &[&str]| {
        let said = town.gateway.command(words, "");
        (
            String::from_utf8(said.stdout).unwrap() + &String::from_utf8(said.stderr).unwrap(),
            said.status.code(),
        )
    };
    let (explained, _) = say(&["explain", "GET", "http://zoe.apps.localhost:9000/open/a"]);
    assert!(explained.contains("homes") && explained.contains("the rule of /open/*"), "{explained}");
    let (explained, _) = say(&["explain", "GET", &format!("{WIKI}/open/a"), "--user", "alice"]);
    assert!(explained.contains("wiki") && explained.contains("not allowed: 403"), "{explained}");
    let (refused, _) = say(&["explain", "GET", &format!("{LOGIN}/open/a")]);
    assert!(refused.contains("no [[app]] has the origin"), "{refused}");
    let (checked, code) = say(&["check", "--offline"]);
    assert!(checked.contains("http://*.apps.localhost:9000 to http://127.0.0.1:"), "{checked}");
    assert!(checked.contains("homes and wiki are both at") && checked.contains("warnings: 1"), "{checked}");
    assert_eq!(code, Some(1), "which is meant here, and nothing else is found");
    let (refused, code) = say(&["snippet", "nginx"]);
    assert!(refused.contains("homes is at many") && code != Some(0), "{refused}");
}
