//! What services may do with sessions that they look for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::SessionId;
use cloakroom::store::PageCursor;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::described::{Described, Schemas, answers, questions};
use crate::api::operation::Json;
use crate::api::page::{ENTRIES_MAX, Page, encode};
use crate::api::problem::{ApiProblem, Kind};
use crate::api::shapes::{Ended, SessionSummary};
use crate::installation::{EndReason, InvalidEndReason, SessionFilter, methods};
use crate::web::Fields;

/// What the query of a search may say.
pub(super) const PARAMETERS: &[&str] =
    &["cursor", "limit", "user", "address", "app", "method", "younger", "older", "unseen"];

answers! {
    /// Some of the sessions that were looked for.
    struct FoundPage {
        /// The sessions. In a database the newest come first; in a network, address by address.
        sessions: Vec<SessionSummary>,
        /// The cursor of the next page; null on the last. A page may have few sessions, or none, and not be the last.
        next: Option<String>,
        /// How many sessions were looked at for this page.
        looked_at: u64,
    }
}

questions! {
    /// Sessions that are to end.
    struct EndQuestion {
        /// Their IDs; those of none are passed over.
        sessions: SessionIds,
        /// Why, for the audit trail: one line.
        reason: ReasonText,
    }
}

/// The IDs of some sessions.
#[derive(Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct SessionIds(Vec<SessionId>);

impl TryFrom<Vec<String>> for SessionIds {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        if !(1..=ENTRIES_MAX).contains(&texts.len()) {
            return Err(format!("from 1 to {ENTRIES_MAX} sessions can be ended at once"));
        }
        let ids = texts.iter().map(|text| text.parse().map_err(|error| format!("{error}")));
        ids.collect::<Result<_, _>>().map(Self)
    }
}

impl Described for SessionIds {
    fn schema(_: &mut Schemas) -> Value {
        let id = json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" });
        json!({ "type": "array", "items": id, "minItems": 1, "maxItems": ENTRIES_MAX })
    }
}

/// Why something is done, in somebody's words.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ReasonText(Option<EndReason>);

impl TryFrom<String> for ReasonText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(|reason| Self(Some(reason))).map_err(|error: InvalidEndReason| error.to_string())
    }
}

impl Described for ReasonText {
    fn schema(_: &mut Schemas) -> Value {
        let max = EndReason::CHARACTERS_MAX;
        let pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$";
        json!({ "type": "string", "minLength": 1, "maxLength": max, "pattern": pattern })
    }
}

/// What a parameter of a search means, and its schema.
pub(super) fn parameter(name: &str) -> Option<(&'static str, Value)> {
    let span = || json!({ "type": "string", "pattern": "^[0-9]{1,9}[smhd]$", "examples": ["7d"] });
    Some(match name {
        "address" => (
            "Only what was begun at this address, or in this network.",
            json!({ "type": "string", "maxLength": 49, "examples": ["192.0.2.0/24"] }),
        ),
        "app" => (
            "Only what this application has taken over, at an origin of its own.",
            json!({ "type": "string", "pattern": "^[a-z0-9-]{1,40}$" }),
        ),
        "method" => {
            let words: Vec<&str> = methods().map(cloakroom::Method::as_str).collect();
            ("Only what was signed in in this way.", json!({ "type": "string", "enum": words }))
        }
        "younger" => ("Only what was begun within this time: a whole number and s, m, h or d.", span()),
        "older" => ("Only what was begun longer ago than this: a whole number and s, m, h or d.", span()),
        "unseen" => ("Only what was not used for this long: a whole number and s, m, h or d.", span()),
        _ => return None,
    })
}

/// `GET sessions/search`
pub(super) async fn search(call: Call) -> Result<Json<FoundPage>, ApiProblem> {
    let page = call.page()?;
    let filter = filter_of(&call.query)?;
    let unknown =
        || ApiProblem::new(Kind::Invalid, "app is the name of an application at an origin of its own");
    let audience = filter.app.as_ref().map(|app| call.gateway.apps.audience_of(app).ok_or_else(unknown));
    let installation = &call.gateway.installation;
    let search = installation.search_of(&filter, audience.transpose()?).await?;
    let found = installation.find_sessions(&search, place(&page)?.as_ref(), page.limit).await?;
    let summary = |listed| SessionSummary::listed(listed, &call.gateway.apps);
    Ok(Json(FoundPage {
        sessions: found.sessions.iter().map(summary).collect(),
        next: found.next.map(|next| encode(&URL_SAFE_NO_PAD.encode(next.as_octets()))),
        looked_at: found.looked_at as u64,
    }))
}

/// `POST sessions/end`
pub(super) async fn end(call: Call, question: EndQuestion) -> Result<Json<Ended>, ApiProblem> {
    let (SessionIds(ids), ReasonText(Some(reason))) = (question.sessions, question.reason) else {
        return Err(ApiProblem::new(Kind::Invalid, "reason is missing"));
    };
    let ended = call.gateway.installation.end_sessions(&ids, &reason).await?;
    Ok(Json(Ended { ended: ended as u64 }))
}

fn filter_of(query: &Fields) -> Result<SessionFilter, ApiProblem> {
    let mut words = Vec::new();
    for field in SessionFilter::FIELDS {
        let Some(word) = query.at_most_one(field)? else { continue };
        // A form leaves words empty; a program that does has lost one.
        if word.is_empty() || word != word.trim() {
            let detail = format!("{field} says nothing, or has blanks around it");
            return Err(ApiProblem::new(Kind::Invalid, detail));
        }
        words.push((field, word));
    }
    let word = |name| words.iter().find(|(field, _)| *field == name).map(|(_, word)| *word);
    SessionFilter::parse(word).map_err(|error| ApiProblem::new(Kind::Invalid, error.to_string()))
}

fn place(page: &Page) -> Result<Option<PageCursor>, ApiProblem> {
    let unknown = || ApiProblem::new(Kind::Invalid, "cursor is what came with the page before, as next");
    let octets = page.after.as_ref().map(|after| URL_SAFE_NO_PAD.decode(after).map_err(|_| unknown()));
    Ok(octets.transpose()?.map(|octets| PageCursor::from_octets(&octets)))
}
