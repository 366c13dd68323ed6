//! Signing out at a provider and by a provider.

use serde_json::json;

use crate::support::visits::{come_back, go, is_signed_in, sign_in, trusting};
use crate::support::{Answer, Browser, Gateway, Grant, Provider, Signing, now_in_seconds};

fn tell(gateway: &Gateway, token: &str) -> Answer {
    let fields = [("logout_token", token)];
    gateway.browser().request("POST", "/_cloakroom/oidc/backchannel-logout").form(&fields).send()
}

#[test]
fn the_provider_ends_one_session_or_all_of_a_user() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browsers: Vec<Browser> = (0..4).map(|_| gateway.browser()).collect();
    for (number, browser) in browsers.iter_mut().enumerate() {
        provider.scene().claims = json!({"sid": format!("sid-{}", number / 2)});
        assert_eq!(sign_in(browser, &provider).status, 303);
    }
    let mut live = || browsers.iter_mut().map(is_signed_in).collect::<Vec<_>>();
    let told = tell(&gateway, &provider.logout_token(&json!({"sid": "sid-0", "jti": "1"})));
    assert_eq!((told.status, told.header("cache-control")), (200, Some("no-store")));
    assert_eq!(live(), [false, false, true, true]);
    assert_eq!(tell(&gateway, &provider.logout_token(&json!({"sub": "alice-1", "jti": "2"}))).status, 200);
    assert_eq!(live(), [false; 4]);
    let nobody = provider.logout_token(&json!({"sub": "nobody", "jti": "3"}));
    assert_eq!(tell(&gateway, &nobody).status, 200, "who has no session is signed out");
    assert_eq!(tell(&gateway, &nobody).status, 400, "once");
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303, "and may come back");
}

#[test]
fn a_logout_token_that_is_not_in_order_ends_nothing() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    assert_eq!(sign_in(&mut browser, &provider).status, 303);
    for (signing, changes) in [
        (Signing::None, json!({"sub": "alice-1"})),
        (Signing::PublicKeyAsSecret, json!({"sub": "alice-1"})),
        (Signing::Wrong, json!({"sub": "alice-1"})),
        (Signing::Right, json!({"sub": "alice-1", "aud": "them"})),
        (Signing::Right, json!({"sub": "alice-1", "iss": "https://evil.example"})),
        (Signing::Right, json!({"sub": "alice-1", "nonce": "n"})),
        (Signing::Right, json!({"sub": "alice-1", "events": null})),
        (Signing::Right, json!({"sub": "alice-1", "exp": now_in_seconds() - 61})),
        (Signing::Right, json!({"sub": "alice-1", "jti": null})),
        (Signing::Right, json!({})),
    ] {
        provider.scene().signing = signing;
        let told = tell(&gateway, &provider.logout_token(&changes));
        assert_eq!((told.status, told.header("cache-control")), (400, Some("no-store")), "{changes}");
    }
    assert_eq!(tell(&gateway, "x").status, 400);
    let none: [(&str, &str); 0] = [];
    assert_eq!(gateway.browser().post("/_cloakroom/oidc/backchannel-logout", &none).status, 400);
    assert!(is_signed_in(&mut browser));
    let log = gateway.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("provider_sign_out_refused")).collect();
    assert_eq!(lines.len(), 12, "one each: {log}");
    assert!(
        lines[2].contains("provider main: ") && lines[10].contains("of no provider of ours"),
        "{lines:?}"
    );
}

#[test]
fn a_sign_in_that_is_under_way_loses_to_the_end_of_its_session_at_the_provider() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    for about in [json!({"sid": "sid-1", "jti": "1"}), json!({"sub": "alice-1", "jti": "2"})] {
        let mut browser = gateway.browser();
        let location = go(&mut browser, "");
        assert_eq!(tell(&gateway, &provider.logout_token(&about)).status, 200);
        assert_eq!(come_back(&mut browser, &provider, &location).status, 400, "{about}");
        assert!(!is_signed_in(&mut browser));
    }
    assert!(gateway.log().contains("the provider has ended the session meanwhile"));
}

#[test]
fn a_sign_out_leads_on_to_the_provider_if_the_configuration_says_so() {
    for (setting, leads_on) in [("sign_out = \"provider\"\n", true), ("", false)] {
        let provider = Provider::start();
        let gateway = trusting(&provider, setting);
        let mut browser = gateway.browser();
        assert_eq!(sign_in(&mut browser, &provider).status, 303);
        let page = browser.get("/_cloakroom/logout");
        let done = browser.submit(&page, "/_cloakroom/logout", &[]);
        assert!(!is_signed_in(&mut browser));
        let Some(refresh) = done.header("refresh") else {
            assert_eq!((leads_on, done.status), (false, 303));
            continue;
        };
        let location = refresh.strip_prefix("0; url=").unwrap();
        assert!(leads_on && location.starts_with(&format!("{}/end?x=1&", provider.issuer())), "{location}");
        let grant = Grant::of(location);
        let origin = format!("http://localhost:{}", gateway.address.port());
        assert_eq!(grant.get("post_logout_redirect_uri"), format!("{origin}/_cloakroom/logout"));
        assert_eq!(grant.get("client_id"), "us");
    }
}

#[test]
fn a_provider_that_names_sessions_only_when_it_ends_them_is_understood() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let (mut nameless, mut named) = (gateway.browser(), gateway.browser());
    assert_eq!(sign_in(&mut named, &provider).status, 303);
    provider.scene().claims = json!({"sid": null});
    assert_eq!(sign_in(&mut nameless, &provider).status, 303);
    let mut late = gateway.browser();
    let location = go(&mut late, "");
    let about = json!({"sid": "another", "sub": "alice-1", "jti": "1"});
    assert_eq!(tell(&gateway, &provider.logout_token(&about)).status, 200);
    assert_eq!((is_signed_in(&mut nameless), is_signed_in(&mut named)), (false, true));
    assert_eq!(come_back(&mut late, &provider, &location).status, 400, "it may be the one that is ended");
}
