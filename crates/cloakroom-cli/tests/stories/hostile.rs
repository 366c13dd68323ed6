//! Other sites, crafted links and floods.

use crate::support::{Browser, Gateway, PASSWORD};

fn csrf_token(browser: &mut Browser) -> String {
    let page = browser.get("/_cloakroom/account");
    page.form("/_cloakroom/logout").hidden.into_iter().find(|(name, _)| name == "csrf_token").unwrap().1
}

#[test]
fn another_site_can_neither_sign_in_nor_out() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    let token = csrf_token(&mut browser);
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
    ] {
        let login = gateway
            .browser()
            .request("POST", "/_cloakroom/login")
            .header(name, value)
            .form(&[("username", "root"), ("password", PASSWORD)])
            .send();
        assert_eq!((login.status, login.all("set-cookie").len()), (403, 0), "{name}: {value}");
        let logout = browser
            .request("POST", "/_cloakroom/logout")
            .header(name, value)
            .form(&[("csrf_token", &token)])
            .send();
        assert_eq!((logout.status, logout.all("set-cookie").len()), (403, 0), "{name}: {value}");
    }
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
}

#[test]
fn our_own_origin_passes_without_fetch_metadata() {
    let gateway = Gateway::set_up(&[]);
    let origin = format!("http://localhost:{}", gateway.address.port());
    let login = gateway
        .browser()
        .request("POST", "/_cloakroom/login")
        .header("Origin", &origin)
        .form(&[("username", "root"), ("password", PASSWORD)])
        .send();
    assert_eq!(login.status, 303);
}

#[test]
fn a_form_without_the_token_of_its_session_is_refused() {
    let gateway = Gateway::set_up(&[]);
    let (mut mine, mut yours) = (gateway.signed_in(), gateway.signed_in());
    let (my_token, your_token) = (csrf_token(&mut mine), csrf_token(&mut yours));
    assert_eq!(mine.post("/_cloakroom/logout", &[]).status, 403);
    assert_eq!(mine.post("/_cloakroom/logout", &[("csrf_token", "")]).status, 403);
    assert_eq!(mine.post("/_cloakroom/logout", &[("csrf_token", &your_token)]).status, 403);
    assert_eq!(mine.post(&format!("/_cloakroom/logout?csrf_token={my_token}"), &[]).status, 403);
    assert_eq!(
        mine.post("/_cloakroom/account/sessions/revoke-others", &[("csrf_token", &your_token)]).status,
        403
    );
    assert_eq!(yours.get("/_cloakroom/account").status, 200);
    assert_eq!(mine.post("/_cloakroom/logout", &[("csrf_token", &my_token)]).status, 303);
}

#[test]
fn a_user_cannot_end_the_session_of_another() {
    let gateway = Gateway::set_up(&[]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let mut root = gateway.signed_in();
    let mut alice = gateway.browser();
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    let list = gateway.command(&["session", "list", "root", "--json"], "");
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let id = list[0]["id"].as_str().unwrap();
    let token = csrf_token(&mut alice);
    let answer = alice.post(&format!("/_cloakroom/account/sessions/{id}/revoke"), &[("csrf_token", &token)]);
    assert_eq!(answer.status, 404);
    assert_eq!(root.get("/_cloakroom/account").status, 200);
}

#[test]
fn reading_changes_nothing() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    for method in ["GET", "HEAD", "OPTIONS"] {
        browser.request(method, "/_cloakroom/logout").header("Sec-Fetch-Site", "cross-site").send();
        browser.request(method, "/_cloakroom/account/sessions/revoke-others").send();
    }
    assert_eq!(browser.get("/_cloakroom/account/sessions/revoke-others").status, 405);
    assert_eq!(browser.get("/_cloakroom/account").status, 200);
}

#[test]
fn a_sign_in_leads_to_a_local_path_or_home() {
    let gateway = Gateway::set_up(&[]);
    let long = format!("/{}", "a".repeat(10_000));
    for (next, location) in [
        ("/_cloakroom/account/password", "/_cloakroom/account/password"),
        ("/a%2Fb?c=%20d&e", "/a%2Fb?c=%20d&e"),
        ("//evil", "/_cloakroom/account"),
        ("/\\evil", "/_cloakroom/account"),
        ("\\\\evil", "/_cloakroom/account"),
        ("https:evil", "/_cloakroom/account"),
        ("https://evil", "/_cloakroom/account"),
        ("/%09/evil", "/_cloakroom/account"),
        ("/\t/evil", "/_cloakroom/account"),
        ("javascript:alert(1)", "/_cloakroom/account"),
        ("data:x", "/_cloakroom/account"),
        ("/..//evil", "/_cloakroom/account"),
        ("%2f%2fevil", "/_cloakroom/account"),
        (" /evil", "/_cloakroom/account"),
        ("\r/evil", "/_cloakroom/account"),
        (&long, "/_cloakroom/account"),
        ("https://app.example@evil", "/_cloakroom/account"),
        ("/x\r\nSet-Cookie:a=1", "/_cloakroom/account"),
        ("/_cloakroom/logout", "/_cloakroom/account"),
        ("/_cloakroom/login", "/_cloakroom/account"),
    ] {
        let fields = [("username", "root"), ("password", PASSWORD), ("next", next)];
        let answer = gateway.browser().post("/_cloakroom/login", &fields);
        assert_eq!((answer.status, answer.header("location")), (303, Some(location)), "{next:?}");
    }
    let twice = [("username", "root"), ("password", PASSWORD), ("next", "/a"), ("next", "/a")];
    assert_eq!(
        gateway.browser().post("/_cloakroom/login", &twice).header("location"),
        Some("/_cloakroom/account")
    );
}

#[test]
fn a_page_of_ours_leads_to_the_sign_in_page_and_back() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.browser();
    let answer = browser.get("/_cloakroom/account/password");
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(location, "/_cloakroom/login?next=%2F%5Fcloakroom%2Faccount%2Fpassword");
    let page = browser.get(&location);
    let answer = browser.submit(&page, "/_cloakroom/login", &[("username", "root"), ("password", PASSWORD)]);
    assert_eq!(answer.header("location"), Some("/_cloakroom/account/password"));
}

#[test]
fn credentials_are_taken_from_the_body_alone() {
    let gateway = Gateway::set_up(&[]);
    let query: String = PASSWORD.replace(' ', "+");
    let answer = gateway.browser().get(&format!("/_cloakroom/login?username=root&password={query}"));
    assert!(answer.all("set-cookie").is_empty());
    let answer = gateway.browser().post(&format!("/_cloakroom/login?username=root&password={query}"), &[]);
    assert_eq!(answer.status, 400);
    for content_type in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
        let answer = gateway
            .browser()
            .request("POST", "/_cloakroom/login")
            .header("Content-Type", content_type)
            .body("username=root&password=x")
            .send();
        assert_eq!(answer.status, 415, "{content_type}");
    }
}

#[test]
fn a_form_that_is_too_long_is_refused() {
    let gateway = Gateway::set_up(&[]);
    let answer = gateway
        .browser()
        .post("/_cloakroom/login", &[("username", "root"), ("password", &"x".repeat(40_000))]);
    assert_eq!(answer.status, 413);
}

#[test]
fn hostile_cookies_are_no_cookie() {
    let gateway = Gateway::set_up(&[]);
    let signed_in = gateway.signed_in();
    let token = signed_in.jar["__Host-Http-cloakroom"].clone();
    let long = "A".repeat(8192);
    for value in [
        "",
        "x",
        "' OR 1=1--",
        "../../etc/passwd",
        "%00",
        "${jndi:x}",
        "*",
        &long,
        "%0d%0aFLUSHALL",
        "{\"a\":1}",
        &format!("{token}A"),
        &token[1..],
        &token.to_uppercase(),
        &format!("\"{token}\""),
    ] {
        let cookie = format!("__Host-Http-cloakroom={value}");
        let answer = gateway
            .browser()
            .request("GET", "/_cloakroom/account")
            .navigating()
            .header("Cookie", &cookie)
            .send();
        assert_eq!((answer.status, answer.all("set-cookie").len()), (303, 0), "{value}");
    }
    for name in [
        "__HOST-HTTP-CLOAKROOM",
        "__host-http-cloakroom",
        "cloakroom",
        "__Host-cloakroom",
        "=__Host-Http-cloakroom",
    ] {
        let cookie = format!("{name}={token}");
        let answer = gateway
            .browser()
            .request("GET", "/_cloakroom/account")
            .navigating()
            .header("Cookie", &cookie)
            .send();
        assert_eq!(answer.status, 303, "{name}");
    }
}

#[test]
fn every_page_has_the_protective_fields() {
    let gateway = Gateway::set_up(&[]);
    let mut browser = gateway.signed_in();
    for path in [
        "/_cloakroom/login",
        "/_cloakroom/account",
        "/_cloakroom/account/password",
        "/_cloakroom/logout",
        "/_cloakroom/nothing",
        "/nothing",
    ] {
        let answer = browser.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
    let missing = browser.get("/_cloakroom/nothing");
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains(missing.header("x-request-id").unwrap()));
}

#[test]
fn the_style_sheet_may_be_kept_for_good() {
    let gateway = Gateway::start(&[]);
    let mut browser = gateway.browser();
    let page = browser.get("/_cloakroom/login");
    let path = page.body.split('"').find(|text| text.contains("/style-")).unwrap().to_owned();
    let style = browser.get(&path);
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
}

#[test]
fn transport_security_is_promised_behind_a_proxy_that_speaks_tls() {
    let gateway =
        Gateway::start(&["--public-url", "https://login.example.org", "--trusted-proxies", "127.0.0.1"]);
    let answer = gateway.browser().get("/_cloakroom/login");
    assert_eq!(answer.all("strict-transport-security"), ["max-age=63072000; includeSubDomains"]);
}

#[test]
fn two_hundred_sign_ins_at_once_stall_nothing_and_fill_no_memory() {
    let gateway = Gateway::set_up(&[]);
    let address = gateway.address;
    let flood: Vec<_> = (0..200)
        .map(|_| {
            std::thread::spawn(move || {
                let fields = [("username", "root"), ("password", PASSWORD)];
                Browser::new(address, "flood").post("/_cloakroom/login", &fields)
            })
        })
        .collect();
    let mut pages = 0;
    while flood.iter().any(|thread| !thread.is_finished()) {
        assert_eq!(gateway.browser().get("/_cloakroom/login").status, 200);
        pages += 1;
    }
    assert!(pages >= 10, "{pages} other requests were answered meanwhile");
    let answers: Vec<_> = flood.into_iter().map(|thread| thread.join().unwrap()).collect();
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(303) + count(503), 200);
    assert!(count(303) > 0);
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status == 503)
            .all(|answer| answer.header("retry-after").is_some())
    );
    assert!(peak_memory_kib(gateway.process_id()) < 150_000);
}

#[test]
fn behaviour_40_guesses_run_out_for_the_guesser_and_not_for_the_user() {
    let gateway = Gateway::set_up(&["--trusted-proxies", "127.0.0.1"]);
    let try_from = |address: &str, name: &str, password: &str| {
        let fields = [("username", name), ("password", password)];
        let mut browser = gateway.browser();
        browser
            .request("POST", "/_cloakroom/login")
            .navigating()
            .header("X-Forwarded-For", address)
            .form(&fields)
            .send()
    };
    for name in ["root", "nobody-of-this-name"] {
        for _ in 0..20 {
            assert_eq!(try_from("203.0.113.9", name, "a wrong password").status, 401);
        }
        let refused = try_from("203.0.113.9", name, PASSWORD);
        assert_eq!(refused.status, 429, "the same for a name that nobody has");
        let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        assert!(refused.body.contains("Please wait a minute"));
    }
    assert_eq!(try_from("203.0.113.10", "root", PASSWORD).status, 303, "the user is elsewhere");
}

fn peak_memory_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
