//! The audit trail, for services.

use serde::Serialize;
use serde_json::{Value, json};

use crate::accounts::UserName;
use crate::api::call::Call;
use crate::api::described::{Described, Schemas, answers};
use crate::api::operation::Json;
use crate::api::problem::{ApiProblem, Kind};
use crate::config::parse_span;
use crate::events::{EventCursor, EventFilter, EventKind, RecordedEvent, Severity};
use crate::web::Fields;

/// A point in time, to the millisecond.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Millis(String);

impl Described for Millis {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

/// A severity.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SeverityWord(String);

impl Described for SeverityWord {
    fn schema(_: &mut Schemas) -> Value {
        let all = [Severity::Info, Severity::Notice, Severity::Warning, Severity::Alarm];
        json!({ "type": "string", "enum": all.map(Severity::as_str) })
    }
}

answers! {
    /// Something that happened.
    struct ListedEvent {
        /// Its number: later events have greater ones, from whichever instance they come.
        number: u64,
        /// When it happened.
        at: Millis,
        /// What happened: one of the kinds that `docs/events-and-metrics.md` lists.
        event: String,
        /// How much it asks for attention.
        severity: SeverityWord,
        /// The number of the user whose account or session it is about.
        subject: Option<String>,
        /// Their name in lower case.
        user: Option<String>,
        /// The ID of the session that it is about.
        session: Option<String>,
        /// Where the request came from.
        address: Option<String>,
        /// What the client called itself.
        agent: Option<String>,
        /// The application that it is about.
        app: Option<String>,
        /// Who did it, such as `user:alice` or `api_key:0123456789abcdef`.
        actor: String,
        /// Why, in a word that is always the same.
        reason: Option<String>,
        /// More about it, for people.
        detail: Option<String>,
        /// By what the log knows the request.
        request: Option<String>,
    }

    /// Some of the events.
    struct EventPage {
        /// The events, the newest first.
        events: Vec<ListedEvent>,
        /// The cursor of the next page; null on the last.
        next: Option<String>,
    }
}

/// What the query of a list of events may say.
pub(super) const PARAMETERS: &[&str] = &["cursor", "limit", "user", "kind", "since"];

/// `GET events`
pub(super) async fn list(call: Call) -> Result<Json<EventPage>, ApiProblem> {
    let page = call.page()?;
    let installation = &call.gateway.installation;
    let subject = match call.query.at_most_one("user")? {
        Some(name) => {
            let name = name.parse::<UserName>();
            let name = name.map_err(|_| ApiProblem::new(Kind::NoSuchUser, "nobody has this name"))?;
            Some(installation.user(name).await?.id)
        }
        None => None,
    };
    let kind = parsed(&call.query, "kind", "a kind of event", |text| text.parse::<EventKind>().ok())?;
    let since =
        parsed(&call.query, "since", "a time such as 2h", parse_span)?.map(|span| installation.ago(span));
    let after = page.after.as_deref().map(str::parse::<EventCursor>).transpose();
    let after = after.map_err(|error| ApiProblem::new(Kind::Invalid, error.to_string()))?;
    let filter = EventFilter { subject, kind, since, ..EventFilter::default() };
    let mut events = installation.events(&filter, after, page.limit + 1).await?;
    let next = page.cut(&mut events, |event| event.cursor().to_string());
    Ok(Json(EventPage { events: events.into_iter().map(ListedEvent::from).collect(), next }))
}

fn parsed<T>(
    query: &Fields,
    name: &'static str,
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApiProblem> {
    let wrong = || ApiProblem::new(Kind::Invalid, format!("{name} is {expected}"));
    query.at_most_one(name)?.map(|text| parse(text).ok_or_else(wrong)).transpose()
}

impl From<RecordedEvent> for ListedEvent {
    fn from(event: RecordedEvent) -> Self {
        Self {
            number: u64::try_from(event.number.as_i64()).unwrap_or(0),
            at: Millis(event.at_utc()),
            event: event.kind,
            severity: SeverityWord(event.severity),
            subject: event.subject,
            user: event.user,
            session: event.session,
            address: event.address,
            agent: event.agent,
            app: event.app,
            actor: event.actor,
            reason: event.reason,
            detail: event.detail,
            request: event.request,
        }
    }
}
