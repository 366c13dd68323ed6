//! New proofs, tokens and budgets by the JSON API.

use serde_json::json;

use crate::forward_auth::{LOGIN, SHOP, Site, WIKI};
use crate::support::{API, Answer, Api, Application, Browser, PASSWORD};

struct Pages {
    api: Api,
    login: Browser,
    wiki: Browser,
    shop: Browser,
    _application: Application,
}

/// Somebody who is signed in everywhere; the wiki gets tokens.
fn open() -> Pages {
    let site = Site::with("jwt = true", &[]);
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    user.go(&format!("http://{SHOP}/page"));
    let (gateway, application) = site.into_parts();
    let api = Api::of(gateway, LOGIN);
    Pages { api, login: user.login, wiki: user.wiki, shop: user.shop, _application: application }
}

fn prove(api: &Api, browser: &mut Browser, password: &str) -> Answer {
    let path = format!("{API}/session/prove");
    let answer = browser
        .request("POST", &path)
        .header("Sec-Fetch-Site", "same-origin")
        .header("X-Requested-With", "fetch")
        .header("Content-Type", "application/json")
        .body(&json!({ "password": password }).to_string())
        .send();
    api.checked("POST", &path, answer)
}

#[test]
fn a_page_sends_its_user_to_prove_again_who_they_are_and_back() {
    let Pages { api, mut login, mut wiki, .. } = open();
    let url = |answer: Answer| answer.json()["url"].as_str().unwrap().to_owned();
    let from_the_wiki = api.by_cookie(&mut wiki, "GET", "/session/step-up?to=%2Fpay%3Fq%3D1");
    let expected = format!(
        "http://{LOGIN}/_cloakroom/reauthenticate?rd=http%3A%2F%2Fwiki%2Elocalhost%3A9000%2Fpay%3Fq%3D1"
    );
    assert_eq!(url(from_the_wiki), expected);
    let from_the_login = api.by_cookie(&mut login, "GET", "/session/step-up");
    assert_eq!(url(from_the_login), format!("http://{LOGIN}/_cloakroom/reauthenticate"));
    for wrong in ["https%3A%2F%2Fevil", "%2F%2Fevil", "", "%2Fa&to=%2Fb"] {
        let answer = api.by_cookie(&mut login, "GET", &format!("/session/step-up?to={wrong}"));
        assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid"), "{wrong}");
    }
}

#[test]
fn a_password_proves_it_in_place_at_the_origin_of_the_sign_in_alone() {
    let Pages { api, mut login, mut wiki, .. } = open();
    let before = login.jar["__Host-Http-cloakroom"].clone();
    let wrong = prove(&api, &mut login, "not the password");
    assert_eq!((wrong.status, wrong.problem().as_str()), (403, "wrong_password"));
    let right = prove(&api, &mut login, PASSWORD);
    assert_eq!((right.status, &right.json()["user"]["name"]), (200, &"alice".into()), "{}", right.body);
    assert_ne!(login.jar["__Host-Http-cloakroom"], before, "with a new token");
    assert_eq!(api.by_cookie(&mut login, "GET", "/session").status, 200);
    assert_eq!(prove(&api, &mut wiki, PASSWORD).problem(), "not_the_sign_in");
    for _ in 0..19 {
        assert_eq!(prove(&api, &mut login, "a guess").status, 403);
    }
    let throttled = prove(&api, &mut login, PASSWORD);
    assert_eq!((throttled.status, throttled.problem().as_str()), (429, "too_many_requests"));
    assert!(throttled.header("retry-after").is_some());
}

#[test]
fn a_page_gets_a_token_for_its_own_application_if_that_gets_any() {
    let Pages { api, mut login, mut wiki, mut shop, .. } = open();
    let minted = api.by_cookie(&mut wiki, "POST", "/session/token").json();
    assert_eq!(minted["audience"], format!("http://{WIKI}"));
    assert_eq!(minted["token"].as_str().unwrap().split('.').count(), 3);
    for browser in [&mut login, &mut shop] {
        let refused = api.by_cookie(browser, "POST", "/session/token");
        assert_eq!((refused.status, refused.problem().as_str()), (404, "no_tokens"));
    }
}

#[test]
fn whoever_calls_too_often_is_told_when_to_come_again() {
    let Pages { api, .. } = open();
    let mut anybody = api.browser(LOGIN);
    let path = format!("{API}/session");
    let spent = (0..5_000).map(|_| anybody.request("GET", &path).send()).find(|answer| answer.status != 401);
    let spent = api.checked("GET", &path, spent.expect("no budget is without an end"));
    assert_eq!((spent.status, spent.problem().as_str()), (429, "too_many_requests"));
    let fields = ["retry-after", "ratelimit-policy", "ratelimit"].map(|name| spent.header(name).unwrap());
    assert_eq!(fields, ["1", "\"address\";q=500;w=10", "\"address\";r=0;t=1"]);
    let key = api.key(&["users:read"]);
    assert_eq!(api.by_key(&key, "GET", "/users", None).status, 200, "a key has a budget of its own");
}
