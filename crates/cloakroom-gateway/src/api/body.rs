//! The body of a question, read within bounds.

use axum::body::{Body, Bytes};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::api::problem::{ApiProblem, Kind};
use crate::web::body::{self, NotWhole, OCTETS_MAX, WAIT};

/// A body that has come, or why it has not.
pub(super) type Whole = Result<Bytes, ApiProblem>;

/// Waits for all of a question, before it is looked at who asks: somebody's right to ask may end while they keep the last octet back.
///
/// JSON that says so and nothing else: what a form of another site can send without asking is refused by its type.
///
/// Source: ASVS 5.0 3.5.2.
pub(super) async fn wait_for(headers: &HeaderMap, body: Body) -> Whole {
    if !is_json(headers) {
        let detail = "the body is to be JSON, and Content-Type to be application/json";
        return Err(ApiProblem::new(Kind::UnsupportedMediaType, detail));
    }
    body::whole(body).await.map_err(|not_whole| match not_whole {
        NotWhole::TooLarge => {
            ApiProblem::new(Kind::BodyTooLarge, format!("a body has {OCTETS_MAX} octets at most"))
        }
        NotWhole::TooSlow => {
            let detail = format!("the body did not come within {} seconds", WAIT.as_secs());
            ApiProblem::new(Kind::BodyTooSlow, detail)
        }
    })
}

/// Reads a question that has come.
pub(super) fn read<T: DeserializeOwned>(whole: Whole) -> Result<T, ApiProblem> {
    let octets = whole?;
    serde_json::from_slice(&octets).map_err(|error| match error.classify() {
        Category::Data => ApiProblem::new(Kind::Invalid, error.to_string()),
        Category::Io | Category::Syntax | Category::Eof => {
            ApiProblem::new(Kind::Malformed, format!("the body is no JSON: {error}"))
        }
    })
}

/// One field that says JSON, with parameters or without.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let media = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn csr_16_what_a_form_can_send_is_no_json() {
        let judged = |types: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for media in types {
                headers.append(CONTENT_TYPE, HeaderValue::from_static(media));
            }
            is_json(&headers)
        };
        assert!(judged(&["application/json"]) && judged(&["Application/JSON; charset=utf-8"]));
        for wrong in [
            &[][..],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=application/json"],
            &["text/plain; application/json"],
            &["application/jsonx"],
            &["application/json", "text/plain"],
        ] {
            assert!(!judged(wrong), "{wrong:?}");
        }
    }
}
