//! Tokens for an application behind the gateway, which verifies them by itself.

use std::time::{Duration, Instant};

use cloakroom_jwt::Refused;

use crate::support::{Application, Browser, Gateway, PASSWORD, Service, now, pause, run};

/// By when gateways sign with new keys, as the documentation promises.
const BOUND: Duration = Duration::from_secs(3);

/// What a browser's address bar says, whichever instance answers.
const ORIGIN: &str = "http://localhost:7464";

/// An installation with an application, on which any number of instances run.
struct Site {
    application: Application,
    store: String,
    /// Where its files are, if its store is one.
    _files: tempfile::TempDir,
}

impl Site {
    fn in_a_file() -> Self {
        let files = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}", files.path().join("cloakroom.db").display());
        Self { application: Application::start(), store, _files: files }
    }

    #[cfg(feature = "servers")]
    fn on_a_server(store: String) -> Self {
        Self { store, ..Self::in_a_file() }
    }

    fn instance(&self) -> Gateway {
        let application = self.application.url();
        let flags = ["--proxy", &application, "--jwt", "--public-url", ORIGIN, "--store", &self.store];
        Gateway::start(&flags)
    }

    /// The first instance, and the user `root`.
    fn set_up(&self) -> Gateway {
        let gateway = self.instance();
        let link = gateway.setup_path.clone().unwrap();
        let mut browser = at(&gateway);
        let page = browser.get(&link);
        let fields = [("username", "root"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
        assert_eq!(browser.submit(&page, &link, &fields).status, 303);
        gateway
    }

    /// Runs a command; what it has printed.
    fn command(&self, words: &[&str]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let done = run(directory.path(), &[words, &["--store", &self.store]].concat(), "");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Runs a command that prints JSON.
    fn json(&self, words: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.command(&[words, &["--json"]].concat())).unwrap()
    }

    /// The keys that applications find, with their states.
    fn keys(&self) -> Vec<(String, String)> {
        let list = self.json(&["key", "list"]);
        let text = |key: &serde_json::Value, name: &str| key[name].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(|key| (text(key, "id"), text(key, "state"))).collect()
    }
}

fn at(gateway: &Gateway) -> Browser {
    Browser::spread(std::iter::repeat(gateway.address), "localhost:7464", "a browser")
}

fn signed_in(gateway: &Gateway) -> Browser {
    let mut browser = at(gateway);
    assert_eq!(browser.sign_in("root", PASSWORD).status, 303);
    browser
}

/// The token that came with a request to the application.
fn token(browser: &mut Browser) -> String {
    let answer = browser.get("/");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let field = answer.body.lines().find_map(|line| line.strip_prefix("x-cloakroom-jwt:"));
    field.unwrap_or_else(|| panic!("no token in {}", answer.body)).trim().to_owned()
}

fn key_of(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let text = String::from_utf8(decoded(header)).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// The octets of base64url.
fn decoded(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut octets, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.bytes() {
        bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|one| *one == character).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    octets
}

/// A service that reads its keys from an instance.
fn service(gateway: &Gateway) -> Service {
    Service::new(ORIGIN, ORIGIN, at(gateway))
}

#[test]
fn an_application_verifies_by_itself_who_is_there() {
    let site = Site::in_a_file();
    let gateway = site.set_up();
    let edit = ["user", "edit", "root", "--display-name", "Élise", "--email", "e@example.org"];
    site.command(&[&edit[..], &["--add-group", "ops", "--add-group", "dev"]].concat());
    let mut browser = signed_in(&gateway);
    let first = token(&mut browser);
    let root = service(&gateway).verify(&first).unwrap();
    let listed = site.json(&["session", "list"]);
    assert_eq!(root.session.unwrap().to_string(), listed[0]["id"].as_str().unwrap());
    let users = site.json(&["user", "show", "root"]);
    assert_eq!(root.subject.as_str(), users[0]["id"].as_str().unwrap());
    assert_eq!((root.name.as_deref(), root.preferred_username.as_deref()), (Some("Élise"), Some("root")));
    assert_eq!(
        (root.email.as_deref(), &root.groups[..]),
        (Some("e@example.org"), &["dev".into(), "ops".into()][..])
    );
    assert_eq!((root.assurance.as_deref(), &root.methods[..]), (Some("aal1"), &["pwd".into()][..]));
    assert!(root.proven_at.is_some_and(|at| at <= root.issued_at));
    assert!(root.expires_at.since(root.issued_at) <= Duration::from_mins(5));
    assert_eq!(token(&mut browser), first, "the same says as much");
    let forged = browser
        .request("GET", "/")
        .header("X-Cloakroom-Jwt", "evil")
        .header("X_Cloakroom_Jwt", "evil")
        .send();
    assert!(!forged.body.contains("evil"), "{}", forged.body);
    assert_ne!(token(&mut signed_in(&gateway)), first);
}

#[test]
fn a_token_says_what_has_changed_within_a_second() {
    let site = Site::in_a_file();
    let gateway = site.set_up();
    let (mut browser, mut service) = (signed_in(&gateway), service(&gateway));
    assert!(service.verify(&token(&mut browser)).unwrap().groups.is_empty());
    site.command(&["user", "edit", "root", "--add-group", "ops"]);
    let changed = instant();
    loop {
        let asked = instant();
        if service.verify(&token(&mut browser)).unwrap().groups == ["ops"] {
            break;
        }
        assert!(asked - changed < Duration::from_secs(1), "the token still says what was");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "the bounds are of real time")]
fn instant() -> Instant {
    Instant::now()
}

#[test]
fn nobody_notices_that_keys_are_rotated_under_two_instances() {
    nobody_notices_a_rotation(&Site::in_a_file());
}

#[cfg(feature = "servers")]
#[test]
fn nobody_notices_that_keys_are_rotated_on_postgres() {
    let store = crate::nodes::in_postgres("tokens").pop().unwrap();
    nobody_notices_a_rotation(&Site::on_a_server(store));
}

#[cfg(feature = "servers")]
#[test]
fn nobody_notices_that_keys_are_rotated_on_mariadb() {
    let store = crate::nodes::in_mariadb("tokens").pop().unwrap();
    nobody_notices_a_rotation(&Site::on_a_server(store));
}

fn nobody_notices_a_rotation(site: &Site) {
    let (a, b) = (site.set_up(), site.instance());
    // Each verifies what the one instance signs by the key set of the other.
    let mut pairs = [(signed_in(&a), service(&b)), (signed_in(&b), service(&a))];
    let before: Vec<String> = pairs.iter_mut().map(|(browser, _)| token(browser)).collect();
    let old: Vec<String> = before.iter().map(|token| key_of(token)).collect();
    assert_ne!(old[0], old[1], "each instance has a key of its own");

    assert_eq!(site.command(&["key", "rotate"]), "2 keys retired.\n");
    let retired = instant();
    loop {
        let asked = instant();
        let mut is_over = true;
        for ((browser, service), old) in pairs.iter_mut().zip(&old) {
            let token = token(browser);
            assert!(service.verify(&token).is_ok());
            is_over &= key_of(&token) != *old;
        }
        if is_over {
            break;
        }
        assert!(asked - retired < BOUND, "a retired key still signs");
        pause();
    }
    for ((browser, service), before) in pairs.iter_mut().zip(&before) {
        assert_eq!(browser.get("/_cloakroom/account").status, 200, "nobody is signed out");
        assert!(service.verify(before).is_ok());
        assert!(service.reads <= 2, "the key set was read {} times", service.reads);
    }
    let keys = site.keys();
    let state = |id: &String| &keys.iter().find(|(known, _)| known == id).unwrap().1;
    assert_eq!((state(&old[0]).as_str(), state(&old[1]).as_str()), ("retired", "retired"));
    assert_eq!(keys.iter().filter(|(_, state)| state == "in use").count(), 2);
}

#[test]
fn a_token_of_a_session_that_was_ended_is_good_for_its_minutes_and_no_other_is_minted() {
    let site = Site::in_a_file();
    let gateway = site.set_up();
    let (mut browser, mut service) = (signed_in(&gateway), service(&gateway));
    let token = token(&mut browser);
    let end = service.verify(&token).unwrap().expires_at;
    site.command(&["session", "revoke-user", "root"]);
    assert_eq!(browser.get("/").status, 302);
    assert!(service.verify(&token).is_ok(), "a token cannot be called back");
    assert!(end.since(now()) <= Duration::from_mins(5));
    assert_eq!(service.verifier.verify(&token, end.after(Duration::from_secs(10))), Err(Refused::Expired));
}

#[test]
fn what_a_process_has_signed_is_good_after_its_end() {
    let site = Site::in_a_file();
    let mut first = site.set_up();
    let (token, id) = {
        let token = token(&mut signed_in(&first));
        (token.clone(), key_of(&token))
    };
    first.kill();
    let mut second = site.instance();
    assert!(service(&second).verify(&token).is_ok());
    assert_eq!(site.keys()[0], (id, "in use".to_owned()), "nobody knows that it is gone");

    let token = self::token(&mut signed_in(&second));
    assert!(second.terminate().success());
    let third = site.instance();
    assert!(service(&third).verify(&token).is_ok());
    assert_eq!(site.keys()[1], (key_of(&token), "retired".to_owned()));
}

#[test]
fn without_the_key_of_the_configuration_there_is_no_token() {
    let application = Application::start();
    let gateway = Gateway::set_up(&["--proxy", &application.url()]);
    assert_eq!(token(&mut gateway.signed_in()), "");
    assert_eq!(gateway.browser().get("/_cloakroom/jwks.json").body, r#"{"keys":[]}"#);
}
