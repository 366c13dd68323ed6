//! Our cookies on their way past the application: the application neither sees nor sets them.

use cloakroom::cookie::CookieName;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// Removes the cookies of these names from a request, joins the rest into one field and leaves its octets alone.
///
/// HTTP/2 may split the field; HTTP/1.1 must not (RFC 9113 8.2.3).
pub(super) fn remove_from_request(headers: &mut HeaderMap, names: &[CookieName]) {
    let others = others(headers, names);
    headers.remove(COOKIE);
    if let Some(others) = others {
        headers.insert(COOKIE, others);
    }
}

/// The cookies of a request but those of these names, in one field; `None` when there are none.
pub(crate) fn others(headers: &HeaderMap, names: &[CookieName]) -> Option<HeaderValue> {
    let fields = headers.get_all(COOKIE).iter();
    let pairs = fields.flat_map(|field| field.as_bytes().split(|octet| *octet == b';')).map(trim);
    let mut joined = Vec::new();
    for pair in pairs.filter(|pair| !pair.is_empty() && !is_any(pair, names)) {
        if !joined.is_empty() {
            joined.extend_from_slice(b"; ");
        }
        joined.extend_from_slice(pair);
    }
    // Octets that came in a field value make one again.
    HeaderValue::try_from(joined).ok().filter(|joined| !joined.is_empty())
}

/// Removes `Set-Cookie` fields of these names from a response; the others stay octet for octet and in order.
pub(super) fn remove_from_response(headers: &mut HeaderMap, names: &[CookieName]) {
    let (ours, kept): (Vec<HeaderValue>, Vec<HeaderValue>) =
        headers.get_all(SET_COOKIE).iter().cloned().partition(|value| is_any(trim(value.as_bytes()), names));
    if ours.is_empty() {
        return;
    }
    headers.remove(SET_COOKIE);
    for value in kept {
        headers.append(SET_COOKIE, value);
    }
}

/// Whether a pair names one of our cookies in any case, or is a nameless cookie that would be sent back as ours.
fn is_any(pair: &[u8], names: &[CookieName]) -> bool {
    let pair = trim(pair.strip_prefix(b"=").unwrap_or(pair));
    let end = pair.iter().position(|octet| matches!(octet, b'=' | b';')).unwrap_or(pair.len());
    let its_name = trim(&pair[..end]);
    names.iter().any(|ours| its_name.eq_ignore_ascii_case(ours.as_bytes()))
}

fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> [CookieName; 1] {
        [CookieName::parse("__Host-Http-cloakroom").unwrap()]
    }

    fn request(fields: &[&[u8]]) -> Option<Vec<u8>> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(COOKIE, HeaderValue::from_bytes(field).unwrap());
        }
        remove_from_request(&mut headers, &ours());
        assert!(headers.get_all(COOKIE).iter().count() <= 1);
        headers.get(COOKIE).map(|value| value.as_bytes().to_vec())
    }

    #[test]
    fn the_application_does_not_see_our_cookie() {
        assert_eq!(request(&[b"a=1; __Host-Http-cloakroom=V; b=2"]).unwrap(), b"a=1; b=2");
        assert_eq!(request(&[b"__Host-Http-cloakroom=V"]), None);
        assert_eq!(
            request(&[b"__HOST-HTTP-CLOAKROOM=V;\t__Host-Http-cloakroom = V ;=__Host-Http-cloakroom=V"]),
            None
        );
        assert_eq!(request(&[b"__Host-Http-cloakroom"]), None);
    }

    #[test]
    fn other_cookies_keep_their_octets_and_become_one_field() {
        assert_eq!(request(&[b"a=\"1,2\"; b=\xff\xfe=", b"c"]).unwrap(), b"a=\"1,2\"; b=\xff\xfe=; c");
        assert_eq!(request(&[b"x__Host-Http-cloakroom=V"]).unwrap(), b"x__Host-Http-cloakroom=V");
    }

    #[test]
    fn the_application_cannot_set_our_cookie() {
        let mut headers = HeaderMap::new();
        let lines: [&[u8]; 5] = [
            b"a=1; Path=/; Expires=Sun, 22 Nov 2026 01:45:00 GMT",
            b"__Host-Http-cloakroom=planted; Path=/; Secure; HttpOnly",
            b" =__Host-Http-cloakroom=planted",
            b"__host-http-cloakroom=x",
            b"b=\xff;weird",
        ];
        for line in lines {
            headers.append(SET_COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        remove_from_response(&mut headers, &ours());
        let kept: Vec<&[u8]> = headers.get_all(SET_COOKIE).iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(kept, [lines[0], lines[4]]);
    }
}
