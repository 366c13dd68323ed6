//! The rules that bind every answer of the program, whatever a test is about.
//!
//! They are checked on each answer that any test receives, so every test proves ATR-01 to ATR-05, ATR-11,
//! SYN-04, SYN-07, SYN-08 and SID-06 for the answers that it meets.

use super::answer::Answer;
use super::cookie::SetCookie;
use super::request::Request;
use super::secret::spellings_of;

/// Routes of which a request may end the session that it presented.
const ROUTES_THAT_END: [&str; 6] = ["/logout", "/revoke", "/pwchange", "/twice", "/slow", "/end"];

/// Holds the answer against the rules.
#[track_caller]
pub(crate) fn check(request: &Request, answer: &Answer) {
    let said = format!("{} {} -> {}", request.method(), request.target(), answer.status);
    let cookies = answer.set_cookies();
    let ours: Vec<_> = cookies.iter().filter(|cookie| cookie.is_ours()).collect();
    assert!(ours.len() <= 1, "{said}: several cookies of our name: {ours:?}");
    for cookie in &cookies {
        well_formed(&said, cookie);
    }
    for cookie in ours {
        attributes_are_complete(&said, cookie);
        may_not_be_stored(&said, answer);
        if cookie.is_removal() {
            let may_end = ROUTES_THAT_END.iter().any(|route| request.target().starts_with(route));
            assert!(may_end && request.method() != "GET", "{said}: nothing was ended, yet: {}", cookie.line);
        } else {
            let is_sealed = cookie.value.len() > 64 && cookie.value.starts_with('A');
            assert!(cookie.value.len() == 64 || is_sealed, "{said}: {}", cookie.line);
        }
    }
    tells_no_token(&said, request, answer);
}

/// RFC 9111, section 5.2.2.5: nothing beside `no-store` says the opposite.
#[track_caller]
fn may_not_be_stored(said: &str, answer: &Answer) {
    assert!(answer.field_has("cache-control", "no-store"), "{said}: a cookie, but no `no-store`");
    assert!(!answer.field_has("cache-control", "public"), "{said}: `no-store`, and yet `public`");
    for name in ["cdn-cache-control", "surrogate-control", "expires"] {
        assert_eq!(answer.field(name), None, "{said}: {name} tells other caches something else");
    }
}

/// RFC 6265bis, sections 4.1.1 and 5.6: syntax and sizes of any `Set-Cookie`.
#[track_caller]
fn well_formed(said: &str, cookie: &SetCookie) {
    assert!(cookie.name.len() + cookie.value.len() <= 4096, "{said}: over 4096 octets");
    let mut names: Vec<_> = cookie.attributes.iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cookie.attributes.len(), "{said}: an attribute twice: {}", cookie.line);
    for (name, value) in &cookie.attributes {
        assert!(value.len() <= 1024, "{said}: {name} is over 1024 octets");
        match name.as_str() {
            "max-age" => {
                assert!(value.bytes().all(|octet| octet.is_ascii_digit()), "{said}: {}", cookie.line);
                assert!(!value.is_empty(), "{said}: {}", cookie.line);
            }
            "expires" => assert!(is_imf_fixdate(value), "{said}: {}", cookie.line),
            _ => {}
        }
    }
}

#[track_caller]
fn attributes_are_complete(said: &str, cookie: &SetCookie) {
    for (name, value) in [("secure", ""), ("httponly", ""), ("path", "/"), ("samesite", "Lax")] {
        assert_eq!(cookie.attribute(name), Some(value), "{said}: {name} in {}", cookie.line);
    }
    let known = ["secure", "httponly", "path", "samesite", "max-age", "expires"];
    for (name, _) in &cookie.attributes {
        assert!(known.contains(&name.as_str()), "{said}: {name} in {}", cookie.line);
    }
}

/// A token is in `Set-Cookie` and nowhere else, however it is spelled.
#[track_caller]
fn tells_no_token(said: &str, request: &Request, answer: &Answer) {
    let mut tokens = request.presented_tokens();
    tokens.extend(answer.new_token());
    for token in tokens {
        let spellings = spellings_of(&token);
        assert!(!spellings.occur_in(&answer.body), "{said}: the body holds the token");
        for (name, value) in answer.fields.iter().filter(|(name, _)| name != "set-cookie") {
            assert!(!spellings.occur_in(value), "{said}: the field {name} holds the token");
        }
    }
}

/// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, with the weekday that the date has.
fn is_imf_fixdate(text: &str) -> bool {
    const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split(' ').collect();
    let [weekday, day, month, year, time, "GMT"] = parts.as_slice() else { return false };
    let clock: Vec<&str> = time.split(':').collect();
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_digit());
    if !two_digits(day) || year.len() != 4 || clock.len() != 3 || !clock.iter().all(|part| two_digits(part)) {
        return false;
    }
    let (Ok(day), Ok(year)) = (day.parse::<usize>(), year.parse::<usize>()) else { return false };
    let Some(month) = MONTHS.iter().position(|name| name == month) else { return false };
    // Sakamoto's method: the weekday of a Gregorian date, Sunday being 0.
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let shifted = if month < 2 { year - 1 } else { year };
    let found = (shifted + shifted / 4 - shifted / 100 + shifted / 400 + offsets[month] + day) % 7;
    weekday.strip_suffix(',') == Some(WEEKDAYS[found])
}

#[test]
fn a_date_with_the_wrong_weekday_is_no_imf_fixdate() {
    assert!(is_imf_fixdate("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert!(is_imf_fixdate("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert!(!is_imf_fixdate("Mon, 06 Nov 1994 08:49:37 GMT"));
    assert!(!is_imf_fixdate("Sun, 6 Nov 1994 08:49:37 GMT"));
}
