//! Line 29, the rows of ATR and PFX-01: how the cookie is dressed, in every answer that sets or removes it.

use crate::harness::{
    Answer, Bench, Request, SESSION_COOKIE, Store, Visitor, on_each_store, on_memcached, on_sealed,
    password_of,
};

on_each_store!(
    behaviour_29_every_cookie_and_its_removal_have_the_same_full_set_of_attributes,
    atr_01_the_cookie_is_secure_behind_a_proxy_as_well_as_without_one,
    atr_05_the_cookie_is_bound_to_this_host_and_its_path_is_explicit,
    atr_11_the_product_sets_no_cookie_without_a_prefix_and_its_attributes,
    pfx_01_the_name_of_the_session_cookie_starts_with_the_host_prefix,
);
on_memcached!(
    atr_11_the_product_sets_no_cookie_without_a_prefix_and_its_attributes,
    pfx_01_the_name_of_the_session_cookie_starts_with_the_host_prefix
);
on_sealed!(
    atr_01_the_cookie_is_secure_behind_a_proxy_as_well_as_without_one,
    atr_05_the_cookie_is_bound_to_this_host_and_its_path_is_explicit,
    atr_11_the_product_sets_no_cookie_without_a_prefix_and_its_attributes,
    pfx_01_the_name_of_the_session_cookie_starts_with_the_host_prefix,
);

/// An answer of each kind that sets or removes our cookie, and what it was an answer to.
#[track_caller]
fn answers_with_cookies(bench: &Bench, fields: &[(&str, &str)]) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let mut ask = |visitor: &mut Visitor<'_>, request: Request| {
        let target = request.target().to_owned();
        let request = fields.iter().fold(request, |request, (name, value)| request.field(name, *value));
        answers.push((target, visitor.ask(request)));
    };
    let password = password_of("alice");
    let mut alice = bench.visitor();
    ask(&mut alice, Request::put("/slot/cart?value=apple"));
    ask(&mut alice, Request::login("alice", &password));
    ask(&mut alice, Request::login("alice", &password));
    ask(&mut alice, Request::post("/reauth").form(&[("password", &password)]));
    ask(&mut alice, Request::post("/elevate"));
    ask(&mut alice, Request::post("/renew"));
    ask(&mut alice, Request::post("/pwchange").form(&[("old", &password), ("new", &password)]));
    for how in ["200", "204", "303"] {
        ask(&mut alice, Request::post(format!("/end?how={how}&do=login")));
    }
    for case in ["login_renew", "in_out_in", "app_cookie"] {
        ask(&mut alice, Request::post(format!("/twice?case={case}")));
    }
    ask(&mut alice, Request::post("/logout"));
    let form = [("user", "alice"), ("password", password.as_str()), ("remember", "1")];
    ask(&mut alice, Request::post("/login").form(&form));
    ask(&mut alice, Request::post("/logout_all"));
    answers
}

/// That the set is the right one is checked on every answer that any test receives; here it is one and the same.
fn behaviour_29_every_cookie_and_its_removal_have_the_same_full_set_of_attributes(store: Store) {
    let bench = store.start(&[]);
    let answers = answers_with_cookies(&bench, &[]);
    let (_, first) = &answers[0];
    let standing = first.session_cookie().expect("an anonymous session has a cookie").standing_attributes();
    assert_eq!(standing.len(), 4, "{standing:?}");
    for (target, answer) in &answers {
        let Some(cookie) = answer.session_cookie() else { panic!("{target} -> {} sets none", answer.status) };
        assert_eq!(cookie.standing_attributes(), standing, "{target}");
        assert_eq!(cookie.is_removal(), target.starts_with("/logout"), "{target}: {}", cookie.line);
    }
    assert_eq!(bench.rows(), 0);
}

fn atr_01_the_cookie_is_secure_behind_a_proxy_as_well_as_without_one(store: Store) {
    let bench = store.start(&[]);
    for fields in [
        &[][..],
        &[("X-Forwarded-Proto", "https")],
        &[("X-Forwarded-Proto", "http")],
        &[("Forwarded", "proto=http;host=other.example")],
        &[("X-Forwarded-Host", "other.example"), ("X-Forwarded-Prefix", "/sub")],
    ] {
        for (target, answer) in answers_with_cookies(&bench, fields) {
            let cookie = answer.session_cookie().unwrap_or_else(|| panic!("{target} sets no cookie"));
            for name in ["secure", "httponly", "samesite"] {
                assert!(cookie.attribute(name).is_some(), "{target} with {fields:?}: {}", cookie.line);
            }
        }
    }
}

fn atr_05_the_cookie_is_bound_to_this_host_and_its_path_is_explicit(store: Store) {
    let bench = store.start(&[]);
    for (target, answer) in answers_with_cookies(&bench, &[("X-Forwarded-Host", "app.example")]) {
        let cookie = answer.session_cookie().unwrap_or_else(|| panic!("{target} sets no cookie"));
        assert_eq!((cookie.attribute("domain"), cookie.attribute("path")), (None, Some("/")), "{target}");
    }
}

fn atr_11_the_product_sets_no_cookie_without_a_prefix_and_its_attributes(store: Store) {
    let bench = store.start(&[]);
    let mut answers = answers_with_cookies(&bench, &[]);
    let mut alice = bench.signed_in("alice");
    for target in ["/me", "/sessions", "/form", "/page", "/peek", "/public", "/count", "/nowhere"] {
        answers.push((target.to_owned(), alice.get(target)));
        answers.push((target.to_owned(), bench.get(target)));
    }
    for (target, answer) in answers {
        for cookie in answer.set_cookies() {
            assert!(cookie.name.starts_with("__Host-"), "{target}: {}", cookie.line);
            assert!(cookie.attribute("secure").is_some(), "{target}: {}", cookie.line);
            assert!(cookie.attribute("samesite").is_some(), "{target}: {}", cookie.line);
            assert!(cookie.attribute("httponly").is_some(), "{target}: {}", cookie.line);
        }
    }
}

fn pfx_01_the_name_of_the_session_cookie_starts_with_the_host_prefix(store: Store) {
    let bench = store.start(&[]);
    let login = bench.ask(&Request::login("alice", &password_of("alice")));
    let cookies = login.expect(200).set_cookies();
    assert_eq!(cookies.len(), 1);
    assert_eq!(cookies[0].name, SESSION_COOKIE);
    assert!(cookies[0].line.starts_with("__Host-sid="), "{}", cookies[0].line);
}
