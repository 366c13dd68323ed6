//! Line 32 and SID-07: octets that no browser of a friend would send.

use std::time::Duration;

use crate::harness::{
    Random, Request, Stopwatch, Store, ask_over_http2, on_each_store, on_memcached, on_sealed,
};

on_each_store!(
    sid_07_a_hostile_value_behaves_exactly_like_no_cookie,
    behaviour_32_a_hostile_corpus_is_anonymous_or_valid_and_never_a_failure,
    behaviour_32_odd_octets_elsewhere_never_hide_the_session,
    behaviour_32_random_octets_never_break_anything,
    behaviour_32_time_is_linear_in_the_length,
);
on_memcached!(
    behaviour_32_a_hostile_corpus_is_anonymous_or_valid_and_never_a_failure,
    behaviour_32_odd_octets_elsewhere_never_hide_the_session,
    behaviour_32_time_is_linear_in_the_length
);
on_sealed!(
    sid_07_a_hostile_value_behaves_exactly_like_no_cookie,
    behaviour_32_a_hostile_corpus_is_anonymous_or_valid_and_never_a_failure,
    behaviour_32_odd_octets_elsewhere_never_hide_the_session,
    behaviour_32_random_octets_never_break_anything,
    behaviour_32_time_is_linear_in_the_length,
);

/// Values in the place of a token.
fn hostile_values(token: &str) -> Vec<Vec<u8>> {
    let texts = [
        "' OR 1=1--",
        "'; DROP TABLE sessions;--",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%0d%0aFLUSHALL",
        "\\r\\nFLUSHALL\\r\\n",
        "${jndi:ldap://evil.example/x}",
        "{{7*7}}",
        "*",
        "?",
        "[a-z]*",
        "null",
        "undefined",
        "0",
        "-1",
        "true",
        "{\"user\":\"alice\"}",
        "[1,2,3]",
        "",
        "A",
        "=",
        "==",
        "\"\"",
        "eyJhbGciOiJub25lIn0.e30.",
        "s%3Aabc.def",
        "rO0ABXQAA2FiYw",
        "gAJ9cQAu",
        "O:8:\"stdClass\":0:{}",
        "<script>alert(1)</script>",
    ];
    let mut values: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    values.extend([
        b"\xff\xfe".to_vec(),
        b"\xc0\x80".to_vec(),
        vec![b'A'; 8_192],
        vec![b'A'; 64],
        vec![b'_'; 64],
        [token.as_bytes(), b"A"].concat(),
        token.as_bytes()[..63].to_vec(),
        token.to_ascii_uppercase().into_bytes(),
        token.to_ascii_lowercase().into_bytes(),
        token.bytes().rev().collect(),
        [&token.as_bytes()[..63], b"\xe9"].concat(),
        [&token.as_bytes()[..32], b"%", &token.as_bytes()[33..]].concat(),
        format!("{token}.{token}").into_bytes(),
    ]);
    values
}

fn sid_07_a_hostile_value_behaves_exactly_like_no_cookie(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let none = bench.get("/me");
    let (rows, before) = (bench.rows(), bench.ops());
    let mut times = Vec::new();
    let values = hostile_values(&token);
    for value in &values {
        let cookie = [b"__Host-sid=", value.as_slice()].concat();
        let watch = Stopwatch::start();
        let answer = bench.ask(&Request::get("/me").cookie(cookie));
        times.push(watch.elapsed());
        assert_eq!(answer.status, none.status, "{}", value.escape_ascii());
        assert_eq!(answer.body, none.body, "{}", value.escape_ascii());
        answer.expect_no_cookie();
    }
    assert_eq!(bench.rows(), rows);
    let well_formed = |value: &&Vec<u8>| {
        value.len() == 64 && value.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(octet))
    };
    let look_ups = values.iter().filter(well_formed).count();
    let after = bench.ops();
    assert_eq!(after.writes(), before.writes());
    let loads = usize::try_from(after.loads - before.loads).expect("a few");
    assert!(loads <= look_ups, "{loads} look-ups for {look_ups} values of the right form");
    times.sort();
    assert!(times[times.len() / 2] < Duration::from_millis(50), "{times:?}");
    bench.assert_live(&token);
}

/// Whole `Cookie` lines: each is anonymous, or (with our cookie intact in it) valid.
fn hostile_lines() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = [
        &b"a=b\x00c"[..],
        b"\x01\x02\x03=1",
        b"a=\x7f",
        b"a=b\x0bc",
        b"a=\x1b[31mred",
        b"a=b\rc=d",
        b"%00=%00",
        b"a=%",
        b"a=%zz",
        b"a=%u0041",
        b"\xff\xfe\xfd=\xfc",
        b"\xe2\x80\xa8=1",
        b"a=\xed\xa0\x80",
        b"PHPSESSID=abc; JSESSIONID=0000abc:-1; connect.sid=s%3Aabc.def; _ga=GA1.2.3.4",
        b"laravel_session=eyJpdiI6IiJ9; csrftoken=abc; ASP.NET_SessionId=x; rack.session=BAh7",
        b"a=s:1:\"x;y\"",
        b"; ; ; ;",
        b"=;=;=;=",
        b"a",
        b"",
        b"   ",
        b"$Version=1; $Path=/; $Domain=.example.org",
        b"Path=/; Domain=evil.example; HttpOnly; Secure",
        b"__Host-sid",
        b"__Host-sid=",
        b"__Host-sid==",
    ]
    .iter()
    .map(|line| line.to_vec())
    .collect();
    lines.push([b"a=".to_vec(), vec![b'x'; 8_190]].concat());
    lines.push(b"a=b; ".repeat(1_600));
    lines.push(vec![b';'; 8_192]);
    lines.push(vec![b'='; 8_192]);
    lines.push(vec![b' '; 8_192]);
    lines.push(b"a=\"".iter().copied().chain(b"\\\"".repeat(4_000)).collect());
    lines.push([vec![b'n'; 5_000], b"=v".to_vec()].concat());
    lines
}

/// Whether the HTTP layer itself must refuse these octets in a field (RFC 9110, section 5.5).
fn is_no_field_value(line: &[u8]) -> bool {
    line.iter().any(|octet| (*octet < b' ' && *octet != b'\t') || *octet == 0x7f)
}

fn behaviour_32_a_hostile_corpus_is_anonymous_or_valid_and_never_a_failure(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let ours = format!("__Host-sid={token}").into_bytes();
    for line in hostile_lines() {
        let shown: String = line.escape_ascii().to_string().chars().take(60).collect();
        let alone = bench.ask(&Request::get("/me").cookie(line.clone()));
        if is_no_field_value(&line) {
            assert!(matches!(alone.status, 400 | 401 | 431), "{shown} -> {}", alone.status);
        } else {
            assert_eq!(alone.status, 401, "{shown}");
        }
        for request in [
            Request::get("/me").cookie(ours.clone()).cookie(line.clone()),
            Request::get("/me").cookie(line.clone()).cookie(ours.clone()),
            Request::get("/me").cookie([ours.as_slice(), b"; ", &line].concat()),
            Request::get("/me").cookie([line.as_slice(), b"; ", &ours].concat()),
        ] {
            let answer = bench.ask(&request);
            let refused_by_http = is_no_field_value(&line) && answer.status == 400;
            assert!(answer.status == 200 || refused_by_http, "{shown} beside ours -> {}", answer.status);
        }
    }
}

/// Invariant: one odd octet elsewhere in the header never hides the session.
fn behaviour_32_odd_octets_elsewhere_never_hide_the_session(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let ours = format!("__Host-sid={token}").into_bytes();
    for octet in (0x80..=0xff).chain([b'\t', b'"', b',', b'\\', b'(', b'@', b'[', b'{', b'%']) {
        for line in [
            [b"a=", &[octet][..], b"; ", &ours].concat(),
            [&[octet][..], b"=1; ", &ours].concat(),
            [ours.as_slice(), b"; a=", &[octet]].concat(),
        ] {
            let answer = bench.ask(&Request::get("/me").cookie(line));
            assert_eq!(answer.status, 200, "octet {octet:#04x}");
        }
        let odd = [b"a=", &[octet][..]].concat();
        if octet % 16 == 0 {
            let answer = ask_over_http2(bench.listen(), &Request::get("/me"), &[&odd, &ours]);
            assert_eq!(answer.status, 200, "octet {octet:#04x} over HTTP/2");
        }
    }
}

fn behaviour_32_random_octets_never_break_anything(store: Store) {
    let bench = store.start(&[]);
    let mut random = Random::new();
    for _ in 0..500 {
        let length = usize::try_from(random.below(200)).expect("small");
        let mut line = random.octets(length);
        line.retain(|octet| !matches!(octet, b'\r' | b'\n' | 0));
        let answer = bench.ask(&Request::get("/me").cookie(line.clone()));
        assert!(matches!(answer.status, 400 | 401), "{} -> {}", line.escape_ascii(), answer.status);
    }
    assert_eq!(bench.rows(), 0);
}

/// Eight times the length takes nowhere near sixty-four times as long: the fastest of many tries of each.
fn behaviour_32_time_is_linear_in_the_length(store: Store) {
    let bench = store.start(&[]);
    let mut connection = bench.connect();
    let mut fastest = |line: Vec<u8>| {
        let request = Request::get("/peek").cookie(line);
        let times = (0..30).map(|_| {
            let watch = Stopwatch::start();
            let answer = connection.ask(&request);
            assert!(matches!(answer.status, 200 | 400 | 431), "{}", answer.status);
            watch.elapsed()
        });
        times.min().expect("thirty tries")
    };
    for pattern in [&b"__Host-sid=x; "[..], b"a=b; ", b";", b"=", b"\"", b"__Host-sid=", b"\xff"] {
        let of_length = |octets: usize| pattern.iter().copied().cycle().take(octets).collect::<Vec<u8>>();
        let short = fastest(of_length(4_000)).max(Duration::from_micros(300));
        let long = fastest(of_length(32_000));
        let shown = pattern.escape_ascii();
        assert!(long < short * 24, "{shown}: {short:?} for 4,000 octets, {long:?} for 32,000");
    }
}
