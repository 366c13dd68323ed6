//! SYN-02, SYN-04, SYN-07, SYN-08, SYN-09 and SYN-10 on the wire.

use crate::harness::{
    Bench, Request, Store, Visitor, ask_over_http2, on_each_store, on_memcached, on_sealed,
};

on_each_store!(
    syn_02_nothing_that_a_client_sends_adds_a_header_line_or_an_attribute,
    syn_08_a_session_too_large_is_an_error_and_never_a_cookie_too_large,
    syn_09_a_cookie_header_in_several_lines_is_one_list,
    syn_09_http_2_crumbs_are_one_list,
    syn_10_the_parser_is_tolerant_of_blanks_and_empty_segments,
);
on_memcached!(
    syn_02_nothing_that_a_client_sends_adds_a_header_line_or_an_attribute,
    syn_09_a_cookie_header_in_several_lines_is_one_list,
    syn_09_http_2_crumbs_are_one_list,
    syn_10_the_parser_is_tolerant_of_blanks_and_empty_segments
);
on_sealed!(
    syn_02_nothing_that_a_client_sends_adds_a_header_line_or_an_attribute,
    syn_09_a_cookie_header_in_several_lines_is_one_list,
    syn_09_http_2_crumbs_are_one_list,
    syn_10_the_parser_is_tolerant_of_blanks_and_empty_segments,
);

#[track_caller]
fn user_of(bench: &Bench, request: &Request) -> Option<String> {
    let answer = bench.ask(request);
    if answer.status == 200 {
        return Some(answer.json_text("user"));
    }
    answer.expect(401);
    None
}

/// Slot values, gate names, user names: none of them comes back as structure. SYN-04 and SYN-07 are checked on
/// every answer that any test receives.
fn syn_02_nothing_that_a_client_sends_adds_a_header_line_or_an_attribute(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for evil in
        ["x%0d%0aSet-Cookie:%20a=1", "x;%20Domain=evil.example", "x%00y", "x%0aX-Evil:%201", "%22;a=1"]
    {
        for request in [
            Request::put(format!("/slot/a?value={evil}")),
            Request::post(format!("/end?how=303&do=write&value={evil}")),
            Request::post(format!("/end?how={evil}&do=renew")),
            Request::post(format!("/revoke?id={evil}")),
            Request::post("/login")
                .body("application/x-www-form-urlencoded", format!("user={evil}&password=x")),
        ] {
            let answer = alice.ask(request);
            assert!(answer.fields.iter().all(|(name, _)| name != "x-evil"), "{evil}");
            for cookie in answer.set_cookies() {
                assert_eq!(cookie.name, "__Host-sid", "{evil}");
            }
        }
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

/// Stored sessions only so far: a record too large for its store is 413, and the cookie is what it always was.
fn syn_08_a_session_too_large_is_an_error_and_never_a_cookie_too_large(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let mut answer = alice.put("/big?n=100000");
    if answer.status != 413 {
        answer = alice.put("/big?n=1000000000");
    }
    answer.expect_error(413, "session_too_large").expect_no_cookie();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    let mut nobody: Visitor<'_> = bench.visitor();
    nobody.put("/big?n=1000000000").expect_error(413, "session_too_large").expect_no_cookie();
    assert_eq!(bench.rows(), 1);
}

fn syn_09_a_cookie_header_in_several_lines_is_one_list(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let ours = format!("__Host-sid={token}");
    for lines in [
        ["x=1", ours.as_str(), "y=2"],
        [ours.as_str(), "x=1", "y=2"],
        ["x=1", "y=2", ours.as_str()],
        ["", "a=\"b", ours.as_str()],
        [ours.as_str(), "__Host-sid", ours.as_str()],
    ] {
        let request = lines.iter().fold(Request::get("/me"), |request, line| request.cookie(*line));
        assert_eq!(user_of(&bench, &request).as_deref(), Some("alice"), "{lines:?}");
    }
    let lower_case = Request::get("/me").field("cookie", "x=1").field("COOKIE", ours);
    assert_eq!(user_of(&bench, &lower_case).as_deref(), Some("alice"));
    // A cookie that is cut by a line's end is two broken ones.
    let (head, tail) = token.split_at(30);
    let cut = Request::get("/me").cookie(format!("__Host-sid={head}")).cookie(tail);
    assert_eq!(user_of(&bench, &cut), None);
}

fn syn_09_http_2_crumbs_are_one_list(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let ours = format!("__Host-sid={token}");
    let me = Request::get("/me");
    for crumbs in [
        &[b"x=1".as_slice(), ours.as_bytes(), b"y=2"][..],
        &[ours.as_bytes()],
        &[b"a=\"b", ours.as_bytes(), b"c\"=d"],
        &[b"\xff\xfe=1", ours.as_bytes()],
    ] {
        let answer = ask_over_http2(bench.listen(), &me, crumbs);
        assert_eq!(answer.expect(200).json_text("user"), "alice");
    }
    ask_over_http2(bench.listen(), &me, &[]).expect_error(401, "session_required");
    let bob = format!("__Host-sid={}", bench.signed_in("bob").token());
    let two = ask_over_http2(bench.listen(), &me, &[ours.as_bytes(), bob.as_bytes()]);
    two.expect_error(401, "session_required");
    let signed_out = ask_over_http2(bench.listen(), &Request::post("/logout"), &[b"x=1", ours.as_bytes()]);
    signed_out.expect(204).expect_removal();
    bench.assert_dead(&token);
}

fn syn_10_the_parser_is_tolerant_of_blanks_and_empty_segments(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let ours = format!("__Host-sid={token}");
    for cookie in [
        format!("a=b;{ours};c=d"),
        format!("a=b ;{ours} ;c=d"),
        format!(";;; {ours};;;"),
        format!("  {ours}\t"),
        format!("\t__Host-sid\t=\t{token}\t; a=b"),
        format!("a==; b=c=d; {ours}"),
        format!("a=; ={}; {ours}", "=".repeat(300)),
        format!("a={{\"x\":1,\"y\":2}}; {ours}"),
        format!("a b=c d; (x)=y; {ours}"),
    ] {
        let user = user_of(&bench, &Request::get("/me").cookie(cookie.clone()));
        assert_eq!(user.as_deref(), Some("alice"), "{cookie:?}");
    }
    // A comma separates nothing.
    let comma = Request::get("/me").cookie(format!("a=b, {ours}"));
    assert_eq!(user_of(&bench, &comma), None);
}
