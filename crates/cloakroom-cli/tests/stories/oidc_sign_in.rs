//! Signing in by a provider, as its users see it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::visits::{come_back, go, is_signed_in, sign_in, trusting, users};
use crate::support::{Application, Browser, Gateway, Grant, PASSWORD, Provider, now_in_seconds};

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

#[test]
fn whoever_comes_back_is_the_same_user_whatever_they_are_called_now_in_seconds() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "groups_claim = \"groups\"\n[oidc.groups]\n\"/devs\" = \"dev\"\n");
    provider.scene().user_info = json!({"groups": ["/devs", "/else"]});
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    assert_eq!(users(&gateway)[0]["groups"], json!(["dev"]));
    gateway.command(&["user", "edit", "alice", "--add-group", "ours"], "");
    provider.scene().user_info = json!({"preferred_username": "bob", "name": "Alice B.", "email": "b@example.org", "email_verified": false});
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    let all = users(&gateway);
    assert_eq!((all.as_array().unwrap().len(), &all[0]["name"]), (1, &json!("alice")));
    assert_eq!(
        (&all[0]["display_name"], &all[0]["email"]),
        (&json!("Alice B."), &json!("alice@example.org"))
    );
    assert_eq!(all[0]["groups"], json!(["ours"]), "the provider decides on its own groups alone");
}

#[test]
fn a_name_that_somebody_has_never_leads_into_their_account() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    gateway.command(&["user", "add", "Alice", "--role", "administrator"], PASSWORD);
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    provider.scene().claims = json!({"sub": "alice-2"});
    assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303);
    let all = users(&gateway);
    let names: Vec<_> = all.as_array().unwrap().iter().map(|user| (&user["name"], &user["role"])).collect();
    let (admin, member) = (json!("administrator"), json!("member"));
    assert_eq!(
        names,
        [(&json!("Alice"), &admin), (&json!("alice-2"), &member), (&json!("alice-3"), &member)]
    );
}

#[test]
fn whoever_has_no_account_is_turned_away_until_an_administrator_links_one() {
    let provider = Provider::start();
    let table = provider.table().replace("create_users = true", "create_users = false");
    let gateway = Gateway::configured(&table, &[]);
    gateway.command(&["user", "add", "anne"], PASSWORD);
    let mut browser = gateway.browser();
    let refused = sign_in(&mut browser, &provider);
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("No account here") && !refused.body.contains("alice-1"),
        "{}",
        refused.body
    );
    assert!(gateway.log().contains("nobody here is linked to the subject \"alice-1\""));
    let issuer = provider.issuer();
    let identity = ["--issuer", &issuer, "--subject", "alice-1"];
    let link = |what: &str, name: &str| {
        let arguments = [&["user", what, name][..], &identity].concat();
        gateway.command(&arguments, "").status.success()
    };
    assert!(link("link", "anne"));
    assert!(!link("link", "anne"), "once");
    assert_eq!(sign_in(&mut browser, &provider).status, 303);
    assert!(browser.get("/_cloakroom/account").body.contains("anne"));
    assert!(link("unlink", "anne"));
    assert!(!is_signed_in(&mut browser));
    assert_eq!(sign_in(&mut browser, &provider).status, 403);
}

#[test]
fn every_algorithm_that_is_allowed_lets_in() {
    for algorithm in ["ES256", "EdDSA", "RS256", "PS256"] {
        let provider = Provider::signing_by(algorithm);
        let gateway = trusting(&provider, "");
        assert_eq!(sign_in(&mut gateway.browser(), &provider).status, 303, "{algorithm}");
    }
}

#[test]
fn whoever_says_no_at_the_provider_is_told_so() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    let location = go(&mut browser, "");
    let callback = provider.authorize(&location).replace("code=code-0", "error=access_denied");
    let refused = browser.get(&callback);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("The sign-in was stopped"));
}

#[test]
fn a_disabled_user_is_refused_and_their_sessions_are_gone() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    assert_eq!(sign_in(&mut browser, &provider).status, 303);
    gateway.command(&["user", "disable", "alice"], "");
    assert!(!is_signed_in(&mut browser));
    let refused = sign_in(&mut browser, &provider);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("Account disabled"));
}

#[test]
fn an_account_without_a_password_has_none_to_sign_in_with_or_to_change() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    assert_eq!(sign_in(&mut browser, &provider).status, 303);
    assert!(!browser.get("/_cloakroom/account").body.contains("Change password"));
    assert_eq!(browser.get("/_cloakroom/account/password").status, 404);
    for password in ["", "!", PASSWORD] {
        assert_eq!(gateway.browser().sign_in("alice", password).status, 401);
    }
    assert!(gateway.command(&["user", "passwd", "alice"], PASSWORD).status.success());
    assert_eq!(gateway.browser().sign_in("alice", PASSWORD).status, 303, "an administrator can give one");
}

#[test]
fn a_new_proof_is_asked_of_the_provider_and_has_to_be_new() {
    let provider = Provider::start();
    let gateway = trusting(&provider, "");
    let mut browser = gateway.browser();
    assert_eq!(sign_in(&mut browser, &provider).status, 303);
    let prove = |browser: &mut Browser| {
        let page = browser.get("/_cloakroom/reauthenticate?next=%2F_cloakroom%2Faccount");
        assert!(page.forms().is_empty() && page.body.contains("Go on with Main Street"), "{}", page.body);
        let (_, rest) = page.body.split_once("href=\"/_cloakroom/oidc").unwrap();
        let link = rest.split('"').next().unwrap().replace("&amp;", "&");
        let location = browser.get(&format!("/_cloakroom/oidc{link}")).header("location").unwrap().to_owned();
        let grant = Grant::of(&location);
        assert_eq!((grant.get("prompt"), grant.get("max_age")), ("login", "0"));
        come_back(browser, &provider, &location)
    };
    let old = browser.jar["__Host-Http-cloakroom"].clone();
    let back = prove(&mut browser);
    assert_eq!((back.status, back.header("location")), (303, Some("/_cloakroom/account")), "{}", back.body);
    assert_ne!(browser.jar["__Host-Http-cloakroom"], old, "a new proof is a new token");
    for (claims, reason) in [
        (json!({"auth_time": now_in_seconds() - 3600}), "tells of a proof that is too old"),
        (json!({"auth_time": null}), "has no auth_time"),
        (json!({"sub": "mallory"}), "the provider vouches for another user than is signed in"),
    ] {
        provider.scene().claims = claims;
        assert!(matches!(prove(&mut browser).status, 403 | 502));
        assert!(gateway.log().contains(reason), "{reason}");
    }
}

#[test]
fn an_old_sign_in_at_the_provider_is_an_identity_and_no_recent_proof() {
    let (provider, application) = (Provider::start(), Application::start());
    let host = "login.localhost:9000";
    let app = format!(
        "[[app]]\nname = \"desk\"\norigin = \"http://{host}\"\nupstream = \"{}\"\njwt = true\n\
         [[app.rule]]\npath = \"/safe/*\"\nproven_within = \"15m\"\n",
        application.url()
    );
    let file = format!("public_url = \"http://{host}\"\n{}{app}", provider.table());
    let gateway = Gateway::configured(&file, &[]);
    for (auth_time, status) in [(now_in_seconds() - 3600, 302), (now_in_seconds(), 200)] {
        provider.scene().claims = json!({"auth_time": auth_time});
        let mut browser = Browser::spread(std::iter::repeat(gateway.address), host, "a browser");
        assert_eq!(sign_in(&mut browser, &provider).status, 303);
        let desk = browser.get("/");
        let told = desk.body.split("x-cloakroom-auth-time: ").nth(1).unwrap().split('\r').next().unwrap();
        assert!(told.parse::<u64>().unwrap().abs_diff(auth_time) < 60, "{told}");
        let token = desk.body.split("x-cloakroom-jwt: ").nth(1).unwrap().split('.').nth(1).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap();
        assert_eq!(claims.get("auth_time").is_some(), status == 200, "of an old proof a token says nothing");
        assert_eq!(browser.get("/safe/").status, status);
    }
}

#[test]
fn the_way_to_an_application_leads_through_the_provider_and_nowhere_else() {
    let provider = Provider::start();
    let app = "[[app]]\nname = \"wiki\"\norigin = \"http://wiki.localhost:9000\"\n";
    let gateway = trusting(&provider, app);
    for (rd, leads_to) in [
        (
            "http%3A%2F%2Fwiki.localhost%3A9000%2Fa%3Fb",
            "http://wiki.localhost:9000/_cloakroom/begin?to=%2Fa%3Fb",
        ),
        ("http%3A%2F%2Fevil.example%2F", "/_cloakroom/account"),
    ] {
        let mut browser = gateway.browser();
        let location = go(&mut browser, &format!("?rd={rd}"));
        assert_eq!(come_back(&mut browser, &provider, &location).header("location"), Some(leads_to));
    }
}
