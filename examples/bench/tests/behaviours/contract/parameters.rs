//! What is malformed is 400, an ID that is none is 404, a method that is none is 405.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed};

on_each_store!(
    a_malformed_parameter_is_400,
    an_id_that_is_none_is_404,
    an_unknown_route_is_404_and_an_unknown_method_405,
    nothing_malformed_is_a_failure_of_the_server,
);
on_memcached!(an_id_that_is_none_is_404, an_unknown_route_is_404_and_an_unknown_method_405);
on_sealed!(an_unknown_route_is_404_and_an_unknown_method_405, nothing_malformed_is_a_failure_of_the_server,);

fn a_malformed_parameter_is_400(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for request in [
        Request::put("/slot/a"),
        Request::put("/big"),
        Request::put("/big?n="),
        Request::put("/big?n=-1"),
        Request::put("/big?n=many"),
        Request::post("/twice"),
        Request::post("/twice?case=nonsense"),
        Request::post("/end?how=nonsense&do=renew"),
        Request::post("/end?how=200&do=nonsense"),
        Request::post("/end"),
        Request::post("/slow?gate=g&then=nonsense"),
        Request::post("/slow?then=write"),
        Request::post("/revoke"),
    ] {
        let said = format!("{} {}", request.method(), request.target());
        let answer = alice.ask(request);
        assert_eq!(answer.status, 400, "{said}");
        answer.expect_no_cookie();
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(bench.rows(), 1);
}

fn an_id_that_is_none_is_404(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let short = &id[..31];
    for none in [short, &format!("{id}0"), "xyz", &"g".repeat(32), &"0".repeat(32)] {
        alice.post(&format!("/revoke?id={none}")).expect(404).expect_no_cookie();
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

fn an_unknown_route_is_404_and_an_unknown_method_405(store: Store) {
    let bench = store.start(&[]);
    for target in ["/nowhere", "/me/", "//me", "/ME", "/control"] {
        assert_eq!(bench.get(target).status, 404, "{target}");
    }
    for request in
        [Request::post("/me"), Request::get("/incr"), Request::get("/renew"), Request::new("DELETE", "/me")]
    {
        assert_eq!(bench.ask(&request).status, 405, "{} {}", request.method(), request.target());
    }
}

/// The control listener's routes are not on the public one, nor the other way round.
fn nothing_malformed_is_a_failure_of_the_server(store: Store) {
    let bench = store.start(&[]);
    for target in [
        "/clock",
        "/gate",
        "/rows",
        "/ops",
        "/dump",
        "/sweep",
        "/store",
        "/user",
        "/everyone",
        "/acts",
        "/events",
    ] {
        for method in ["GET", "POST"] {
            let status = bench.ask(&Request::new(method, target)).status;
            assert!(matches!(status, 404 | 405), "{method} {target} -> {status}");
        }
    }
    let bodies: [(&str, &[u8]); 6] = [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"user=alice"),
        ("application/x-www-form-urlencoded", b"user=%ff%fe&password=%00"),
        ("application/x-www-form-urlencoded", b"&&&&====%%%"),
        ("application/json", b"{\"user\":\"alice\"}"),
        ("text/plain", b"user=alice&password=correct horse alice"),
    ];
    for (kind, body) in bodies {
        let answer = bench.ask(&Request::post("/login").body(kind, body));
        assert!((400..500).contains(&answer.status), "{kind}: {} -> {}", body.escape_ascii(), answer.status);
        answer.expect_no_cookie();
    }
    assert_eq!(bench.rows(), 0);
}
