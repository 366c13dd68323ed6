//! Signing in by a provider, as its users see it.

use serde_json::json;

use crate::support::{Answer, Browser, Gateway, Grant, Provider};

/// A gateway that trusts a provider.
fn trusting(provider: &Provider, more: &str) -> Gateway {
    Gateway::configured(&format!("{}{more}", provider.table()), &["--log", "debug"])
}

/// Goes to the provider by the button of the sign-in page; the address there.
fn go(browser: &mut Browser, query: &str) -> String {
    let page = browser.get(&format!("/_cloakroom/login{query}"));
    let (_, rest) = page.body.split_once("href=\"/_cloakroom/oidc/begin/main").unwrap();
    let link = rest.split('"').next().unwrap().replace("&amp;", "&");
    let sent = browser.get(&format!("/_cloakroom/oidc/begin/main{link}"));
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.header("location").unwrap().to_owned()
}

fn come_back(browser: &mut Browser, provider: &Provider, location: &str) -> Answer {
    browser.get(&provider.authorize(location))
}

fn sign_in(browser: &mut Browser, provider: &Provider) -> Answer {
    let location = go(browser, "");
    come_back(browser, provider, &location)
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

fn users(gateway: &Gateway) -> serde_json::Value {
    serde_json::from_slice(&gateway.command(&["user", "list", "--json"], "").stdout).unwrap()
}

#[test]
fn a_newcomer_signs_in_and_comes_to_where_they_wanted_to_go() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    let location = go(&mut browser, "?next=%2F_cloakroom%2Faccount%3Fended");
    let grant = Grant::of(&location);
    assert_eq!(grant.get("scope"), "openid profile email");
    let origin = format!("http://localhost:{}", gateway.address.port());
    assert_eq!(grant.get("redirect_uri"), format!("{origin}/_cloakroom/oidc/callback"));
    let back = come_back(&mut browser, &provider, &location);
    assert_eq!(
        (back.status, back.header("location")),
        (303, Some("/_cloakroom/account?ended")),
        "{}",
        back.body
    );
    assert!(is_signed_in(&mut browser));
    let alice = &users(&gateway)[0];
    assert_eq!((&alice["name"], &alice["role"]), (&json!("alice"), &json!("member")));
    assert_eq!((&alice["display_name"], &alice["email"]), (&json!("Alice A."), &json!("alice@example.org")));
}
