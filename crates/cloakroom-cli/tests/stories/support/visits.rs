//! Ways of a browser to a provider and back.

use crate::support::{Answer, Browser, Gateway, Provider};

/// A gateway that trusts a provider.
pub(crate) fn trusting(provider: &Provider, more: &str) -> Gateway {
    Gateway::configured(&format!("{}{more}", provider.table()), &["--log", "debug"])
}

/// Goes to the provider by the button of the sign-in page; the address there.
pub(crate) fn go(browser: &mut Browser, query: &str) -> String {
    let page = browser.get(&format!("/_cloakroom/login{query}"));
    let (_, rest) = page.body.split_once("href=\"/_cloakroom/oidc/begin/main").unwrap();
    let link = rest.split('"').next().unwrap().replace("&amp;", "&");
    let sent = browser.get(&format!("/_cloakroom/oidc/begin/main{link}"));
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.header("location").unwrap().to_owned()
}

pub(crate) fn come_back(browser: &mut Browser, provider: &Provider, location: &str) -> Answer {
    browser.get(&provider.authorize(location))
}

pub(crate) fn sign_in(browser: &mut Browser, provider: &Provider) -> Answer {
    let location = go(browser, "");
    come_back(browser, provider, &location)
}

pub(crate) fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/_cloakroom/account").status == 200
}

pub(crate) fn users(gateway: &Gateway) -> serde_json::Value {
    serde_json::from_slice(&gateway.command(&["user", "list", "--json"], "").stdout).unwrap()
}
