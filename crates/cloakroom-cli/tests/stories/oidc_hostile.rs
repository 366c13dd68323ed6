//! Providers, strangers and answers that are not as they should be.

use serde_json::json;

use crate::support::visits::{come_back, go, is_signed_in, sign_in, trusting};
use crate::support::{Gateway, Grant, Provider, ProviderAnswer, Signing, now_in_seconds};

#[test]
fn an_id_token_that_is_not_in_order_lets_nobody_in_and_the_log_says_why() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    for (signing, claims, reason) in [
        (Signing::None, json!({}), "is signed by an algorithm that is not allowed"),
        (Signing::PublicKeyAsSecret, json!({}), "is signed by an algorithm that is not allowed"),
        (Signing::Wrong, json!({}), "has a wrong signature"),
        (Signing::Right, json!({"nonce": "another"}), "has another nonce"),
        (Signing::Right, json!({"nonce": null}), "has another nonce"),
        (Signing::Right, json!({"aud": "them"}), "is for another audience"),
        (Signing::Right, json!({"aud": ["us", "them"]}), "is for another audience"),
        (Signing::Right, json!({"azp": "them"}), "is for another audience"),
        (Signing::Right, json!({"iss": "https://evil.example"}), "is from another issuer"),
        (Signing::Right, json!({"exp": now_in_seconds() - 61}), "has expired"),
        (Signing::Right, json!({"iat": now_in_seconds() + 90}), "is from the future"),
        (Signing::Right, json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "belongs to another access token"),
        (Signing::Right, json!({"sub": null}), "has no sub"),
    ] {
        provider.scene().signing = signing;
        provider.scene().claims = claims.clone();
        let before = gateway.log().len();
        let refused = sign_in(&mut browser, &provider);
        assert_eq!(refused.status, 502, "{claims}");
        assert!(refused.body.contains("The sign-in does not work") && !refused.body.contains(reason));
        let log = gateway.log();
        assert!(log[before..].contains(&format!("the ID token {reason}")), "{claims}: {}", &log[before..]);
        let number = refused.header("x-request-id").unwrap();
        assert!(log[before..].contains(number) && refused.body.contains(number));
        assert!(!is_signed_in(&mut browser));
    }
    provider.scene().signing = Signing::Right;
    provider.scene().claims = json!({"exp": now_in_seconds() - 50, "iat": now_in_seconds() + 50});
    assert_eq!(sign_in(&mut browser, &provider).status, 303, "clocks may differ by a minute");
}

#[test]
fn no_secret_and_no_token_is_shown_or_logged() {
    let provider = Provider::start();
    let gateway = Gateway::configured(&provider.table(), &["--log", "trace"]);
    let mut browser = gateway.browser();
    let location = go(&mut browser, "");
    let grant = Grant::of(&location);
    let back = come_back(&mut browser, &provider, &location);
    assert_eq!(back.status, 303);
    let file = std::fs::read(gateway.directory().join("cloakroom.db")).unwrap();
    let wal = std::fs::read(gateway.directory().join("cloakroom.db-wal")).unwrap_or_default();
    let check = gateway.command(&["check"], "");
    let kept = [gateway.log().into_bytes(), check.stdout, check.stderr, file, wal].concat();
    let kept = String::from_utf8_lossy(&kept);
    for secret in ["s3cret", "access-SECRET", "eyJ", "code-0", grant.get("nonce"), grant.get("state")] {
        assert!(!kept.contains(secret), "{secret}");
    }
}

#[test]
fn a_new_key_is_found_and_strangers_cannot_make_us_ask_for_keys_again_and_again() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    let asked = || provider.scene().asked["/jwks"];
    assert_eq!(asked(), 1);
    provider.scene().rotate("second");
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    assert_eq!(asked(), 2);
    provider.scene().rotate("third");
    for _ in 0..3 {
        assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 502, "not twice in a minute");
    }
    assert_eq!(asked(), 2);
    for _ in 0..3 {
        let token = provider.logout_token(&json!({"sub": "alice-1"}));
        provider.scene().rotate("more");
        gateway.browser().post("/_cloakroom/oidc/backchannel-logout", &[("logout_token", &token)]);
    }
    assert_eq!(asked(), 3, "logout tokens have a bound of their own");
}

#[test]
fn a_key_that_is_not_published_signs_nothing() {
    let provider = Provider::start();
    provider.scene().publishes_key = false;
    let gateway = trusting(&provider, "");
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 502);
    assert!(gateway.log().contains("is signed by a key that the provider does not publish"));
}

#[test]
fn a_callback_works_once_even_where_the_provider_takes_a_code_twice() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    provider.scene().is_careless = true;
    let mut browser = gateway.browser();
    let location = go(&mut browser, "");
    let callback = provider.authorize(&location);
    assert_eq!(browser.get(&callback).status, 303);
    let page = browser.get("/_cloakroom/logout");
    browser.submit(&page, "/_cloakroom/logout", &[]);
    let again = browser.get(&callback);
    assert_eq!(again.status, 400);
    assert!(again.body.contains("Please sign in again") && !is_signed_in(&mut browser));
    assert!(gateway.log().contains("the answer has been used before"));
}

#[test]
fn a_callback_in_another_browser_than_the_one_that_began_does_nothing() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    provider.scene().is_careless = true;
    let mut attacker = gateway.browser();
    let location = go(&mut attacker, "");
    let callback = provider.authorize(&location);
    let mut without = gateway.browser();
    let mut with = gateway.browser();
    go(&mut with, "");
    for victim in [&mut without, &mut with] {
        let refused = victim.get(&callback);
        assert_eq!(refused.status, 400);
        assert!(refused.body.contains("begun in another browser") && !is_signed_in(victim));
    }
    let changed = callback.replace("state=", "state=A");
    assert_eq!(attacker.get(&changed).status, 400);
    assert_eq!(attacker.get("/_cloakroom/oidc/callback").status, 400);
    assert_eq!(attacker.get(&format!("{callback}&code=x")).status, 400, "two codes are none");
}

#[test]
fn the_code_of_another_flow_lets_nobody_in() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let (mut victim, mut attacker) = (gateway.browser(), gateway.browser());
    let location = go(&mut victim, "");
    let stolen = provider.authorize(&location);
    let (_, code) = stolen.split_once("&code=").unwrap();
    for is_careless in [false, true] {
        provider.scene().is_careless = is_careless;
        let own = go(&mut attacker, "");
        let state = Grant::of(&own).get("state").to_owned();
        let refused = attacker.get(&format!("/_cloakroom/oidc/callback?state={state}&code={code}"));
        assert_eq!(refused.status, 502);
        let reason = if is_careless { "has another nonce" } else { "invalid_grant" };
        assert!(gateway.log().contains(reason), "{reason}");
        provider.authorize(&location);
    }
    assert!(!is_signed_in(&mut attacker));
}

#[test]
fn two_tabs_do_not_spoil_each_others_way() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    let places = ["/_cloakroom/account?a", "/_cloakroom/account?b", "/_cloakroom/account?c"];
    let encoded = |place: &str| place.replace('/', "%2F").replace('?', "%3F");
    let ways: Vec<String> =
        places.iter().map(|place| go(&mut browser, &format!("?next={}", encoded(place)))).collect();
    for at in [1, 2, 0] {
        let back = come_back(&mut browser, &provider, &ways[at]);
        assert_eq!((back.status, back.header("location")), (303, Some(places[at])));
    }
}

#[test]
fn an_answer_of_another_provider_is_refused_before_its_code_is_shown_to_anybody() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    for issuer in ["&iss=https%3A%2F%2Fevil.example", ""] {
        let location = go(&mut browser, "");
        let callback = provider.authorize(&location);
        let (rest, _) = callback.split_once("&iss=").unwrap();
        assert_eq!(browser.get(&format!("{rest}{issuer}")).status, 502);
    }
    assert!(gateway.log().contains("another provider answered"));
    assert!(!provider.scene().asked.contains_key("/token"));
}

#[test]
fn a_provider_that_says_it_is_another_is_not_used() {
    let provider = Provider::start();
    provider.scene().description = json!({"issuer": format!("{}/", provider.issuer())});
    let gateway = trusting(&provider, "");
    let refused = gateway.browser().get("/_cloakroom/oidc/begin/main");
    assert_eq!(refused.status, 502);
    assert!(gateway.log().contains("the description of the provider is from another issuer"));
    assert_eq!(gateway.browser().get("/_cloakroom/oidc/begin/other").status, 404);
}

#[test]
fn answers_that_are_of_no_use_end_in_a_page_and_soon() {
    for path in ["/jwks", "/token", "/me"] {
        for answer in
            [ProviderAnswer::Garbage, ProviderAnswer::Huge, ProviderAnswer::Redirect, ProviderAnswer::Error]
        {
            let provider = Provider::start();
            let gateway = trusting(&provider, "");
            provider.scene().answers.insert(path, answer);
            assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 502, "{path} {answer:?}");
        }
    }
}

#[test]
fn a_provider_that_never_answers_keeps_nobody_for_longer_than_some_seconds() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    let location = go(&mut browser, "");
    provider.scene().answers.insert("/token", ProviderAnswer::Silence);
    assert_eq!(come_back(&mut browser, &provider, &location).status, 502);
    assert!(gateway.log().contains("it took longer than 5 seconds"));
}
