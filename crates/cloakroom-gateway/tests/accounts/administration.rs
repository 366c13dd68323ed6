//! What the administration relies on: somebody is left who administers, links work once, and users are found by their beginnings.

use std::collections::BTreeSet;
use std::time::Duration;

use cloakroom::Timestamp;
use cloakroom_gateway::accounts::password::PasswordHash;
use cloakroom_gateway::accounts::{
    Accounts, Added, Kept, LinkToken, NewUser, Profile, Reset, Role, State, User, UserFilter, UserId,
};

use crate::place::{Place, opened};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn hash() -> PasswordHash {
    PasswordHash::parse(HASH).unwrap()
}

fn token(number: u8) -> LinkToken {
    LinkToken::from_octets([number; 32])
}

async fn add(accounts: &Accounts, number: u8, name: &str, email: Option<&str>, role: Role) -> User {
    let profile = Profile { email: email.map(|email| email.parse().unwrap()), ..Profile::default() };
    let id = UserId::from_octets([number; 16]);
    let new = NewUser { id, name: name.parse().unwrap(), role, profile, password_hash: Some(hash()) };
    let Added::Done(user) = accounts.add(new, NOW).await.unwrap() else { panic!("{name} is taken") };
    user
}

async fn administrators(accounts: &Accounts) -> usize {
    let users = accounts.list().await.unwrap();
    let are = |user: &&User| user.role == Role::Administrator && user.disabled_at.is_none();
    users.iter().filter(are).count()
}

pub(crate) async fn of_administrators_who_take_each_other_away_at_once_one_stays(place: &impl Place) {
    let url = place.fresh();
    let (here, there) = (opened(&url).await, opened(&url).await);
    let [a, b] =
        [(1, "alice"), (2, "bob")].map(|(number, name)| add(&here, number, name, None, Role::Administrator));
    let (a, b) = (a.await.id, b.await.id);
    for round in 0..10 {
        let demoting = tokio::spawn({
            let here = here.clone();
            async move { here.set_role(a, Role::Member).await.unwrap() }
        });
        let disabling = tokio::spawn({
            let there = there.clone();
            async move { there.disable(b, NOW).await.unwrap() }
        });
        let mut outcomes = [demoting.await.unwrap(), disabling.await.unwrap()];
        outcomes.sort_by_key(|kept| *kept == Kept::Done);
        assert_eq!(outcomes, [Kept::LastAdministrator, Kept::Done], "in round {round}");
        assert_eq!(administrators(&here).await, 1, "in round {round}");
        assert_eq!(here.set_role(a, Role::Administrator).await.unwrap(), Kept::Done);
        here.enable(b).await.unwrap();
    }
}

pub(crate) async fn where_nobody_administers_nobody_is_missed(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let alice = add(&accounts, 1, "alice", None, Role::Auditor).await;
    assert_eq!(accounts.disable(alice.id, NOW).await.unwrap(), Kept::Done);
    accounts.enable(alice.id).await.unwrap();
    assert_eq!(accounts.set_role(alice.id, Role::Member).await.unwrap(), Kept::Done);
    assert_eq!(accounts.get(alice.id).await.unwrap().unwrap().user.role, Role::Member);
}

pub(crate) async fn a_link_sets_a_password_once_until_its_end_and_is_replaced_by_the_next(
    place: &impl Place,
) {
    let accounts = opened(&place.fresh()).await;
    let alice = add(&accounts, 1, "alice", None, Role::Member).await;
    let until = NOW.after(LinkToken::RESET_LIFETIME);
    let last = until.before(Duration::from_millis(1));
    accounts.issue_reset_link(alice.id, &token(1), until, NOW).await.unwrap();
    assert_eq!(accounts.user_of_reset_link(&token(1), last).await.unwrap(), Some(alice.id));
    assert_eq!(accounts.user_of_reset_link(&token(1), until).await.unwrap(), None);
    assert_eq!(accounts.reset_by_link(alice.id, &token(1), hash(), until).await.unwrap(), Reset::LinkDead);
    accounts.issue_reset_link(alice.id, &token(2), until, NOW).await.unwrap();
    assert_eq!(accounts.user_of_reset_link(&token(1), NOW).await.unwrap(), None, "the next is there");
    let bob = add(&accounts, 2, "bob", None, Role::Member).await;
    assert_eq!(accounts.reset_by_link(bob.id, &token(2), hash(), NOW).await.unwrap(), Reset::LinkDead);
    let now = NOW.after(Duration::from_secs(1));
    assert_eq!(accounts.reset_by_link(alice.id, &token(2), hash(), now).await.unwrap(), Reset::Done);
    assert_eq!(accounts.reset_by_link(alice.id, &token(2), hash(), now).await.unwrap(), Reset::LinkDead);
    assert_eq!(accounts.get(alice.id).await.unwrap().unwrap().user.password_changed_at, now);
    accounts.issue_reset_link(alice.id, &token(3), until, NOW).await.unwrap();
    assert!(accounts.set_password(alice.id, hash(), NOW).await.unwrap());
    assert_eq!(accounts.user_of_reset_link(&token(3), NOW).await.unwrap(), None, "there is a password since");
}

pub(crate) async fn of_many_who_use_a_link_at_once_one_sets_the_password(place: &impl Place) {
    let url = place.fresh();
    let accounts = opened(&url).await;
    let alice = add(&accounts, 1, "alice", None, Role::Member).await;
    let until = NOW.after(LinkToken::RESET_LIFETIME);
    accounts.issue_reset_link(alice.id, &token(1), until, NOW).await.unwrap();
    let mut uses = Vec::new();
    for _ in 0..8 {
        let accounts = opened(&url).await;
        uses.push(tokio::spawn(async move {
            let now = NOW.after(Duration::from_secs(1));
            accounts.reset_by_link(alice.id, &token(1), hash(), now).await.unwrap()
        }));
    }
    let mut done = 0;
    for using in uses {
        done += usize::from(using.await.unwrap() == Reset::Done);
    }
    assert_eq!(done, 1);
}

pub(crate) async fn who_has_proved_an_older_password_changes_nothing(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let (until, later) = (NOW.after(LinkToken::RESET_LIFETIME), NOW.after(Duration::from_secs(1)));
    let proved = add(&accounts, 1, "alice", None, Role::Member).await;
    accounts.issue_reset_link(proved.id, &token(1), until, NOW).await.unwrap();
    assert_eq!(accounts.reset_by_link(proved.id, &token(1), hash(), later).await.unwrap(), Reset::Done);
    accounts.issue_reset_link(proved.id, &token(2), until, NOW).await.unwrap();
    assert!(!accounts.change_password(&proved, hash(), later).await.unwrap(), "a link was faster");
    assert_eq!(accounts.user_of_reset_link(&token(2), NOW).await.unwrap(), Some(proved.id));
    let proved = accounts.get(proved.id).await.unwrap().unwrap().user;
    let last = later.after(Duration::from_secs(1));
    assert!(accounts.change_password(&proved, hash(), last).await.unwrap());
    let proved = accounts.get(proved.id).await.unwrap().unwrap().user;
    assert_eq!(proved.password_changed_at, last);
    assert_eq!(accounts.user_of_reset_link(&token(2), NOW).await.unwrap(), None);
    assert_eq!(accounts.disable(proved.id, last).await.unwrap(), Kept::Done);
    assert!(!accounts.change_password(&proved, hash(), last).await.unwrap(), "the account is disabled");
}

/// All names that are found, so many at a time.
async fn found(accounts: &Accounts, filter: &UserFilter, at_once: usize) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = accounts.search(filter, after.as_deref(), at_once).await.unwrap();
        assert!(page.users.len() <= at_once);
        names.extend(page.users.iter().map(|user| user.name.canonical().to_owned()));
        match page.next {
            Some(next) => after = Some(next),
            None => return names,
        }
    }
}

pub(crate) async fn users_are_found_by_how_names_and_addresses_begin_by_role_and_by_state(
    place: &impl Place,
) {
    let accounts = opened(&place.fresh()).await;
    let people = [
        ("Ada", Some("Zoe@example.org"), Role::Member),
        ("ada.b", Some("zoe@example.org"), Role::Administrator),
        ("adam", None, Role::Auditor),
        ("ad", Some("zo%@example.org"), Role::Member),
        ("bea", Some("ada@example.org"), Role::Member),
        ("ad_z", Some("zoe.z@example.org"), Role::Member),
    ];
    for (number, (name, email, role)) in (1..).zip(people) {
        let user = add(&accounts, number, name, email, role).await;
        if name == "bea" || name == "adam" {
            let _kept = accounts.disable(user.id, NOW).await.unwrap();
        }
    }
    let by = |name: &str, email: &str, role, state| UserFilter {
        name: name.into(),
        email: email.into(),
        role,
        state,
    };
    let (member, disabled) = (Some(Role::Member), Some(State::Disabled));
    for (filter, names) in [
        (by("", "", None, None), vec!["ad", "ad_z", "ada", "ada.b", "adam", "bea"]),
        (by(" ADA", "", None, None), vec!["ada", "ada.b", "adam"]),
        (by("ad_", "", None, None), vec!["ad_z"]),
        (by("a%", "", None, None), vec![]),
        (by("c", "", None, None), vec![]),
        (by("\u{e4}", "", None, None), vec![]),
        (by("", "", member, None), vec!["ad", "ad_z", "ada", "bea"]),
        (by("ada", "", member, None), vec!["ada"]),
        (by("", "", None, disabled), vec!["adam", "bea"]),
        (by("", "", member, disabled), vec!["bea"]),
        (by("", "", member, Some(State::Enabled)), vec!["ad", "ad_z", "ada"]),
        (by("", "ZOE@", None, None), vec!["ada", "ada.b"]),
        (by("", "zo", None, None), vec!["ad", "ad_z", "ada", "ada.b"]),
        (by("ada.", "zo", None, None), vec!["ada.b"]),
        (by("", "zo", member, None), vec!["ad", "ad_z", "ada"]),
        (by("", "a", None, disabled), vec!["bea"]),
    ] {
        for at_once in [1, 2, 10] {
            assert_eq!(found(&accounts, &filter, at_once).await, names, "{filter:?}, {at_once} at a time");
        }
    }
    let everybody = UserFilter::default();
    for nonsense in ["", ":", "zzz:", "\u{0}", "\u{e4}", "0:\u{0}", "bea"] {
        let names: BTreeSet<_> = accounts
            .search(&everybody, Some(nonsense), 10)
            .await
            .unwrap()
            .users
            .into_iter()
            .map(|user| user.name.to_string())
            .collect();
        assert!(names.len() <= people.len());
        let by_email = by("", "z", None, None);
        assert!(accounts.search(&by_email, Some(nonsense), 10).await.unwrap().users.len() <= people.len());
    }
}
