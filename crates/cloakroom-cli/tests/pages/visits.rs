//! Whole visits: from the set-up link to the sign-out, over a `kill -9`; to two applications; and by way of a provider.

use cloakroom_browsers::{Kind, Look, Theme, Visitor};
use cloakroom_test_servers::{OidcClient, OidcProvider, free_port};

use crate::gateway::Gateway;
use crate::looks::{DESK, PHONE};
use crate::reader::{
    ACCOUNT, CHANGE_PASSWORD, NOT_ALLOWED, Reader, SET_UP, SIGN_IN, SIGN_OUT, SIGNED_OUT, STEP_UP,
};
use crate::stage::{Dress, PASSWORD, Stage, browser};

const LOOK: Look = Look { size: DESK, theme: Theme::Light, language: "en", scripts: true };

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                       Mobile Safari/537.36";

/// What stands on the account page alone.
const PRIVATE: &str = "Where you are signed in";

/// The names of a visitor's cookies of ours at a host, in order.
fn our_cookies(visitor: &Visitor<'_>, host: &str) -> Vec<String> {
    let cookies = visitor.cookies().into_iter().filter(|cookie| cookie.domain == host);
    let mut names: Vec<String> = cookies.map(|cookie| cookie.name).collect();
    names.retain(|name| name.starts_with("__Host-"));
    names.sort_unstable();
    names
}

#[test]
fn a_stranger_sets_up_signs_in_ends_another_session_and_signs_out() {
    let mut stage = Stage::set(Dress::Plain);
    let browser = browser(Kind::Chromium);
    let (here, elsewhere) = (browser.visitor(), browser.visitor());
    let desk = Reader::new(browser, &here, &LOOK, "visit");
    desk.open(&format!("{}{}", stage.login, stage.gateway.setup_path.clone().unwrap()), SET_UP);
    desk.fill("new_password", PASSWORD);
    desk.fill("repeated", PASSWORD);
    desk.press("Create the account");
    desk.expect(SIGN_IN);
    desk.sign_in("admin", PASSWORD);
    desk.expect(ACCOUNT);
    assert_eq!(desk.value("document.cookie"), "", "no script sees the session cookie");
    assert_eq!(our_cookies(&here, "login.localhost"), ["__Host-Http-cloakroom"]);

    let phone = Reader::new(browser, &elsewhere, &Look { size: PHONE, ..LOOK }, "visit");
    phone.tab.pass_for(ANDROID);
    phone.open(&stage.login, SIGN_IN);
    phone.sign_in("admin", PASSWORD);
    phone.expect(ACCOUNT);
    desk.open(&stage.page("account"), ACCOUNT);
    let cards =
        |reader: &Reader<'_>| reader.value("document.querySelector('ul.cards').innerText").to_string();
    let both = cards(&desk);
    assert!(both.contains("Chrome on Linux") && both.contains("Chrome on Android"), "{both}");
    desk.settle();
    desk.tab.click(".cards .danger", 1);
    desk.tab.wait_until("location.search === '?ended'");
    desk.expect(ACCOUNT);
    let left = cards(&desk);
    assert!(left.contains("Chrome on Linux") && !left.contains("Chrome on Android"), "{left}");
    phone.open(&stage.page("account"), SIGN_IN);

    stage.gateway.kill();
    stage.gateway.start_again();
    desk.open(&stage.page("account"), ACCOUNT);

    desk.press("Change password");
    desk.expect(CHANGE_PASSWORD);
    desk.open(&stage.page("account"), ACCOUNT);
    leaves_nothing_behind(&desk);
    // At once: of the page that a sign-in leads to, Chromium keeps a copy that no changed cookie takes away.
    desk.enter(&stage, "admin");
    leaves_nothing_behind(&desk);
}

/// Signs out from the account page, and goes back to it.
fn leaves_nothing_behind(reader: &Reader<'_>) {
    reader.press("Sign out");
    reader.expect(SIGNED_OUT);
    reader.tab.back();
    reader.expect(SIGN_IN);
    assert!(!reader.text().contains(PRIVATE), "the way back shows nothing private");
}

/// One sign-in and two applications, each at an origin of its own, as a browser goes from one to the other.
#[test]
fn a_sign_in_on_the_way_to_one_application_opens_the_other_and_a_sign_out_closes_both() {
    let stage = Stage::with_user("root");
    let browser = browser(Kind::Chromium);
    let visitor = browser.visitor();
    let desk = Reader::new(browser, &visitor, &LOOK, "two-applications");
    let page = format!("{}/page?q=1", stage.wiki);
    desk.open(&page, SIGN_IN);
    desk.sign_in("root", PASSWORD);
    desk.expect_answer("GET /page?q=1 HTTP/1.1");
    assert!(desk.text().contains("remote-user: root"));
    assert_eq!(desk.value("location.href"), page.as_str());
    assert_eq!(
        our_cookies(&visitor, "wiki.localhost"),
        ["__Host-Http-cloakroom", "__Host-Http-cloakroom-flow"]
    );
    desk.tab.open(&format!("{}/cart", stage.shop));
    desk.expect_answer("GET /cart HTTP/1.1");
    desk.open(&format!("{}/ops/", stage.wiki), NOT_ALLOWED);
    desk.press("Sign in as somebody else");
    desk.expect(SIGN_OUT);
    desk.press("Sign out");
    desk.expect(SIGN_IN);
    assert!(
        desk.text().contains("to go on to wiki"),
        "whoever signs in now goes on where this one could not"
    );
    desk.open(&page, SIGN_IN);
    desk.open(&format!("{}/cart", stage.shop), SIGN_IN);
}

/// By the certified library `oidc-provider`, whose pages are on another site.
#[test]
fn a_user_of_another_site_signs_in_and_out_of_both() {
    let port = free_port().unwrap();
    let table = format!(
        "[[oidc]]\nname = \"main\"\ntitle = \"Main Street\"\nissuer = \"http://127.0.0.1:{port}\"\nclient_id = \"us\"\n\
         client_secret = \"s3cret\"\ncreate_users = true\nsign_out = \"provider\"\n"
    );
    let gateway = Gateway::configured(&table, &["--name", "Acme"]);
    let page = |path: &str| format!("http://localhost:{}/_cloakroom/{path}", gateway.address.port());
    let client = OidcClient {
        callback: page("oidc/callback"),
        logout: format!("http://{}/_cloakroom/oidc/backchannel-logout", gateway.address),
        signed_out: page("logout"),
    };
    let provider = OidcProvider::start(port, &client).unwrap();
    let browser = browser(Kind::Chromium);
    let visitor = browser.visitor();
    let desk = Reader::new(browser, &visitor, &LOOK, "provider");
    let prove = || {
        desk.expect_heading("Sign-in");
        desk.fill_named("login", "bob");
        desk.fill_named("password", "x");
        desk.press("Sign-in");
    };
    desk.open(&page("login"), SIGN_IN);
    desk.meet("sign-in-by-a-provider", SIGN_IN);
    desk.press("Sign in with Main Street");
    prove();
    desk.expect_heading("Authorize");
    desk.press("Continue");
    desk.meet("account-without-a-password", ACCOUNT);
    let text = desk.text();
    assert!(text.contains("bob") && !text.contains("Change password"), "{text}");
    desk.open(&page("reauthenticate"), STEP_UP);
    desk.meet("proof-by-a-provider", STEP_UP);
    desk.press("Go on with Main Street");
    prove();
    desk.expect(ACCOUNT);
    desk.press("Sign out");
    desk.expect_heading(&format!("Do you want to sign-out from 127.0.0.1:{port}?"));
    desk.press("Yes, sign me out");
    desk.expect(SIGNED_OUT);
    assert_eq!(desk.value("location.href"), page("logout"), "{}", provider.log());
    desk.open(&page("account"), SIGN_IN);
}
