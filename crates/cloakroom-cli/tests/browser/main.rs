//! The first visit in a real browser: from the set-up link to the sign-out, over a `kill -9`.
//!
//! Needs Chromium and its driver, named by `CLOAKROOM_CHROMIUM` and `CLOAKROOM_CHROMEDRIVER`; `cargo xtask test` finds
//! or installs both. Screenshots of every page are left in the target directory.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[path = "../stories/support/application.rs"]
mod application;
mod by_provider;
mod chromium;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/gateway.rs"]
mod gateway;

use cloakroom_test_servers::free_port;

use crate::application::Application;
use crate::chromium::{Chromium, Shape};
use crate::gateway::Gateway;

const PASSWORD: &str = "gravel otter lantern fog";

#[tokio::test]
async fn a_stranger_sets_up_signs_in_ends_another_session_and_signs_out() {
    let mut gateway = Gateway::start(&["--name", "Acme"]);
    let origin = format!("http://localhost:{}", gateway.address.port());
    let desk = Chromium::start(Shape::Desk).await;

    desk.open(&format!("{origin}{}", gateway.setup_path.clone().unwrap()), "Set up").await;
    assert_eq!(desk.style_of("body", "display").await, "flex", "the stylesheet applies under the policy");
    desk.photograph("set-up").await;
    desk.fill("username", "root").await;
    desk.fill("new_password", PASSWORD).await;
    desk.fill("repeated", PASSWORD).await;
    desk.press("Create the account", "Sign in").await;
    desk.photograph("signed-up").await;

    desk.fill("username", "root").await;
    desk.fill("password", "not the password").await;
    desk.press("Sign in", "Sign in").await;
    assert!(desk.text().await.contains("The user name or the password is not right."));
    desk.photograph("sign-in-refused").await;
    sign_in(&desk).await;
    assert_eq!(desk.visible_cookies().await, "", "no script sees the session cookie");
    assert_eq!(desk.cookie_names().await, ["__Host-Http-cloakroom"]);

    let phone = Chromium::start(Shape::Phone).await;
    phone.open(&origin, "Sign in").await;
    phone.photograph("phone-sign-in").await;
    sign_in(&phone).await;
    phone.photograph("phone-account").await;
    desk.open(&format!("{origin}/_cloakroom/account"), "Your account").await;
    let text = desk.text().await;
    assert!(text.contains("Chrome on Linux") && text.contains("Chrome on Android"), "{text}");
    desk.photograph("two-sessions").await;
    desk.press("End session", "Your account").await;
    let left = desk.text_of("ul.cards").await;
    assert!(left.contains("Chrome on Linux") && !left.contains("Chrome on Android"), "{left}");
    desk.photograph("one-session").await;
    phone.open(&format!("{origin}/_cloakroom/account"), "Sign in").await;

    gateway.kill();
    gateway.start_again();
    desk.open(&format!("{origin}/_cloakroom/account"), "Your account").await;

    desk.follow("Change password", "Change password").await;
    desk.photograph("change-password").await;
    desk.open(&format!("{origin}/_cloakroom/account"), "Your account").await;
    desk.press("Sign out", "You are signed out").await;
    desk.photograph("signed-out").await;
    desk.back().await;
    assert!(!desk.text().await.contains("Where you are signed in"), "the way back shows nothing private");
    desk.open(&format!("{origin}/nothing"), "Not found").await;
    desk.photograph("not-found").await;

    // At once: of the page that a sign-in leads to, Chromium keeps a copy that no changed cookie takes away.
    desk.open(&format!("{origin}/_cloakroom/login"), "Sign in").await;
    sign_in(&desk).await;
    desk.press("Sign out", "You are signed out").await;
    desk.back_to("Sign in").await;
    assert!(!desk.text().await.contains("Where you are signed in"), "the way back shows nothing private");
    desk.photograph("back-after-sign-out").await;

    desk.stop().await;
    phone.stop().await;
}

/// One sign-in and two applications, each at an origin of its own, as a browser goes from one to the other.
#[tokio::test]
async fn a_sign_in_on_the_way_to_one_application_opens_the_other_and_a_sign_out_closes_both() {
    let application = Application::start();
    let port = free_port().unwrap();
    let [login, wiki, shop] = ["login", "wiki", "shop"].map(|host| format!("http://{host}.localhost:{port}"));
    let upstream = application.url();
    let file = format!(
        r#"
        public_url = "{login}"
        name = "Acme"
        [[app]]
        name = "wiki"
        origin = "{wiki}"
        upstream = "{upstream}"
        [[app.rule]]
        path = "/ops/*"
        groups = ["ops"]
        [[app]]
        name = "shop"
        origin = "{shop}"
        upstream = "{upstream}"
        "#
    );
    let gateway = Gateway::configured_on(&format!("127.0.0.1:{port}"), &file, &[]);
    let added = gateway.command(&["user", "add", "root"], PASSWORD);
    assert!(added.status.success(), "{added:?}");
    let desk = Chromium::start(Shape::Desk).await;
    desk.open(&format!("{wiki}/page?q=1"), "Sign in").await;
    desk.photograph("sign-in-on-the-way").await;
    desk.fill("username", "root").await;
    desk.fill("password", PASSWORD).await;
    desk.press_for_text("Sign in", "GET /page?q=1 HTTP/1.1").await;
    assert!(desk.text().await.contains("remote-user: root"));
    assert_eq!(desk.address().await, format!("{wiki}/page?q=1"));
    let mut cookies = desk.cookie_names().await;
    cookies.retain(|name| name.starts_with("__Host-"));
    cookies.sort_unstable();
    assert_eq!(cookies, ["__Host-Http-cloakroom", "__Host-Http-cloakroom-flow"]);
    desk.open_for_text(&format!("{shop}/cart"), "GET /cart HTTP/1.1").await;
    desk.open(&format!("{wiki}/ops/"), "Not allowed").await;
    desk.photograph("not-allowed").await;
    desk.follow("Sign in as somebody else", "Sign out?").await;
    desk.press("Sign out", "Sign in").await;
    assert!(
        desk.text().await.contains("to go on to wiki"),
        "whoever signs in now goes on where this one could not"
    );
    desk.open(&format!("{wiki}/page"), "Sign in").await;
    desk.open(&format!("{shop}/cart"), "Sign in").await;
    desk.stop().await;
}

async fn sign_in(browser: &Chromium) {
    browser.fill("username", "root").await;
    browser.fill("password", PASSWORD).await;
    browser.press("Sign in", "Your account").await;
}
