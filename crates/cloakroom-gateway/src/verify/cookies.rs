//! The request's cookies: ours to find the session by, the others for the application.

use cloakroom::cookie::CookieName;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::proxy::other_cookies;

/// Cuts fields that a proxy has joined by commas where one of our cookies begins or ends, so that it is found.
///
/// Our values have no comma. The others' octets stay as they are.
pub(super) fn part_joined(headers: &mut HeaderMap, names: &[CookieName]) {
    if !headers.get_all(COOKIE).iter().any(|line| line.as_bytes().contains(&b',')) {
        return;
    }
    let lines: Vec<HeaderValue> =
        headers.get_all(COOKIE).iter().flat_map(|line| cut(line.as_bytes(), names)).collect();
    headers.remove(COOKIE);
    for line in lines {
        headers.append(COOKIE, line);
    }
}

/// The lines that one line was joined from, as far as ours tell.
fn cut(line: &[u8], names: &[CookieName]) -> Vec<HeaderValue> {
    let is_ours = |pair: &[u8]| {
        let pair = pair.trim_ascii_start();
        let of =
            |name: &CookieName| pair.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
        names.iter().any(of)
    };
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut cut_here = true;
    for piece in line.split(|octet| *octet == b',') {
        match lines.last_mut() {
            Some(last) if !cut_here && !is_ours(piece) => {
                last.push(b',');
                last.extend_from_slice(piece);
            }
            _ => lines.push(piece.to_vec()),
        }
        cut_here = piece.rsplit(|octet| *octet == b';').next().is_some_and(is_ours);
    }
    // Octets of a field value make one again.
    lines.into_iter().filter_map(|line| HeaderValue::from_bytes(line.trim_ascii()).ok()).collect()
}

/// The cookies that the application gets, in one field; empty when none are left.
pub(super) fn for_application(headers: &HeaderMap, names: &[CookieName]) -> HeaderValue {
    other_cookies(headers, names).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> [CookieName; 2] {
        ["__Host-Http-cloakroom", "__Host-Http-cloakroom-flow"].map(|name| CookieName::parse(name).unwrap())
    }

    fn after(lines: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, line.parse().unwrap());
        }
        part_joined(&mut headers, &names());
        headers.get_all(COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn our_cookie_is_found_where_a_proxy_has_joined_lines() {
        assert_eq!(
            after(&["a=1; b=2, __Host-Http-cloakroom=V, c=3"]),
            ["a=1; b=2", "__Host-Http-cloakroom=V", "c=3"]
        );
        assert_eq!(
            after(&["a=1; __Host-Http-cloakroom-flow=V,b=2"]),
            ["a=1; __Host-Http-cloakroom-flow=V", "b=2"]
        );
    }

    #[test]
    fn other_values_with_commas_keep_their_octets() {
        for line in
            ["a=1,2,3; b=x, y", "a=x__Host-Http-cloakroom=V", "a=\"1,2\"", "__Host-Http-cloakroom=V; a=1,b"]
        {
            assert_eq!(after(&[line]), [line]);
        }
    }

    #[test]
    fn the_application_gets_the_rest_in_one_field() {
        let mut headers = HeaderMap::new();
        assert_eq!(for_application(&headers, &names()), "");
        headers.append(COOKIE, "a=1; __Host-Http-cloakroom=V".parse().unwrap());
        headers.append(COOKIE, "b=2".parse().unwrap());
        assert_eq!(for_application(&headers, &names()), "a=1; b=2");
    }
}
