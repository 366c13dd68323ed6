//! Lines 33 and 34: keys change, and nobody is signed out.

use crate::harness::{Request, Site, Store, on_sqlite};

on_sqlite!(
    behaviour_34_a_value_of_the_old_key_is_given_out_anew_and_a_retired_key_opens_nothing,
    tok_08_a_weak_key_stops_the_start_and_is_not_printed,
);

const OLD: &str = "52a1e0c9d84f7b3316ce9a05f2784d1be86037ac915fd24480b7e35c1d9f6a02";
const NEW: &str = "c70d3f9be1526a84fd09b8137e46a2c55b9018efd3246c7a91ee50b2847d6f13";

fn behaviour_34_a_value_of_the_old_key_is_given_out_anew_and_a_retired_key_opens_nothing() {
    let site = Site::new(Store::Sqlite);
    let before = site.start(&["--sealed", "--seal-keys", OLD]);
    let old = {
        let mut alice = before.visitor();
        let login = Request::login("alice", "correct horse alice");
        alice.ask(Request::post(login.target()).form(&[
            ("user", "alice"),
            ("password", "correct horse alice"),
            ("remember", "1"),
        ]));
        alice.token()
    };
    before.kill();

    let both = format!("{NEW},{OLD}");
    let during = site.start(&["--sealed", "--seal-keys", &both]);
    let answer = during.ask(&Request::get("/me").token(&old));
    answer.expect(200);
    let cookie = answer.session_cookie().expect("it is given out anew");
    for name in ["secure", "httponly", "path", "samesite", "max-age"] {
        assert!(cookie.attribute(name).is_some(), "{name} in {}", cookie.line);
    }
    let end = answer.json_integer("expires_at_ms");
    let again = during.ask(&Request::get("/me").token(&cookie.value));
    again.expect(200).expect_no_cookie();
    assert_eq!(again.json_integer("expires_at_ms"), end, "another key moves no limit");
    during.kill();

    let after = site.start(&["--sealed", "--seal-keys", NEW]);
    after.assert_dead(&old);
    after.assert_live(&cookie.value);
}

fn tok_08_a_weak_key_stops_the_start_and_is_not_printed() {
    let site = Site::new(Store::Sqlite);
    let patterns = ["a".repeat(64), "0123456789abcdef".repeat(4), OLD[..32].repeat(2), OLD[..32].to_owned()];
    for key in ["secret", "changeme"].into_iter().map(str::to_owned).chain(patterns) {
        let words = site.refusal_of(&["--sealed", "--seal-keys", &key]);
        assert!(words.contains("--seal-keys"), "{words}");
        assert!(!words.contains(&key), "the refusal shows the key");
    }
}
