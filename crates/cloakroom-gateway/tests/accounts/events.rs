//! What the audit trail promises, whatever database it is in.

use std::time::Duration;

use cloakroom_gateway::accounts::api_key::Scope;
use cloakroom_gateway::config::{Key, SettingsSource};
use cloakroom_gateway::{EventFilter, EventKind, EventNumber, Installation, RecordedEvent};
use cloakroom_stores::StoreUrl;

use crate::place::Place;

/// Commands, each of which opens the installation for itself and writes an event before it returns.
async fn command(url: &StoreUrl) -> Installation {
    let flags = vec![(Key::Store, "memory:".to_owned())];
    let mut settings = SettingsSource { flags, ..SettingsSource::default() }.load().unwrap();
    settings.accounts = url.clone();
    Installation::open(&settings).await.unwrap()
}

async fn make_a_key(installation: &Installation, name: &str) {
    let scopes = [Scope::Verify].into_iter().collect();
    installation.create_api_key(name.parse().unwrap(), scopes, None).await.unwrap();
}

/// The names of the keys that were made, in the order of the events.
fn made(events: &[RecordedEvent]) -> Vec<String> {
    let name = |event: &RecordedEvent| {
        let detail = event.detail.clone().unwrap();
        detail.split([' ', ':']).nth(1).unwrap().to_owned()
    };
    events.iter().map(name).collect()
}

pub(crate) async fn instances_that_write_at_once_are_followed_without_a_loss_and_without_a_double(
    place: &impl Place,
) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let url = place.fresh();
    let reader = command(&url).await;
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let url = url.clone();
        writers.push(tokio::spawn(async move {
            let installation = command(&url).await;
            for number in 0..EACH {
                make_a_key(&installation, &format!("k{writer}.{number}")).await;
            }
        }));
    }
    let (mut followed, mut last) = (Vec::new(), EventNumber::default());
    while followed.len() < WRITERS * EACH {
        let is_over = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let events = reader.events_after(last, 7).await.unwrap();
        assert!(!(is_over && events.is_empty()), "{} were lost", WRITERS * EACH - followed.len());
        last = events.last().map_or(last, |event| event.number);
        followed.extend(events);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(reader.events_after(last, 7).await.unwrap(), [], "more than were written");
    let numbers: Vec<i64> = followed.iter().map(|event| event.number.as_i64()).collect();
    assert_eq!(numbers, (1..).take(WRITERS * EACH).collect::<Vec<i64>>(), "without a gap");
    let mut names = made(&followed);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), WRITERS * EACH);
    assert_eq!(reader.last_event().await.unwrap(), last);
}

pub(crate) async fn events_are_read_as_written_by_user_and_kind_and_time(place: &impl Place) {
    let installation = command(&place.fresh()).await;
    let hash = format!("alice:$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA${}", "A".repeat(43));
    let list = cloakroom_gateway::accounts::UserList::parse(&hash).unwrap();
    installation.import_users(list).await.unwrap();
    make_a_key(&installation, "one").await;
    installation.disable_user("alice".parse().unwrap()).await.unwrap();
    make_a_key(&installation, "two").await;

    let all = installation.events(&EventFilter::default(), None, 10).await.unwrap();
    let kinds: Vec<&str> = all.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["api_key_created", "user_disabled", "api_key_created", "user_imported"]);
    assert_eq!((all[1].user.as_deref(), all[1].severity.as_str()), (Some("alice"), "notice"));
    assert!(all[1].actor.starts_with("command_line") && all[1].address.is_none());
    let alice = installation.user("alice".parse().unwrap()).await.unwrap().id;
    assert_eq!(all[1].subject.as_deref(), Some(alice.to_string().as_str()));
    assert_eq!(installation.events_of(alice, None, 10).await.unwrap(), [all[1].clone(), all[3].clone()]);
    let second = installation.events_of(alice, Some(all[1].cursor()), 10).await.unwrap();
    assert_eq!(second, [all[3].clone()]);
    let filter = EventFilter { kind: Some(EventKind::ApiKeyCreated), ..EventFilter::default() };
    assert_eq!(made(&installation.events(&filter, None, 10).await.unwrap()), ["two", "one"]);
    let both =
        EventFilter { subject: Some(alice), kind: Some(EventKind::UserDisabled), ..EventFilter::default() };
    assert_eq!(installation.events(&both, None, 10).await.unwrap(), [all[1].clone()]);
    let since = |since| EventFilter { since: Some(since), ..EventFilter::default() };
    let an_hour = installation.ago(Duration::from_hours(1));
    assert_eq!(installation.events(&since(an_hour), None, 10).await.unwrap().len(), 4);
    for place in 0..8 {
        let filter = EventFilter {
            subject: (place & 1 > 0).then_some(alice),
            kind: (place & 2 > 0).then_some(EventKind::UserDisabled),
            address: (place & 4 > 0).then_some([192, 0, 2, 7].into()),
            ..EventFilter::default()
        };
        let found = installation.events(&filter, None, 10).await.unwrap().len();
        assert_eq!(found, [4, 2, 1, 1, 0, 0, 0, 0][place], "commands come from no address: {filter:?}");
    }
    let before = |until| EventFilter { until: Some(until), ..EventFilter::default() };
    assert_eq!(
        installation
            .events(&before(all[0].at.after(Duration::from_millis(1))), None, 10)
            .await
            .unwrap()
            .len(),
        4
    );
    assert_eq!(installation.events(&before(all[3].at), None, 10).await.unwrap(), []);
    let behind = installation
        .events(&before(all[0].at.after(Duration::from_millis(1))), Some(all[1].cursor()), 10)
        .await;
    assert_eq!(behind.unwrap().len(), 2);
    let later = all[0].at.after(Duration::from_millis(1));
    assert_eq!(installation.events(&since(later), None, 10).await.unwrap(), []);
}

pub(crate) async fn the_database_tells_its_time(place: &impl Place) {
    let url = place.fresh();
    let (accounts, here) = (crate::place::opened(&url).await, command(&url).await.ago(Duration::ZERO));
    let there = accounts.clock().await.unwrap();
    let apart = here.since(there).max(there.since(here));
    assert!(apart < Duration::from_mins(1), "{apart:?} apart, on one machine");
}
