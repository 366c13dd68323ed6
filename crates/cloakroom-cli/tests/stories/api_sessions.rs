//! What a browser does with its own session through the JSON API, at the sign-in's origin and at an application's.

use serde_json::Value;

use crate::support::{API, Answer, Api, Application, Browser, Gateway, PASSWORD};

const LOGIN: &str = "login.localhost:9000";
const WIKI: &str = "wiki.localhost:9000";

fn open() -> Api {
    Api::of(Gateway::set_up(&[]), "localhost")
}

fn id(session: &Answer) -> String {
    session.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_learns_who_is_signed_in_how_and_until_when() {
    let api = open();
    let edited =
        api.gateway.command(&["user", "edit", "root", "--display-name", "Rût", "--add-group", "ops"], "");
    assert!(edited.status.success(), "{edited:?}");
    let mut nobody = api.gateway.browser();
    let asked = api.by_cookie(&mut nobody, "GET", "/session");
    assert_eq!((asked.status, asked.problem().as_str()), (401, "session_required"));
    assert!(asked.json()["login_url"].as_str().unwrap().ends_with("/_cloakroom/login"), "{}", asked.body);
    assert!(nobody.jar.is_empty(), "a question begins no session");

    let mut browser = api.gateway.signed_in();
    let session = api.by_cookie(&mut browser, "GET", "/session").json();
    assert_eq!((&session["user"]["name"], &session["user"]["display_name"]), (&"root".into(), &"Rût".into()));
    assert_eq!(session["user"]["groups"], serde_json::json!(["ops"]));
    assert_eq!(
        (&session["user"]["role"], &session["methods"][0]),
        (&"administrator".into(), &"password".into())
    );
    let times =
        ["created_at", "signed_in_at", "expires_at"].map(|time| session[time].as_str().unwrap().to_owned());
    assert!(times[0] <= times[1] && times[1] < times[2], "{times:?}");
    assert_eq!(session["proven_at"], session["signed_in_at"]);
    let extended = api.by_cookie(&mut browser, "POST", "/session/extend").json();
    assert_eq!(extended["id"], session["id"]);
    assert!(extended["expires_at"].as_str() >= session["expires_at"].as_str());
}

#[test]
fn rev_01_rev_02_who_signs_out_by_the_api_is_signed_out_and_has_no_cookie_left() {
    let api = open();
    let mut browser = api.gateway.signed_in();
    let mut copy = api.gateway.browser();
    copy.jar.clone_from(&browser.jar);
    assert_eq!(api.by_cookie(&mut copy, "GET", "/session").status, 200);
    assert_eq!(api.by_cookie(&mut browser, "DELETE", "/session").status, 204);
    assert!(browser.jar.is_empty(), "{:?}", browser.jar);
    for _ in 0..3 {
        assert_eq!(api.by_cookie(&mut copy, "GET", "/session").status, 401);
    }
    assert_eq!(copy.get("/_cloakroom/account").status, 303);
    assert_eq!(api.by_cookie(&mut browser, "DELETE", "/session").status, 204, "signed out is signed out");
}

#[test]
fn rev_04_ones_own_sessions_are_listed_and_ended_and_nobody_elses() {
    let api = open();
    assert!(api.gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let (mut first, mut second, mut third) =
        (api.gateway.signed_in(), api.gateway.signed_in(), api.gateway.signed_in());
    let mut alice = api.gateway.browser();
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    let hers = id(&api.by_cookie(&mut alice, "GET", "/session"));

    let list = api.by_cookie(&mut first, "GET", "/sessions").json();
    let list = list["sessions"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    let own: Vec<&Value> = list.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["id"].as_str().unwrap(), id(&api.by_cookie(&mut first, "GET", "/session")));
    assert_eq!((&own[0]["client"], &own[0]["address"]), (&"Firefox on Linux".into(), &"127.0.0.1".into()));

    let refused = api.by_cookie(&mut first, "DELETE", &format!("/sessions/{hers}"));
    assert_eq!((refused.status, refused.problem().as_str()), (404, "no_such_session"));
    assert_eq!(api.by_cookie(&mut first, "DELETE", "/sessions/x").problem(), "no_such_session");
    let seconds = id(&api.by_cookie(&mut second, "GET", "/session"));
    assert_eq!(api.by_cookie(&mut first, "DELETE", &format!("/sessions/{seconds}")).status, 204);
    assert_eq!(api.by_cookie(&mut second, "GET", "/session").status, 401);
    assert_eq!(api.by_cookie(&mut first, "DELETE", "/sessions").json()["ended"], 1);
    let statuses =
        [&mut first, &mut third, &mut alice].map(|browser| api.by_cookie(browser, "GET", "/session").status);
    assert_eq!(statuses, [200, 401, 200]);
    let own = id(&api.by_cookie(&mut first, "GET", "/session"));
    assert_eq!(api.by_cookie(&mut first, "DELETE", &format!("/sessions/{own}")).status, 204);
    assert!(first.jar.is_empty(), "it was the browser's own");
}

#[test]
fn sid_05_a_token_is_a_session_in_the_cookie_and_nowhere_else() {
    let api = open();
    let browser = api.gateway.signed_in();
    let token = browser.jar["__Host-Http-cloakroom"].clone();
    let mut other = api.gateway.browser();
    for path in
        [format!("{API}/session?session={token}"), format!("{API}/session?__Host-Http-cloakroom={token}")]
    {
        assert_eq!(api.checked("GET", &path, other.request("GET", &path).send()).status, 401);
    }
    let path = format!("{API}/session");
    for (name, value) in [
        ("Authorization", format!("Bearer {token}")),
        ("X-Session-Id", token.clone()),
        ("Cookie2", format!("a={token}")),
    ] {
        let answer = other.request("GET", &path).header(name, &value).send();
        assert_eq!(api.checked("GET", &path, answer).status, 401, "{name}");
    }
    assert_eq!(api.by_key(&token, "GET", "/users", None).problem(), "key_invalid");
}

/// A sign-in, and a wiki at an origin of its own.
fn with_a_wiki() -> (Api, Application) {
    let application = Application::start();
    let file = format!(
        "public_url = \"http://{LOGIN}\"\n[[app]]\nname = \"wiki\"\norigin = \"http://{WIKI}\"\nupstream = \"{}\"\n",
        application.url()
    );
    let gateway = Gateway::configured(&file, &[]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    (Api::of(gateway, LOGIN), application)
}

/// Takes the session of one origin over at the other; both jars are of one browser.
fn take_over(login: &mut Browser, wiki: &mut Browser) {
    let (at_login, at_wiki) = (format!("http://{LOGIN}"), format!("http://{WIKI}"));
    let begun = wiki.get("/_cloakroom/begin?to=%2F");
    let handed = login.get(begun.header("location").unwrap().strip_prefix(&at_login).unwrap());
    let taken = wiki.get(handed.header("location").unwrap().strip_prefix(&at_wiki).unwrap());
    assert_eq!(taken.status, 303, "{}", taken.body);
}

#[test]
fn an_application_sees_extends_and_ends_its_own_session_and_is_told_of_no_other() {
    let (api, _application) = with_a_wiki();
    let (mut login, mut wiki) = (api.browser(LOGIN), api.browser(WIKI));
    let stranger = api.by_cookie(&mut wiki, "GET", "/session");
    assert_eq!(
        stranger.json()["login_url"],
        "http://login.localhost:9000/_cloakroom/login?rd=http%3A%2F%2Fwiki%2Elocalhost%3A9000%2F"
    );
    assert_eq!(login.sign_in("alice", PASSWORD).status, 303);
    take_over(&mut login, &mut wiki);
    let session = api.by_cookie(&mut wiki, "GET", "/session");
    assert_eq!(session.json()["user"]["name"], "alice");
    assert_eq!(id(&session), id(&api.by_cookie(&mut login, "GET", "/session")), "one session");
    assert_eq!(api.by_cookie(&mut wiki, "POST", "/session/extend").status, 200);
    for (method, path) in [
        ("GET", "/sessions"),
        ("DELETE", "/sessions"),
        ("DELETE", "/sessions/0"),
        ("GET", "/users"),
        ("POST", "/verify"),
    ] {
        let refused = api.by_cookie(&mut wiki, method, path);
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not_the_sign_in"), "{method} {path}");
    }
    let sibling = format!("{API}/session");
    let forged = wiki.request("DELETE", &sibling).header("X-Requested-With", "x");
    let forged = forged.header("Sec-Fetch-Site", "same-site").send();
    assert_eq!(api.checked("DELETE", &sibling, forged).problem(), "cross_origin", "from a neighbour");
    assert_eq!(api.by_cookie(&mut wiki, "DELETE", "/session").status, 204);
    assert!(!wiki.jar.contains_key("__Host-Http-cloakroom"));
    assert_eq!(api.by_cookie(&mut login, "GET", "/session").status, 401, "ended at every origin");
}

#[test]
fn rev_11_a_sign_out_over_tls_clears_what_scripts_kept_and_no_cookie() {
    let gateway = Gateway::start(&["--public-url", "https://login.example.org"]);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let api = Api::of(gateway, "login.example.org");
    let mut alice = api.browser("login.example.org");
    assert_eq!(alice.sign_in("alice", PASSWORD).status, 303);
    let signed_out = api.by_cookie(&mut alice, "DELETE", "/session");
    assert_eq!(
        (signed_out.status, signed_out.header("clear-site-data")),
        (204, Some("\"cache\", \"storage\""))
    );
    let plain = open();
    let signed_out = plain.by_cookie(&mut plain.gateway.signed_in(), "DELETE", "/session");
    assert_eq!((signed_out.status, signed_out.header("clear-site-data")), (204, None));
}
