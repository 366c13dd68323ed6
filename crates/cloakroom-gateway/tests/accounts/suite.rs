//! What accounts promise, whatever database they are in.

use std::time::Duration;

use cloakroom::Timestamp;
use cloakroom_gateway::accounts::password::PasswordHash;
use cloakroom_gateway::accounts::{
    Accounts, AccountsError, Added, Edit, Group, Groups, Kept, LinkToken, NewUser, Profile, ProfileEdit,
    PublishedKey, Role, SetUp, UserId,
};
use cloakroom_stores::{AnyStore, Part, StoreUrl, TableSchema};

use crate::place::{Place, meddle, opened};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

/// So many do the same at the same moment.
const RIVALS: u8 = 6;

fn hash(fill: char) -> PasswordHash {
    let text =
        format!("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA${}A", fill.to_string().repeat(42));
    PasswordHash::parse(&text).unwrap()
}

fn id(number: u8) -> UserId {
    UserId::from_octets([number; 16])
}

fn user(number: u8, name: &str) -> NewUser {
    NewUser {
        id: id(number),
        name: name.parse().unwrap(),
        role: Role::Member,
        profile: Profile::default(),
        password_hash: Some(hash('A')),
    }
}

fn groups(names: &[&str]) -> Groups {
    Groups::new(names.iter().map(|name| name.parse().unwrap())).unwrap()
}

fn token(number: u8) -> LinkToken {
    LinkToken::from_octets([number; 32])
}

async fn add(accounts: &Accounts, number: u8, name: &str) {
    assert!(matches!(accounts.add(user(number, name), NOW).await.unwrap(), Added::Done(_)));
}

pub(crate) async fn a_name_belongs_to_one_user_in_every_spelling(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    add(&accounts, 1, "Alice").await;
    assert_eq!(accounts.add(user(2, "aLICE"), NOW).await.unwrap(), Added::NameTaken);
    let found = accounts.find("ALICE".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.user.id, found.user.name.as_typed()), (id(1), "Alice"));
    assert!(accounts.find("alic".parse().unwrap()).await.unwrap().is_none());
}

pub(crate) async fn a_user_is_read_as_written(place: &impl Place) {
    let url = place.fresh();
    let Added::Done(made) = opened(&url).await.add(user(1, "a._@+-B"), NOW).await.unwrap() else {
        panic!("nobody has the name")
    };
    let again = opened(&url).await;
    let later = NOW.after(Duration::from_millis(1));
    assert!(again.set_password(id(1), hash('B'), later).await.unwrap());
    let found = again.get(id(1)).await.unwrap().unwrap();
    assert_eq!((found.user.created_at, found.user.password_changed_at), (NOW, later));
    assert_eq!((found.user.name.as_typed(), found.user.role), (made.name.as_typed(), made.role));
    assert_eq!((found.user.disabled_at, found.password_hash), (None, Some(hash('B'))));
    assert!(again.get(id(2)).await.unwrap().is_none());
}

pub(crate) async fn what_applications_are_told_is_read_as_written(place: &impl Place) {
    let url = place.fresh();
    let profile = Profile {
        display_name: Some("Nô 山田 🦦 \\ ' \" %".parse().unwrap()),
        email: Some("A'b%\\@c".parse().unwrap()),
        groups: groups(&["b", "a", "B"]),
    };
    let most: Vec<Group> = (0..Groups::COUNT_MAX)
        .map(|n| format!("{n:0>width$}", width = Group::LEN_MAX).parse().unwrap())
        .collect();
    let accounts = opened(&url).await;
    let new = NewUser { profile: profile.clone(), ..user(1, "alice") };
    let Added::Done(made) = accounts.add(new, NOW).await.unwrap() else { panic!("nobody has the name") };
    let there = opened(&url).await;
    let read = there.get(id(1)).await.unwrap().unwrap().user;
    assert_eq!((&read, &read.profile), (&made, &profile));
    let (add_groups, clear) = (most, Edit::Clear);
    let edit = ProfileEdit { add_groups, display_name: clear, ..ProfileEdit::default() };
    let fuller = edit.of(&Profile { groups: Groups::default(), ..profile }).unwrap();
    let changed = there.set_profile(read, fuller.clone()).await.unwrap().unwrap();
    assert_eq!(accounts.list().await.unwrap()[0], changed);
    assert_eq!((changed.profile, changed.name), (fuller, "alice".parse().unwrap()));
}

pub(crate) async fn who_has_seen_an_older_profile_changes_nothing(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    add(&accounts, 1, "alice").await;
    let seen = accounts.get(id(1)).await.unwrap().unwrap().user;
    let other = Profile { groups: groups(&["a"]), ..Profile::default() };
    // The same once more is a change too: a database that writes nothing then must not be taken to have refused.
    let again = accounts.set_profile(seen.clone(), other.clone()).await.unwrap().unwrap();
    assert!(accounts.set_profile(again, other.clone()).await.unwrap().is_some());
    assert!(accounts.set_profile(seen, Profile::default()).await.unwrap().is_none());
    assert_eq!(accounts.get(id(1)).await.unwrap().unwrap().user.profile, other);
}

pub(crate) async fn of_many_who_add_a_group_at_once_each_is_heard(place: &impl Place) {
    const NO_PROFILE: &str =
        "DELETE FROM cloakroom_profiles WHERE user_id = '01010101010101010101010101010101'";
    let url = place.fresh();
    add(&opened(&url).await, 1, "alice").await;
    meddle(&url, &[Part::Must(NO_PROFILE)]).await;
    let adding = (1..=RIVALS).map(|number| {
        let url = url.clone();
        tokio::spawn(async move {
            let accounts = opened(&url).await;
            let add_groups = vec![format!("g{number}").parse().unwrap()];
            let edit = ProfileEdit { add_groups, ..ProfileEdit::default() };
            loop {
                let seen = accounts.get(id(1)).await.unwrap().unwrap().user;
                let profile = edit.of(&seen.profile).unwrap();
                if accounts.set_profile(seen, profile).await.unwrap().is_some() {
                    return;
                }
            }
        })
    });
    for one in adding.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let user = opened(&url).await.get(id(1)).await.unwrap().unwrap().user;
    assert_eq!(user.profile.groups, groups(&["g1", "g2", "g3", "g4", "g5", "g6"]));
}

pub(crate) async fn users_are_listed_by_name(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    assert!(accounts.is_empty().await.unwrap());
    for (number, name) in [(1, "carol"), (2, "B.ob"), (3, "al_ice"), (4, "al-ice"), (5, "Alice")] {
        add(&accounts, number, name).await;
    }
    assert!(!accounts.is_empty().await.unwrap());
    let names: Vec<String> =
        accounts.list().await.unwrap().iter().map(|user| user.name.to_string()).collect();
    assert_eq!(names, ["al-ice", "al_ice", "Alice", "B.ob", "carol"]);
}

pub(crate) async fn one_who_is_disabled_is_so_on_every_instance_until_enabled(place: &impl Place) {
    let url = place.fresh();
    let (here, there) = (opened(&url).await, opened(&url).await);
    add(&here, 1, "alice").await;
    let disabled_at = async || there.get(id(1)).await.unwrap().unwrap().user.disabled_at;
    assert_eq!(here.disable(id(1), NOW).await.unwrap(), Kept::Done);
    assert_eq!(disabled_at().await, Some(NOW));
    assert_eq!(here.disable(id(1), NOW.after(Duration::from_secs(1))).await.unwrap(), Kept::Done);
    assert_eq!(disabled_at().await, Some(NOW), "since the first time");
    here.enable(id(1)).await.unwrap();
    assert_eq!(disabled_at().await, None);
}

pub(crate) async fn of_many_who_want_a_name_at_once_one_gets_it(place: &impl Place) {
    let url = place.fresh();
    let adding = (1..=RIVALS).map(|number| {
        let url = url.clone();
        tokio::spawn(async move { opened(&url).await.add(user(number, "alice"), NOW).await.unwrap() })
    });
    let mut added = 0;
    for one in adding.collect::<Vec<_>>() {
        added += usize::from(matches!(one.await.unwrap(), Added::Done(_)));
    }
    assert_eq!((added, opened(&url).await.list().await.unwrap().len()), (1, 1));
}

pub(crate) async fn a_set_up_link_works_once(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    accounts.issue_setup_link(&token(9), NOW).await.unwrap();
    assert!(accounts.setup_link_works(&token(9), NOW).await.unwrap());
    assert!(!accounts.setup_link_works(&token(8), NOW).await.unwrap());
    assert_eq!(accounts.set_up(&token(8), user(1, "root"), NOW).await.unwrap(), SetUp::LinkDead);
    let SetUp::Done(root) = accounts.set_up(&token(9), user(1, "root"), NOW).await.unwrap() else {
        panic!("the link works")
    };
    assert_eq!(accounts.list().await.unwrap(), [root]);
    assert_eq!(accounts.set_up(&token(9), user(2, "other"), NOW).await.unwrap(), SetUp::LinkDead);
    assert!(!accounts.setup_link_works(&token(9), NOW).await.unwrap());
}

pub(crate) async fn a_set_up_link_dies_after_a_quarter_of_an_hour(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    accounts.issue_setup_link(&token(9), NOW).await.unwrap();
    let end = NOW.after(LinkToken::SETUP_LIFETIME);
    assert!(accounts.setup_link_works(&token(9), end.before(Duration::from_millis(1))).await.unwrap());
    assert!(!accounts.setup_link_works(&token(9), end).await.unwrap());
    assert_eq!(accounts.set_up(&token(9), user(1, "root"), end).await.unwrap(), SetUp::LinkDead);
    assert!(accounts.is_empty().await.unwrap());
}

pub(crate) async fn the_links_of_two_instances_work_side_by_side_until_one_is_used(place: &impl Place) {
    let url = place.fresh();
    let (here, there) = (opened(&url).await, opened(&url).await);
    here.issue_setup_link(&token(1), NOW).await.unwrap();
    there.issue_setup_link(&token(2), NOW).await.unwrap();
    assert!(there.setup_link_works(&token(1), NOW).await.unwrap());
    assert!(here.setup_link_works(&token(2), NOW).await.unwrap());
    assert!(matches!(here.set_up(&token(2), user(1, "root"), NOW).await.unwrap(), SetUp::Done(_)));
    assert!(!there.setup_link_works(&token(1), NOW).await.unwrap());
}

pub(crate) async fn a_set_up_link_is_dead_once_a_user_exists(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    accounts.issue_setup_link(&token(9), NOW).await.unwrap();
    add(&accounts, 1, "alice").await;
    assert!(!accounts.setup_link_works(&token(9), NOW).await.unwrap());
    assert_eq!(accounts.set_up(&token(9), user(2, "root"), NOW).await.unwrap(), SetUp::LinkDead);
    assert_eq!(accounts.list().await.unwrap().len(), 1);
}

pub(crate) async fn of_many_who_use_a_link_at_once_one_becomes_administrator(place: &impl Place) {
    let url = place.fresh();
    opened(&url).await.issue_setup_link(&token(9), NOW).await.unwrap();
    assert_eq!(administrators(&url, |_| token(9)).await, 1);
}

pub(crate) async fn of_many_who_use_links_of_their_own_at_once_one_becomes_administrator(place: &impl Place) {
    let url = place.fresh();
    let accounts = opened(&url).await;
    for number in 1..=RIVALS {
        accounts.issue_setup_link(&token(number), NOW).await.unwrap();
    }
    assert_eq!(administrators(&url, token).await, 1);
}

/// How many of those who set up at the same moment succeed, each on an instance of its own and under a name of its own.
async fn administrators(url: &StoreUrl, link: fn(u8) -> LinkToken) -> usize {
    let mut instances = Vec::new();
    for _ in 1..=RIVALS {
        instances.push(opened(url).await);
    }
    let setting_up = (1..=RIVALS).zip(instances).map(|(number, accounts)| {
        let new = user(number, &format!("root{number}"));
        tokio::spawn(async move { accounts.set_up(&link(number), new, NOW).await.unwrap() })
    });
    let mut done = 0;
    for one in setting_up.collect::<Vec<_>>() {
        done += usize::from(matches!(one.await.unwrap(), SetUp::Done(_)));
    }
    assert_eq!(opened(url).await.list().await.unwrap().len(), done);
    done
}

pub(crate) async fn a_stronger_hash_never_undoes_a_password_change(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    add(&accounts, 1, "alice").await;
    accounts.strengthen(id(1), hash('A'), hash('B')).await.unwrap();
    assert!(accounts.set_password(id(1), hash('C'), NOW).await.unwrap());
    accounts.strengthen(id(1), hash('B'), hash('D')).await.unwrap();
    assert_eq!(accounts.get(id(1)).await.unwrap().unwrap().password_hash, Some(hash('C')));
}

pub(crate) async fn the_password_of_nobody_cannot_be_set(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    assert!(!accounts.set_password(id(1), hash('B'), NOW).await.unwrap());
}

pub(crate) async fn instances_that_start_together_make_the_tables_once(place: &impl Place) {
    let url = place.fresh();
    let opening = (1..=RIVALS).map(|number| {
        let url = url.clone();
        tokio::spawn(async move { add(&opened(&url).await, number, &format!("user{number}")).await })
    });
    for one in opening.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(opened(&url).await.list().await.unwrap().len(), usize::from(RIVALS));
}

pub(crate) async fn accounts_share_the_database_of_the_sessions(place: &impl Place) {
    let url = place.fresh();
    let AnyStore::Indexed(sessions) = url.open().await.unwrap() else { panic!("it has an index") };
    let beside = Accounts::open_beside(&sessions).await.unwrap();
    add(&beside, 1, "alice").await;
    assert_eq!(opened(&url).await.list().await.unwrap().len(), 1);
    assert_eq!(sessions.rows().await.unwrap(), 0);
}

fn signing_key(name: &str, made_at: Timestamp) -> PublishedKey {
    PublishedKey {
        id: name.to_owned(),
        jwk: format!("{{\"kid\":\"{name}\"}}"),
        made_at,
        signs_from: made_at.after(Duration::from_secs(1)),
        retired_at: None,
        published_until: made_at.after(Duration::from_mins(10)),
    }
}

pub(crate) async fn a_signing_key_is_found_by_every_instance_until_its_end(place: &impl Place) {
    let url = place.fresh();
    let (here, there) = (opened(&url).await, opened(&url).await);
    let (a, b) = (signing_key("a", NOW), signing_key("b", NOW.after(Duration::from_millis(1))));
    here.publish_key(&b).await.unwrap();
    there.publish_key(&a).await.unwrap();
    assert_eq!(here.published_keys(NOW).await.unwrap(), [a.clone(), b.clone()]);
    assert_eq!(there.published_keys(a.published_until).await.unwrap().as_slice(), std::slice::from_ref(&b));
    let later = a.published_until.after(Duration::from_mins(1));
    assert!(there.extend_key("a", later).await.unwrap());
    assert!(!there.extend_key("c", later).await.unwrap(), "it is not there");
    let a = PublishedKey { published_until: later, ..a };
    assert_eq!(here.published_keys(b.published_until).await.unwrap().as_slice(), std::slice::from_ref(&a));
    here.publish_key(&signing_key("c", b.published_until)).await.unwrap();
    assert!(!here.extend_key("b", later).await.unwrap(), "whose end has come goes when another comes");
    let (ended_at, until) = (later, later.after(Duration::from_mins(7)));
    there.end_key("a", ended_at, until).await.unwrap();
    assert!(!there.extend_key("a", NOW).await.unwrap());
    let ended = PublishedKey { retired_at: Some(ended_at), published_until: until, ..a };
    assert_eq!(here.published_keys(NOW).await.unwrap()[0], ended);
}

pub(crate) async fn signing_keys_that_are_there_are_retired_together_and_none_that_comes_after(
    place: &impl Place,
) {
    let accounts = opened(&place.fresh()).await;
    // Made by a machine whose clock is ahead: being there decides, not the time.
    accounts.publish_key(&signing_key("a", NOW.after(Duration::from_hours(1)))).await.unwrap();
    accounts.publish_key(&signing_key("b", NOW)).await.unwrap();
    accounts.retire_keys(NOW).await.unwrap();
    accounts.publish_key(&signing_key("c", NOW.before(Duration::from_mins(1)))).await.unwrap();
    let retired: Vec<(String, Option<Timestamp>)> =
        accounts.published_keys(NOW).await.unwrap().into_iter().map(|key| (key.id, key.retired_at)).collect();
    assert_eq!(retired, [("c".into(), None), ("b".into(), Some(NOW)), ("a".into(), Some(NOW))]);
    assert!(!accounts.extend_key("b", NOW.after(Duration::from_hours(2))).await.unwrap());
    let second = NOW.after(Duration::from_secs(5));
    accounts.retire_keys(second).await.unwrap();
    accounts.end_key("a", second, second.after(Duration::from_mins(7))).await.unwrap();
    let keys = accounts.published_keys(NOW).await.unwrap();
    let at = |id: &str| keys.iter().find(|key| key.id == id).unwrap().retired_at;
    assert_eq!((at("a"), at("b"), at("c")), (Some(NOW), Some(NOW), Some(second)), "since the first time");
}

/// The tables as the first release that knew servers made them.
const FIRST: TableSchema = TableSchema {
    component: "accounts",
    sqlite: &[include_str!("../../src/accounts/schema/sqlite_1.sql")],
    postgres: &[include_str!("../../src/accounts/schema/postgres_1.sql")],
    mysql: &[include_str!("../../src/accounts/schema/mysql_1.sql")],
};

pub(crate) async fn the_users_of_an_earlier_release_are_told_of_as_before_until_edited(place: &impl Place) {
    const ALICE: &str = "INSERT INTO cloakroom_users
        (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms)
        VALUES ('01010101010101010101010101010101', 'alice', 'Alice', 'member',
        '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 1, 2)";
    let url = place.fresh();
    drop(url.open_tables(&FIRST).await.unwrap());
    meddle(&url, &[Part::Must(ALICE)]).await;
    let accounts = opened(&url).await;
    let alice = accounts.get(id(1)).await.unwrap().unwrap().user;
    assert_eq!((alice.name.as_typed(), &alice.profile), ("Alice", &Profile::default()));
    let profile = Profile { groups: groups(&["a"]), ..Profile::default() };
    let alice = accounts.set_profile(alice, profile).await.unwrap().unwrap();
    assert_eq!(accounts.list().await.unwrap(), [alice]);
}

pub(crate) async fn accounts_of_a_newer_release_are_refused(place: &impl Place) {
    const NEWER: &str = "INSERT INTO cloakroom_migrations (component, version) VALUES ('accounts', 99)";
    let url = place.fresh();
    drop(opened(&url).await);
    meddle(&url, &[Part::Must(NEWER)]).await;
    let error = Accounts::open(&url).await.unwrap_err();
    let AccountsError::Open(cause) = &error else { panic!("{error}") };
    assert!(cause.to_string().contains("its tables are of version 99, this release knows"), "{cause}");
    assert!(url.open().await.is_ok(), "the sessions' tables are their own matter");
}

pub(crate) async fn a_row_that_cannot_be_ours_is_an_error(place: &impl Place) {
    const SPOIL: &str = "UPDATE cloakroom_users SET password_hash = 'secret' WHERE name = 'alice'";
    const JOIN: &str = "UPDATE cloakroom_profiles SET group_names = 'a,,b'";
    let url = place.fresh();
    let accounts = opened(&url).await;
    add(&accounts, 1, "alice").await;
    add(&accounts, 2, "bob").await;
    meddle(&url, &[Part::Must(SPOIL)]).await;
    let error = accounts.get(id(1)).await.unwrap_err();
    assert_eq!(error.to_string(), "the column password_hash of a user cannot be read");
    assert!(accounts.get(id(2)).await.unwrap().is_some());
    meddle(&url, &[Part::Must(JOIN)]).await;
    let error = accounts.get(id(2)).await.unwrap_err();
    assert_eq!(error.to_string(), "the column group_names of a user cannot be read");
}
