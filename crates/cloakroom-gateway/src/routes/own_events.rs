//! What has happened to one's own account.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::accounts::User;
use crate::events::{Actor, EventCursor, RecordedEvent};
use crate::pages::{Instant, Language, Other, OwnEvent, OwnEventsPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::web::UserAgent;

/// How many events the account page shows.
const LATEST: usize = 10;

/// How many one page of all of them shows.
const PAGE: usize = 50;

/// The latest, for the account page.
pub(super) async fn latest(
    gateway: &Gateway,
    language: Language,
    user: &User,
) -> Result<Vec<OwnEvent>, Problem> {
    let events = gateway.installation.events_of(user.id, None, LATEST).await?;
    Ok(events.into_iter().map(|event| shown(gateway, language, user, event)).collect())
}

/// `GET /_cloakroom/account/events`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let after = query
        .at_most_one("cursor")?
        .map(|text| text.parse::<EventCursor>().map_err(|_| StatusCode::BAD_REQUEST))
        .transpose()?;
    let mut events = gateway.installation.events_of(member.user.id, after, PAGE + 1).await?;
    let has_more = events.len() > PAGE;
    events.truncate(PAGE);
    let next = events.last().filter(|_| has_more).map(RecordedEvent::cursor);
    let events = events.into_iter().map(|event| shown(&gateway, language, &member.user, event)).collect();
    let page = OwnEventsPage { user: member.user.name.as_typed(), events, is_first: after.is_none(), next };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// What a user may see of an event about them.
///
/// # Security
/// Where an administrator sits, and with what, is not for their users; nor is who it was, and what the detail says for operators. Where a
/// stranger came from who tried this account is.
fn shown(gateway: &Gateway, language: Language, user: &User, event: RecordedEvent) -> OwnEvent {
    let by = other(user, &event.actor);
    let is_near = by.is_none();
    let address = event.address.filter(|_| is_near).and_then(|text| text.parse::<IpAddr>().ok());
    OwnEvent {
        what: event.kind.parse().map_err(|_| event.kind),
        at: Instant { at: event.at, now: gateway.installation.now() },
        reason: event.reason,
        by,
        address,
        place: address.and_then(|address| gateway.places.name(address, language.tag())),
        agent: event.agent.filter(|_| is_near).map(|agent| UserAgent::parse(&agent)),
        app: event.app,
    }
}

/// Who it was, where it was neither the user nor a stranger nor the gateway.
fn other(user: &User, actor: &str) -> Option<Other> {
    if actor == Actor::user(&user.name).to_string() {
        return None;
    }
    match actor.split_once(':').map_or(actor, |(word, _)| word) {
        "user" | "command_line" => Some(Other::Administrator),
        "api_key" => Some(Other::Service),
        "provider" => Some(Other::Provider),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_acts_on_the_account_of_another_is_told_apart_from_its_owner_and_from_strangers() {
        let alice = User::sample("Alice");
        for (actor, who) in [
            ("user:alice", None),
            ("gateway", None),
            ("stranger", None),
            ("user:root", Some(Other::Administrator)),
            ("user:alice2", Some(Other::Administrator)),
            ("command_line", Some(Other::Administrator)),
            ("command_line:alice", Some(Other::Administrator)),
            ("api_key:0123456789abcdef", Some(Other::Service)),
            ("provider:entra", Some(Other::Provider)),
        ] {
            assert_eq!(other(&alice, actor), who, "{actor}");
        }
    }
}
