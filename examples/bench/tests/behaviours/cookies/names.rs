//! Line 30, PFX-03, SYN-11, SYN-12 and SYN-14: what looks like our name is not our name.

use crate::harness::{Bench, Request, Store, on_every_store, on_sealed};

on_every_store!(
    behaviour_30_a_smuggled_name_is_refused,
    behaviour_30_a_smuggled_name_does_not_shadow_ours,
    pfx_03_a_prefixed_name_in_another_case_is_another_name,
    syn_11_a_segment_without_a_name_never_selects_or_shadows_the_session,
    syn_12_quotes_are_data,
    syn_14_names_match_octet_for_octet,
);
on_sealed!(
    behaviour_30_a_smuggled_name_is_refused,
    behaviour_30_a_smuggled_name_does_not_shadow_ours,
    pfx_03_a_prefixed_name_in_another_case_is_another_name,
    syn_14_names_match_octet_for_octet,
    syn_11_a_segment_without_a_name_never_selects_or_shadows_the_session,
    syn_12_quotes_are_data,
);

#[track_caller]
fn user_of(bench: &Bench, cookie: &[u8]) -> Option<String> {
    let answer = bench.ask(&Request::get("/me").cookie(cookie));
    match answer.status {
        200 => Some(answer.json_text("user")),
        // The HTTP layer may refuse a header with control octets before we see it.
        400 | 401 => None,
        other => panic!("{} -> {other}", cookie.escape_ascii()),
    }
}

/// Octets around, in and for the name; `=VALUE` follows.
const SMUGGLED: [&[u8]; 26] = [
    b"__Host%2Dsid",
    b"%5F%5FHost-sid",
    b"__Host-sid%20",
    b"%20__Host-sid",
    b"__Host-s%69d",
    b"\"__Host-sid\"",
    b"'__Host-sid'",
    b"$__Host-sid",
    b"$Version=1,__Host-sid",
    b"$Version=\"1\", __Host-sid",
    b"a=b,__Host-sid",
    b"a=b\t__Host-sid",
    b"\xc2\xa0__Host-sid",
    b"__Host-sid\xc2\xa0",
    b"\xa0__Host-sid",
    b"__Host-sid\xa0",
    b"\xe2\x80\x83__Host-sid",
    b"__Host-sid\xe2\x80\x83",
    b"\xe3\x80\x80__Host-sid",
    b"\xef\xbb\xbf__Host-sid",
    b"\xe2\x80\x8b__Host-sid",
    b"__Host-sid\xe2\x80\x8b",
    b"__Host\xe2\x80\x91sid",
    b"\x0b__Host-sid",
    b"__Host-sid\x0c",
    b"__Host_sid",
];

fn behaviour_30_a_smuggled_name_is_refused(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    for name in SMUGGLED {
        let cookie = [name, b"=", token.as_bytes()].concat();
        assert_eq!(user_of(&bench, &cookie), None, "{}", name.escape_ascii());
    }
}

fn behaviour_30_a_smuggled_name_does_not_shadow_ours(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let bob = bench.signed_in("bob").token();
    let plain = format!("__Host-sid={alice}");
    for name in SMUGGLED.iter().filter(|name| name.iter().all(|octet| *octet >= b' ' || *octet == b'\t')) {
        let smuggled = [name, &b"="[..], bob.as_bytes()].concat();
        for cookie in [
            [smuggled.as_slice(), b"; ", plain.as_bytes()].concat(),
            [plain.as_bytes(), b"; ", smuggled.as_slice()].concat(),
        ] {
            assert_eq!(user_of(&bench, &cookie).as_deref(), Some("alice"), "{}", name.escape_ascii());
        }
    }
}

fn pfx_03_a_prefixed_name_in_another_case_is_another_name(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let bob = bench.signed_in("bob").token();
    for name in ["__HOST-sid", "__host-sid", "__Host-SID", "__Host-Sid", "__hOST-sid"] {
        assert_eq!(user_of(&bench, format!("{name}={alice}").as_bytes()), None, "{name}");
        let both = format!("{name}={bob}; __Host-sid={alice}");
        assert_eq!(user_of(&bench, both.as_bytes()).as_deref(), Some("alice"), "{name}");
    }
}

fn syn_14_names_match_octet_for_octet(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    for name in [
        "__HOST-SID",
        "sid",
        "_Host-sid",
        "___Host-sid",
        "__Host-sid2",
        "__Host-si",
        "__Secure-sid",
        "Host-sid",
    ] {
        assert_eq!(user_of(&bench, format!("{name}={alice}").as_bytes()), None, "{name}");
    }
}

fn syn_11_a_segment_without_a_name_never_selects_or_shadows_the_session(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let bob = bench.signed_in("bob").token();
    for cookie in
        ["__Host-sid".to_owned(), format!("=__Host-sid={alice}"), format!("={alice}"), alice.clone()]
    {
        assert_eq!(user_of(&bench, cookie.as_bytes()), None, "{cookie}");
    }
    for cookie in [
        format!("=__Host-sid={bob}; __Host-sid={alice}"),
        format!("__Host-sid={alice}; =__Host-sid={bob}"),
        format!("__Host-sid; __Host-sid={alice}"),
        format!("__Host-sid={alice}; __Host-sid"),
        format!("{bob}; __Host-sid={alice}"),
        format!("=; __Host-sid={alice}; ="),
    ] {
        assert_eq!(user_of(&bench, cookie.as_bytes()).as_deref(), Some("alice"), "{cookie}");
    }
}

fn syn_12_quotes_are_data(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    for value in [format!("\"{alice}\""), format!("\"{alice}"), format!("{alice}\""), format!("\\{alice}")] {
        assert_eq!(user_of(&bench, format!("__Host-sid={value}").as_bytes()), None, "{value}");
    }
    // A quote that opens before our cookie does not swallow it, escaped or not.
    for cookie in [
        format!("a=\"b; __Host-sid={alice}; c=d\""),
        format!("a=\"\\\"; __Host-sid={alice}"),
        format!("__Host-sid={alice}; a=\"b;c\""),
    ] {
        assert_eq!(user_of(&bench, cookie.as_bytes()).as_deref(), Some("alice"), "{cookie}");
    }
}
