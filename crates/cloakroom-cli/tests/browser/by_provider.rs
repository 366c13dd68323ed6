//! Signing in and out by the certified library `oidc-provider`, whose pages are on another site, in a real browser.

use cloakroom_test_servers::{OidcClient, OidcProvider, free_port};

use crate::chromium::{Chromium, Shape};
use crate::gateway::Gateway;

#[tokio::test]
async fn a_user_of_another_site_signs_in_and_out_of_both() {
    let port = free_port().unwrap();
    let table = format!(
        "[[oidc]]\nname = \"main\"\ntitle = \"Main Street\"\nissuer = \"http://127.0.0.1:{port}\"\nclient_id = \"us\"\n\
         client_secret = \"s3cret\"\ncreate_users = true\nsign_out = \"provider\"\n"
    );
    let gateway = Gateway::configured(&table, &["--name", "Acme"]);
    let origin = format!("http://localhost:{}", gateway.address.port());
    let client = OidcClient {
        callback: format!("{origin}/_cloakroom/oidc/callback"),
        logout: format!("http://{}/_cloakroom/oidc/backchannel-logout", gateway.address),
        signed_out: format!("{origin}/_cloakroom/logout"),
    };
    let provider = OidcProvider::start(port, &client).unwrap();
    let desk = Chromium::start(Shape::Desk).await;
    desk.open(&format!("{origin}/_cloakroom/login"), "Sign in").await;
    desk.photograph("sign-in-by-a-provider").await;
    desk.follow("Sign in with Main Street", "Sign-in").await;
    desk.fill_named("login", "bob").await;
    desk.fill_named("password", "x").await;
    desk.press("Sign-in", "Authorize").await;
    desk.press("Continue", "Your account").await;
    let text = desk.text().await;
    assert!(text.contains("bob") && !text.contains("Change password"), "{text}");
    desk.photograph("account-without-a-password").await;
    desk.open(&format!("{origin}/_cloakroom/reauthenticate"), "Is it you?").await;
    desk.photograph("proof-by-a-provider").await;
    desk.follow("Go on with Main Street", "Sign-in").await;
    desk.fill_named("login", "bob").await;
    desk.fill_named("password", "x").await;
    desk.press("Sign-in", "Your account").await;
    desk.press("Sign out", &format!("Do you want to sign-out from 127.0.0.1:{port}?")).await;
    desk.press("Yes, sign me out", "You are signed out").await;
    assert_eq!(desk.address().await, format!("{origin}/_cloakroom/logout"), "{}", provider.log());
    desk.open(&format!("{origin}/_cloakroom/account"), "Sign in").await;
    desk.open(&format!("{origin}/_cloakroom/oidc/callback?state=x"), "Please sign in again").await;
    desk.photograph("sign-in-by-a-provider-refused").await;
    desk.stop().await;
}
