//! `cloakroom event`: the audit trail, beside running gateways or without one.

use std::io::{self, Write};
use std::time::Duration;

use cloakroom_gateway::accounts::UserName;
use cloakroom_gateway::{EventFilter, EventKind, Installation, RecordedEvent};
use serde_json::{Value, json};

use crate::configuration::Output;
use crate::event_arguments::EventCommand;
use crate::failure::Failure;
use crate::table;
use crate::user::{open, read};

/// How often it is asked for new events.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How many events are read at a time.
const PAGE: usize = 500;

/// What people are shown; programs get everything.
const COLUMNS: [&str; 10] =
    ["at", "severity", "event", "user", "actor", "address", "app", "reason", "detail", "session"];

pub(crate) async fn run(command: EventCommand) -> Result<(), Failure> {
    match command {
        EventCommand::List { user, kind, since, limit, configuration, output } => {
            let kind = kind.as_deref().map(read::<EventKind>).transpose()?;
            let name = user.as_deref().map(read::<UserName>).transpose()?;
            let installation = open(configuration).await?;
            let subject = match name {
                Some(name) => Some(installation.user(name).await.map_err(Failure::new)?.id),
                None => None,
            };
            let since = since.map(|span| installation.ago(span.0));
            let filter = EventFilter { subject, kind, since, ..EventFilter::default() };
            list(&newest(&installation, &filter, limit).await?, output)
        }
        EventCommand::Tail { configuration, output } => tail(&open(configuration).await?, output).await,
    }
}

/// The newest so many, the oldest of them first.
async fn newest(
    installation: &Installation,
    filter: &EventFilter,
    limit: usize,
) -> Result<Vec<RecordedEvent>, Failure> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    while events.len() < limit {
        let (after, wanted) = (events.last().map(RecordedEvent::cursor), PAGE.min(limit - events.len()));
        let page = installation.events(filter, after, wanted).await.map_err(Failure::new)?;
        let is_last = page.len() < wanted;
        events.extend(page);
        if is_last {
            break;
        }
    }
    events.reverse();
    Ok(events)
}

fn list(events: &[RecordedEvent], output: Output) -> Result<(), Failure> {
    if output.json {
        let all: Vec<Value> = events.iter().map(object).collect();
        return print(&format!("{:#}\n", Value::Array(all))).map(drop);
    }
    let rows: Vec<Vec<Value>> = events.iter().map(row).collect();
    table::print(&COLUMNS, &rows, output)
}

/// Follows the trail by its numbers, which become visible in their order: nothing is missed and nothing is met twice. A database
/// that is down for a while is waited for.
async fn tail(installation: &Installation, output: Output) -> Result<(), Failure> {
    let mut last = installation.last_event().await.map_err(Failure::new)?;
    let mut is_well = true;
    loop {
        match installation.events_after(last, PAGE).await {
            Ok(events) => {
                is_well = true;
                for event in &events {
                    let line = if output.json { object(event).to_string() } else { sentence(event) };
                    if !print(&format!("{line}\n"))? {
                        return Ok(());
                    }
                }
                last = events.last().map_or(last, |event| event.number);
                if events.len() == PAGE {
                    continue;
                }
            }
            Err(error) if is_well => {
                is_well = false;
                eprintln!("cloakroom: {}; waiting for it", Failure::new(error));
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Prints at once; `false` when nobody reads any more.
fn print(text: &str) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(error)),
        Ok(()) => Ok(true),
    }
}

fn row(event: &RecordedEvent) -> Vec<Value> {
    let all = object(event);
    COLUMNS.iter().map(|column| all[column].clone()).collect()
}

/// One line for people.
fn sentence(event: &RecordedEvent) -> String {
    let all = object(event);
    let words =
        COLUMNS.iter().skip(3).filter_map(|name| all[name].as_str().map(|word| format!(" {name}={word}")));
    format!("{} {:7} {}{}", event.at_utc(), event.severity, event.kind, words.collect::<String>())
}

/// Everything, for programs.
fn object(event: &RecordedEvent) -> Value {
    json!({
        "number": event.number.as_i64(),
        "at": event.at_utc(),
        "event": event.kind,
        "severity": event.severity,
        "subject": event.subject,
        "user": event.user,
        "session": event.session,
        "address": event.address,
        "agent": event.agent,
        "app": event.app,
        "actor": event.actor,
        "reason": event.reason,
        "detail": event.detail,
        "request": event.request,
        "instance": event.instance,
    })
}
