//! SID-06: the token is in `Set-Cookie` and nowhere else.

use crate::harness::{
    Request, Store, StoreMode, Visitor, on_each_store, on_memcached, on_sealed, password_of, spellings_of,
};

on_each_store!(
    sid_06_no_answer_repeats_the_token_outside_of_set_cookie,
    sid_06_the_control_listener_does_not_tell_tokens_either,
);
on_memcached!(sid_06_no_answer_repeats_the_token_outside_of_set_cookie);
on_sealed!(
    sid_06_no_answer_repeats_the_token_outside_of_set_cookie,
    sid_06_the_control_listener_does_not_tell_tokens_either,
);

/// Every route and every kind of refusal; the rule itself is checked on each answer, and here once more over
/// the tokens of all answers before.
fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    for target in [
        "/me",
        "/sessions",
        "/slot/a",
        "/slot/nowhere",
        "/count",
        "/public",
        "/peek",
        "/form",
        "/page",
        "/nowhere",
        "/login",
        "/logout",
        "/ws",
        "/end",
        "/twice",
        "/slow",
    ] {
        requests.push(Request::get(target));
        requests.push(Request::new("HEAD", target));
        requests.push(Request::new("FOO", target));
    }
    for target in [
        "/incr",
        "/renew",
        "/elevate",
        "/act",
        "/revoke?id=0",
        "/revoke",
        "/end?how=500&do=renew",
        "/end?how=404&do=write",
        "/end?how=303&do=login",
        "/end?how=stream&do=renew",
        "/end?how=nonsense&do=nothing",
        "/twice?case=login_renew",
        "/twice?case=app_cookie",
        "/twice?case=nonsense",
        "/logout_others",
    ] {
        requests.push(Request::post(target));
    }
    requests.push(Request::put("/slot/a?value=x"));
    requests.push(Request::put("/big?n=1000000000"));
    requests.push(Request::put("/big?n=-1"));
    requests.push(Request::post("/reauth").form(&[("password", &password_of("alice"))]));
    requests.push(Request::post("/reauth").form(&[("password", "wrong")]));
    requests.push(Request::post("/login").body("application/json", "{"));
    requests.push(Request::login("alice", &password_of("alice")));
    requests.push(Request::login("alice", "wrong"));
    requests.push(Request::post("/act").field("Origin", "https://evil.example"));
    requests.push(Request::post("/logout"));
    requests
}

fn sid_06_no_answer_repeats_the_token_outside_of_set_cookie(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let mut tokens = vec![alice.token()];
    let ask = |alice: &mut Visitor<'_>, tokens: &mut Vec<String>, request: Request| {
        let said = format!("{} {}", request.method(), request.target());
        let answer = alice.ask(request);
        tokens.extend(answer.new_token());
        for token in tokens.iter() {
            let spellings = spellings_of(token);
            assert!(!spellings.occur_in(&answer.body), "{said}: the body tells a token");
            for (name, value) in answer.fields.iter().filter(|(name, _)| name != "set-cookie") {
                assert!(!spellings.occur_in(value), "{said}: the field {name} tells a token");
            }
        }
    };
    for request in requests() {
        ask(&mut alice, &mut tokens, request);
    }
    bench.set_store(StoreMode::Down);
    let mut alice = Visitor::with_token(&bench, tokens.last().expect("there was a sign-in"));
    for request in requests() {
        ask(&mut alice, &mut tokens, request);
    }
}

fn sid_06_the_control_listener_does_not_tell_tokens_either(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let first = alice.token();
    alice.post("/renew").expect(204);
    alice.get("/me").expect(200);
    let tokens = [first, alice.token()];
    for target in ["/events", "/dump", "/ops", "/rows", "/acts"] {
        let answer = bench.order(&Request::get(target));
        for token in &tokens {
            assert!(!spellings_of(token).occur_in(&answer.body), "{target} tells a token");
        }
    }
}
