//! Paths of cookies.
//!
//! Source: RFC 6265bis 5.1.4.

/// The path of a cookie that names none: the folder of the request's path.
pub(super) fn default_path(request_path: &str) -> &str {
    match request_path.rfind('/') {
        Some(at) if at > 0 && request_path.starts_with('/') => &request_path[..at],
        _ => "/",
    }
}

/// Whether a request for this path carries a cookie of that one.
pub(super) fn path_matches(request_path: &[u8], cookie_path: &[u8]) -> bool {
    let Some(rest) = request_path.strip_prefix(cookie_path) else { return false };
    rest.is_empty() || rest[0] == b'/' || cookie_path.ends_with(b"/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_folder_of_the_request() {
        for (path, folder) in [("/", "/"), ("/a", "/"), ("/a/", "/a"), ("/a/b", "/a"), ("", "/"), ("x", "/")]
        {
            assert_eq!(default_path(path), folder, "{path}");
        }
    }

    #[test]
    fn a_path_covers_itself_and_what_is_below() {
        for (request, cookie, is_covered) in [
            ("/a", "/a", true),
            ("/a/b", "/a", true),
            ("/a/b", "/a/", true),
            ("/ab", "/a", false),
            ("/", "/a", false),
            ("/a", "/", true),
        ] {
            assert_eq!(path_matches(request.as_bytes(), cookie.as_bytes()), is_covered, "{request} {cookie}");
        }
    }
}
