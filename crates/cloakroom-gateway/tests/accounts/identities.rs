//! What the accounts promise of users whom a provider vouches for, whatever database they are in.

use std::time::Duration;

use cloakroom::{SessionId, Timestamp};
use cloakroom_gateway::accounts::{Added, Identity, Linked, NewUser, Note, Profile, Role, UserId};

use crate::place::{Place, opened};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);
const LATER: Timestamp = Timestamp::from_millis(1_700_000_060_123);

/// So many do the same at the same moment.
const RIVALS: u8 = 6;

fn identity(subject: &str) -> Identity {
    Identity::new("https://id.example.org/realms/main", subject).unwrap()
}

fn user(number: u8, name: &str) -> NewUser {
    NewUser {
        id: UserId::from_octets([number; 16]),
        name: name.parse().unwrap(),
        role: Role::Member,
        profile: Profile::default(),
        password_hash: None,
    }
}

fn session(number: u8) -> SessionId {
    SessionId::from_octets([number; 16])
}

pub(crate) async fn a_user_of_a_provider_is_found_by_issuer_and_subject_and_has_no_password(
    place: &impl Place,
) {
    let accounts = opened(&place.fresh()).await;
    let added = accounts.add_by_identity(user(1, "alice"), &identity("a|1"), NOW).await.unwrap();
    let Added::Done(made) = added else { panic!("nobody has the name") };
    assert!(!made.has_password);
    let found = accounts.get(made.id).await.unwrap().unwrap();
    assert_eq!((found.password_hash, found.user), (None, made.clone()));
    assert_eq!(accounts.user_of(&identity("a|1")).await.unwrap(), Some(made.id));
    let longest = identity(&"x".repeat(255));
    for other in [identity("A|1"), identity("a|1|"), identity("a|"), longest.clone()] {
        assert_eq!(accounts.user_of(&other).await.unwrap(), None, "{other:?}");
    }
    assert_eq!(accounts.link(made.id, &longest, NOW).await.unwrap(), Linked::Done);
    assert_eq!(accounts.identities_of(made.id).await.unwrap(), [identity("a|1"), longest]);
}

pub(crate) async fn a_name_that_is_taken_makes_neither_a_user_nor_a_link(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    assert!(matches!(accounts.add(user(1, "alice"), NOW).await.unwrap(), Added::Done(_)));
    let added = accounts.add_by_identity(user(2, "Alice"), &identity("a"), NOW).await.unwrap();
    assert_eq!(added, Added::NameTaken);
    assert_eq!(accounts.user_of(&identity("a")).await.unwrap(), None);
    assert!(accounts.get(UserId::from_octets([2; 16])).await.unwrap().is_none());
}

pub(crate) async fn of_many_tabs_of_a_newcomer_one_makes_the_user(place: &impl Place) {
    let url = place.fresh();
    opened(&url).await;
    let rivals = (1..=RIVALS).map(|number| {
        let url = url.clone();
        tokio::spawn(async move {
            let new = user(number, &format!("alice-{number}"));
            let added = opened(&url).await.add_by_identity(new, &identity("a"), NOW).await.unwrap();
            matches!(added, Added::Done(_))
        })
    });
    let mut made = 0;
    for rival in rivals.collect::<Vec<_>>() {
        made += usize::from(rival.await.unwrap());
    }
    assert_eq!((made, opened(&url).await.list().await.unwrap().len()), (1, 1));
}

pub(crate) async fn somebody_at_a_provider_is_one_user_until_unlinked(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let (one, two) = (user(1, "one"), user(2, "two"));
    let ids = [one.id, two.id];
    assert!(matches!(accounts.add(one, NOW).await.unwrap(), Added::Done(_)));
    assert!(matches!(accounts.add(two, NOW).await.unwrap(), Added::Done(_)));
    assert_eq!(accounts.link(ids[0], &identity("a"), NOW).await.unwrap(), Linked::Done);
    for id in ids {
        assert_eq!(accounts.link(id, &identity("a"), NOW).await.unwrap(), Linked::Taken);
    }
    assert!(!accounts.unlink(ids[1], &identity("a")).await.unwrap());
    assert!(accounts.unlink(ids[0], &identity("a")).await.unwrap());
    assert_eq!(accounts.user_of(&identity("a")).await.unwrap(), None);
}

pub(crate) async fn the_sessions_of_a_provider_are_found_by_its_name_for_them(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    for (number, subject, sid) in
        [(1, "a", Some("s")), (2, "a", Some("t")), (3, "b", Some("s2")), (4, "a", None)]
    {
        accounts.remember_session(session(number), &identity(subject), sid).await.unwrap();
    }
    let issuer = identity("a").issuer().to_owned();
    assert_eq!(accounts.sessions_of_sid(&issuer, "s").await.unwrap(), [session(1)]);
    assert!(accounts.sessions_of_sid("https://other.example", "s").await.unwrap().is_empty());
    assert_eq!(accounts.sessions_without_sid(&identity("a")).await.unwrap(), [session(4)]);
    let mut of_a = accounts.sessions_of_identity(&identity("a")).await.unwrap();
    of_a.sort_by_key(ToString::to_string);
    assert_eq!(of_a, [session(1), session(2), session(4)]);
    accounts.remember_session(session(1), &identity("a"), Some("u")).await.unwrap();
    assert_eq!(accounts.sessions_of_sid(&issuer, "u").await.unwrap(), [session(1)], "after another proof");
    assert_eq!(accounts.issuer_of(session(1)).await.unwrap(), Some(issuer.clone()));
    accounts.forget_session(session(1)).await.unwrap();
    accounts.forget_session(session(1)).await.unwrap();
    assert_eq!(accounts.issuer_of(session(1)).await.unwrap(), None);
    assert!(accounts.sessions_of_sid(&issuer, "u").await.unwrap().is_empty());
}

pub(crate) async fn what_is_noted_once_is_noted_once_whoever_asks_at_the_same_moment(place: &impl Place) {
    let url = place.fresh();
    opened(&url).await;
    let rivals = (0..RIVALS).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let accounts = opened(&url).await;
            accounts.note_once(Note::Flow(b"seed"), NOW, LATER).await.unwrap()
        })
    });
    let mut first = 0;
    for rival in rivals.collect::<Vec<_>>() {
        first += usize::from(rival.await.unwrap());
    }
    assert_eq!(first, 1);
    let accounts = opened(&url).await;
    assert!(accounts.note_once(Note::Flow(b"other"), NOW, LATER).await.unwrap());
    assert!(accounts.note_once(Note::LogoutToken("seed", ""), NOW, LATER).await.unwrap(), "of another kind");
}

pub(crate) async fn a_note_is_found_from_its_time_on_and_gone_after_its_end(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let note = Note::EndedSid("i", "s");
    let since = |at| accounts.is_noted_since(note, at);
    let a_moment = Duration::from_millis(1);
    assert!(!since(Timestamp::EPOCH).await.unwrap());
    accounts.note(note, NOW, LATER).await.unwrap();
    assert!(since(NOW).await.unwrap() && !since(NOW.after(a_moment)).await.unwrap());
    accounts.note(note, NOW.after(a_moment), LATER).await.unwrap();
    assert!(since(NOW.after(a_moment)).await.unwrap(), "it happened again");
    assert!(!accounts.is_noted_since(Note::EndedSubject("i", "s"), NOW).await.unwrap());
    accounts.note(Note::EndedSid("i", "other"), LATER, LATER.after(a_moment)).await.unwrap();
    assert!(!since(Timestamp::EPOCH).await.unwrap());
}
