//! Proxies that ask whether a request may pass, and applications at origins of their own.

use std::time::Duration;

use cloakroom_jwt::Refused;

use crate::support::{Answer, Application, Browser, Gateway, PASSWORD, Service, within};

pub(crate) const LOGIN: &str = "login.localhost:9000";
pub(crate) const WIKI: &str = "wiki.localhost:9000";
pub(crate) const SHOP: &str = "shop.localhost:9000";

/// A sign-in, a wiki with an open door and a locked room, and a shop.
pub(crate) struct Site {
    pub(crate) gateway: Gateway,
    application: Application,
}

impl Site {
    fn open() -> Self {
        Self::with("", &[])
    }

    /// The same with this line in the wiki's table, and these flags.
    pub(crate) fn with(line: &str, flags: &[&str]) -> Self {
        let application = Application::start();
        let upstream = application.url();
        let file = format!(
            r#"
            public_url = "http://{LOGIN}"
            [[app]]
            name = "wiki"
            origin = "http://{WIKI}"
            upstream = "{upstream}"
            cross_site = "refuse"
            {line}
            [[app.rule]]
            path = "/static/*"
            public = true
            [[app.rule]]
            path = "/ops/*"
            groups = ["ops"]
            [[app]]
            name = "shop"
            origin = "http://{SHOP}"
            upstream = "{upstream}"
            preflight = true
            "#
        );
        let gateway = Gateway::configured(&file, flags);
        let added = gateway
            .command(&["user", "add", "alice", "--group", "staff", "--email", "a@example.org"], PASSWORD);
        assert!(added.status.success(), "{added:?}");
        Self { gateway, application }
    }

    fn browser(&self, host: &str) -> Browser {
        Browser::spread(std::iter::repeat(self.gateway.address), host, "a browser")
    }

    /// Its gateway, and the application behind it.
    pub(crate) fn into_parts(self) -> (Gateway, Application) {
        (self.gateway, self.application)
    }

    pub(crate) fn user(&self) -> User {
        User { login: self.browser(LOGIN), wiki: self.browser(WIKI), shop: self.browser(SHOP) }
    }

    pub(crate) fn ask(&self, family: &str, jar: &Browser, fields: &[(&str, &str)]) -> Answer {
        let mut asking = self.browser("127.0.0.1:7464");
        asking.jar.clone_from(&jar.jar);
        let mut request = asking.request("GET", &format!("/_cloakroom/verify/{family}"));
        for (name, value) in fields {
            request = request.header(name, value);
        }
        request.send()
    }

    /// What Caddy asks about a page load of the wiki.
    pub(crate) fn page(&self, jar: &Browser, target: &str) -> Answer {
        self.ask("caddy", jar, &[&asked("GET", WIKI, target)[..], &[("Sec-Fetch-Mode", "navigate")]].concat())
    }
}

pub(crate) fn asked<'a>(method: &'a str, host: &'a str, target: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("X-Forwarded-Method", method),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", host),
        ("X-Forwarded-Uri", target),
    ]
}

/// One browser, with a jar for each host.
pub(crate) struct User {
    pub(crate) login: Browser,
    pub(crate) wiki: Browser,
    pub(crate) shop: Browser,
}

impl User {
    fn at(&mut self, host: &str) -> &mut Browser {
        match host {
            LOGIN => &mut self.login,
            WIKI => &mut self.wiki,
            SHOP => &mut self.shop,
            other => panic!("no host {other}"),
        }
    }

    /// Follows redirects until there are none; returns the last answer and where it was.
    pub(crate) fn go(&mut self, url: &str) -> (Answer, String) {
        let mut url = url.to_owned();
        for _ in 0..10 {
            let rest = url.strip_prefix("http://").unwrap();
            let (host, path) = rest.split_at(rest.find('/').unwrap());
            let answer = self.at(host).get(path);
            let Some(next) = answer.header("location") else { return (answer, url) };
            url = if next.starts_with('/') { format!("http://{host}{next}") } else { next.to_owned() };
        }
        panic!("redirects go round in a circle at {url}");
    }

    /// Opens a page, signs in, and is where the browser wanted to go.
    pub(crate) fn sign_in_on_the_way_to(&mut self, url: &str) -> Answer {
        let (page, at) = self.go(url);
        assert!(at.starts_with(&format!("http://{LOGIN}/_cloakroom/login?rd=")), "{at}");
        let submitted =
            self.login.submit(&page, "/_cloakroom/login", &[("username", "alice"), ("password", PASSWORD)]);
        let (arrived, at) = self.go(submitted.header("location").unwrap());
        assert_eq!(at, url);
        arrived
    }
}

fn fields<'a>(answer: &'a Answer, names: &[&str]) -> Vec<Option<&'a str>> {
    names.iter().map(|name| answer.header(name)).collect()
}

#[test]
fn a_sign_in_on_the_way_to_an_application_leads_back_to_the_page_with_its_query() {
    let site = Site::open();
    let mut user = site.user();
    let arrived = user.sign_in_on_the_way_to(&format!("http://{SHOP}//a%2Fb?q=1&r=%20"));
    assert!(arrived.body.starts_with("GET //a%2Fb?q=1&r=%20 HTTP/1.1"), "{}", arrived.body);
    assert!(arrived.body.contains("remote-user: alice"), "{}", arrived.body);
    assert!(!arrived.body.contains("cloakroom="), "our cookies stay here: {}", arrived.body);
    let (at_the_wiki, at) = user.go(&format!("http://{WIKI}/page"));
    assert_eq!((at_the_wiki.status, at), (200, format!("http://{WIKI}/page")), "no second sign-in");
    let tokens = [&user.login, &user.wiki, &user.shop].map(|host| host.jar["__Host-Http-cloakroom"].clone());
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2], "each origin has a token of its own");
}

#[test]
fn every_proxy_is_told_the_same_of_a_signed_in_user() {
    let site = Site::open();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    user.wiki.jar.remove("app");
    user.wiki.jar.insert("theme".to_owned(), "dark".to_owned());
    let url = format!("http://{WIKI}/a?b");
    let nginx = [("X-Original-URL", url.as_str()), ("X-Original-Method", "GET")];
    let parts = asked("GET", WIKI, "/a?b");
    let envoy = [("Host", WIKI), ("X-Forwarded-Proto", "http")];
    for (family, fields) in [
        ("nginx", &nginx[..]),
        ("caddy", &parts),
        ("traefik", &parts),
        ("haproxy", &parts),
        ("envoy/a?b", &envoy),
    ] {
        let answer = site.ask(family, &user.wiki, fields);
        assert_eq!(answer.status, 200, "{family} {}", answer.body);
        assert_eq!(answer.body, "");
        let told =
            ["remote-user", "remote-groups", "remote-name", "remote-email", "x-cloakroom-aal", "cookie"];
        let expected = ["alice", "staff", "alice", "a@example.org", "1", "theme=dark"];
        assert_eq!(self::fields(&answer, &told), expected.map(Some), "{family}");
        assert_eq!(answer.header("content-length"), Some("0"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.all("set-cookie"), [""; 0]);
    }
    assert!(
        site.ask("envoy/a", &user.wiki, &envoy)
            .header("x-envoy-auth-headers-to-remove")
            .unwrap()
            .contains("remote_user")
    );
}

#[test]
fn an_application_gets_tokens_of_its_own_if_it_is_to_get_any() {
    let site = Site::with("jwt = true", &[]);
    let mut user = site.user();
    let handed_on = user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    assert!(user.go(&format!("http://{SHOP}/")).0.body.contains("x-cloakroom-jwt: \r\n"));
    let issuer = format!("http://{LOGIN}");
    let service = |audience: &str| Service::new(&issuer, &format!("http://{audience}"), site.browser(LOGIN));
    let told = site.page(&user.wiki, "/");
    let token = told.header("x-cloakroom-jwt").unwrap();
    assert!(handed_on.body.contains(token), "one token, whichever way the request takes");
    let alice = service(WIKI).verify(token).unwrap();
    assert_eq!(
        (alice.preferred_username.as_deref(), &alice.groups[..]),
        (Some("alice"), &["staff".into()][..])
    );
    assert_eq!(alice.session.unwrap().to_string(), told.header("x-cloakroom-session").unwrap());
    assert_eq!(service(SHOP).verify(token), Err(Refused::Audience));
    let nobody = site.page(&site.browser(WIKI), "/static/a");
    assert_eq!((nobody.status, nobody.header("x-cloakroom-jwt")), (200, Some("")));
}

#[test]
fn a_stranger_is_led_to_sign_in_and_a_script_is_told_to() {
    let site = Site::open();
    let stranger = site.browser(WIKI);
    let login =
        format!("http://{LOGIN}/_cloakroom/login?rd=http%3A%2F%2Fwiki%2Elocalhost%3A9000%2Fa%3Fb%3Dc");
    let page = site.page(&stranger, "/a?b=c");
    assert_eq!((page.status, page.header("location")), (302, Some(login.as_str())));
    let url = format!("http://{WIKI}/a?b=c");
    let nginx = [("X-Original-URL", url.as_str()), ("X-Original-Method", "GET"), ("Accept", "text/html")];
    let page = site.ask("nginx", &stranger, &nginx);
    assert_eq!((page.status, page.header("location")), (401, Some(login.as_str())), "nginx knows no 302");
    let posted = [&asked("POST", WIKI, "/form")[..], &[("Accept", "text/html")]].concat();
    let posted = site.ask("traefik", &stranger, &posted);
    assert_eq!(posted.status, 303);
    assert!(posted.header("location").unwrap().ends_with("%2F&lost=POST"), "{posted:?}");
    for more in [("Sec-Fetch-Mode", "cors"), ("X-Requested-With", "XMLHttpRequest"), ("Upgrade", "websocket")]
    {
        let script = site.ask("haproxy", &stranger, &[&asked("GET", WIKI, "/data")[..], &[more]].concat());
        assert_eq!((script.status, script.header("location")), (401, None), "{more:?}");
        assert!(
            script.body.starts_with(r#"{"error":"session_required","login_url":"http://login"#),
            "{}",
            script.body
        );
        assert!(script.header("x-cloakroom-login").unwrap().starts_with("http://login.localhost:9000/"));
        assert!(script.header("www-authenticate").unwrap().starts_with("Cloakroom realm=\"wiki\""));
        assert_eq!(script.header("connection"), Some("close"), "HAProxy would wait for more");
    }
}

#[test]
fn rules_decide_by_path_and_a_path_that_could_be_another_meets_them_all() {
    let site = Site::open();
    let stranger = site.browser(WIKI);
    let open = site.page(&stranger, "/static/a.css?x=/ops/");
    assert_eq!((open.status, open.header("remote-user")), (200, Some("")), "open, and the whole set is sent");
    for target in
        ["/static/../ops/", "/static//a.css", "/static/%2e%2e/x", "/static;a/b", "/x?/static/", "/static%2fa"]
    {
        assert_eq!(site.page(&stranger, target).status, 302, "{target}");
    }
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    let refused = site.page(&user.wiki, "/ops/");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("<strong>alice</strong>, and this part of"), "{}", refused.body);
    assert_eq!(site.page(&user.wiki, "/x/../ops/").status, 403, "as if it were the locked room");
    assert_eq!(site.page(&user.wiki, "/static/a.css").header("remote-user"), Some("alice"));
    let edited = site.gateway.command(&["user", "edit", "alice", "--add-group", "ops"], "");
    assert!(edited.status.success(), "{edited:?}");
    within(Duration::from_secs(5), "a group is felt without a new sign-in", || {
        site.page(&user.wiki, "/ops/").status == 200
    });
}

#[test]
fn what_another_site_causes_is_kept_from_the_application() {
    let site = Site::open();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    let ask = |method, more: (&str, &str)| {
        site.ask("caddy", &user.wiki, &[&asked(method, WIKI, "/")[..], &[more]].concat()).status
    };
    assert_eq!(ask("POST", ("Sec-Fetch-Site", "cross-site")), 403);
    assert_eq!(ask("POST", ("Sec-Fetch-Site", "same-site")), 200);
    assert_eq!(ask("GET", ("Sec-Fetch-Site", "cross-site")), 200);
    let socket = |origin: &str| {
        let more = [("Upgrade", "websocket"), ("Origin", origin)];
        site.ask("caddy", &user.wiki, &[&asked("GET", WIKI, "/")[..], &more].concat()).status
    };
    assert_eq!(socket("http://shop.localhost:9000"), 403, "a sibling sub-domain");
    assert_eq!(socket("http://wiki.localhost:9000"), 200);
    let preflight = [("Access-Control-Request-Method", "POST")];
    let preflight = |host| {
        site.ask("caddy", &site.browser(host), &[&asked("OPTIONS", host, "/")[..], &preflight].concat())
            .status
    };
    assert_eq!((preflight(WIKI), preflight(SHOP)), (401, 200));
}

#[test]
fn signing_out_is_felt_at_every_origin_at_once() {
    let site = Site::open();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    user.go(&format!("http://{SHOP}/"));
    let page = user.login.get("/_cloakroom/logout");
    user.login.submit(&page, "/_cloakroom/logout", &[]);
    assert_eq!(site.page(&user.wiki, "/").status, 302);
    let (_, at) = user.go(&format!("http://{SHOP}/"));
    assert!(at.starts_with(&format!("http://{LOGIN}/_cloakroom/login")), "{at}");
}

#[test]
fn a_token_of_one_origin_opens_no_other() {
    let site = Site::open();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    let at_the_shop = site.ask("caddy", &user.wiki, &asked("GET", SHOP, "/"));
    assert_eq!(at_the_shop.status, 401, "the wiki's token at the shop");
    assert_eq!(site.page(&user.login, "/").status, 302, "the sign-in's token at the wiki");
    let mut thief = site.browser(LOGIN);
    thief.jar.clone_from(&user.wiki.jar);
    assert_eq!(thief.get("/_cloakroom/account").status, 303, "the wiki's token at the sign-in");
}

#[test]
fn a_code_is_worth_nothing_in_another_browser_and_nothing_twice() {
    let site = Site::open();
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    let begun = user.shop.get("/_cloakroom/begin?to=%2Fcart");
    let handed =
        user.login.get(begun.header("location").unwrap().strip_prefix(&format!("http://{LOGIN}")).unwrap());
    let callback =
        handed.header("location").unwrap().strip_prefix(&format!("http://{SHOP}")).unwrap().to_owned();
    let mut victim = site.browser(SHOP);
    victim.get("/_cloakroom/begin?to=%2F");
    assert_eq!(victim.get(&callback).status, 400, "planted in a browser that holds another secret");
    assert_eq!(site.browser(SHOP).get(&callback).status, 400, "in a browser that holds none");
    let arrived = user.shop.get(&callback);
    assert_eq!((arrived.status, arrived.header("location")), (303, Some("http://shop.localhost:9000/cart")));
    user.shop.jar.remove("__Host-Http-cloakroom");
    assert_eq!(user.shop.get(&callback).status, 400, "it was used");
}

#[test]
fn a_question_that_a_client_could_have_meddled_with_is_no_question() {
    let site = Site::open();
    let stranger = site.browser(WIKI);
    let url = format!("http://{WIKI}/static/a");
    let nginx = [("X-Original-URL", url.as_str()), ("X-Original-Method", "GET")];
    let with = |more: &[(&str, &str)]| site.ask("nginx", &stranger, &[&nginx[..], more].concat()).status;
    assert_eq!(with(&[]), 200);
    assert_eq!(with(&[("X-Original-URL", "http://wiki.localhost:9000/")]), 400);
    assert_eq!(with(&[("X_Original_URL", "http://wiki.localhost:9000/")]), 400);
    let parts = asked("GET", WIKI, "/ops/");
    assert_eq!(with(&parts), 200, "another family's fields are not read");
    assert_eq!(site.ask("caddy", &stranger, &nginx).status, 400);
    for (host, target) in
        [("evil.localhost:9000", "/"), (WIKI, "/a#b"), (WIKI, "a"), ("wiki.localhost:9000@evil", "/")]
    {
        assert_eq!(site.ask("caddy", &stranger, &asked("GET", host, target)).status, 400, "{host}{target}");
    }
    assert_eq!(site.ask("apache", &stranger, &[]).status, 404);
}

#[test]
fn explain_says_which_rule_decides_and_what_leaves() {
    let site = Site::open();
    let explain = |url: &str, more: &[&str]| {
        let said = site.gateway.command(&[&["explain", "GET", url][..], more].concat(), "");
        String::from_utf8(said.stdout).unwrap() + &String::from_utf8(said.stderr).unwrap()
    };
    let wiki = format!("http://{WIKI}");
    let open = explain(&format!("{wiki}/static/a.css"), &[]);
    assert!(open.contains("the rule of /static/*") && open.contains("pass: everybody may"), "{open}");
    let locked = explain(&format!("{wiki}/ops/x"), &["--user", "alice"]);
    assert!(locked.contains("the rule of /ops/*") && locked.contains("not allowed: 403"), "{locked}");
    assert!(!locked.contains("remote-user"), "{locked}");
    let odd = explain(&format!("{wiki}/static/../x"), &["--user", "alice"]);
    assert!(odd.contains("all of its rules, since programs read /static/../x in different ways"), "{odd}");
    let page = explain(&format!("{wiki}/page"), &["--user", "alice"]);
    assert!(page.contains("no rule is about GET /page") && page.contains("remote-email"), "{page}");
    assert!(explain(&format!("{wiki}/page"), &[]).contains("sign in: a page is led there"));
    assert!(
        explain("http://evil.localhost/", &[]).contains("no [[app]] has the origin http://evil.localhost")
    );
}

#[test]
fn check_shows_the_applications_too() {
    let site = Site::open();
    let said = site.gateway.command(&["check"], "");
    let said = String::from_utf8(said.stdout).unwrap();
    let wiki = said.lines().find(|line| line.starts_with("app wiki")).unwrap();
    assert!(wiki.contains(&format!("http://{WIKI} to http://127.0.0.1:")), "{wiki}");
    assert!(wiki.contains("for every user, 2 rules") && wiki.contains("cloakroom.toml, line "), "{wiki}");
}

#[test]
fn log_02_no_secret_is_in_the_log_of_a_gateway_that_tells_everything() {
    let site = Site::with("", &["--log", "trace"]);
    let mut user = site.user();
    let mut secrets = vec![PASSWORD.to_owned()];
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/"));
    let begun = user.shop.get("/_cloakroom/begin?to=%2Fcart");
    let handed =
        user.login.get(begun.header("location").unwrap().strip_prefix(&format!("http://{LOGIN}")).unwrap());
    let callback = handed.header("location").unwrap().to_owned();
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
    secrets.push(code.to_owned());
    user.shop.get(callback.strip_prefix(&format!("http://{SHOP}")).unwrap());
    let page = user.login.get("/_cloakroom/account/password");
    let form = page.form("/_cloakroom/account/password");
    secrets
        .extend(form.hidden.iter().filter(|(name, _)| name == "csrf_token").map(|(_, value)| value.clone()));
    let new = "another otter, another lantern";
    let fields = [("password", PASSWORD), ("new_password", new), ("repeated", new)];
    assert_eq!(user.login.submit(&page, "/_cloakroom/account/password", &fields).status, 303);
    secrets.push(new.to_owned());
    assert_eq!(site.browser(LOGIN).sign_in("alice", "a wrong password of mine").status, 401);
    secrets.push("a wrong password of mine".to_owned());
    for jar in [&user.login.jar, &user.wiki.jar, &user.shop.jar] {
        let ours = jar.iter().filter(|(name, _)| name.starts_with("__Host-"));
        secrets.extend(ours.map(|(_, value)| value.clone()));
    }
    assert!(secrets.len() >= 10 && secrets.iter().all(|secret| secret.len() >= 16), "{secrets:?}");
    let log = site.gateway.log();
    assert!(log.contains("TRACE") && log.contains("signed_in"), "the log tells everything");
    let encoded = |secret: &str| secret.replace(' ', "+").replace(',', "%2C");
    for secret in secrets {
        assert!(!log.contains(&secret) && !log.contains(&encoded(&secret)), "{secret} is in the log");
    }
}
