//! What the keys of services promise, and lists of users a page at a time, whatever database they are in.

use std::time::Duration;

use cloakroom::Timestamp;
use cloakroom_gateway::accounts::api_key::{ApiKeyId, ApiKeyText, NewApiKey, Scope};
use cloakroom_gateway::accounts::{Added, NewUser, Profile, Role, UserId};

use crate::place::{Place, opened};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

fn text(number: u8) -> ApiKeyText {
    ApiKeyText::from_octets(ApiKeyId::from_octets([number; 8]), [number; 32])
}

fn new(number: u8, scopes: &[Scope], expires_at: Option<Timestamp>) -> NewApiKey {
    let (id, digest) = (text(number).id(), text(number).digest());
    let scopes = scopes.iter().copied().collect();
    NewApiKey { id, digest, name: format!("key.{number}").parse().unwrap(), scopes, expires_at }
}

pub(crate) async fn a_key_is_read_as_written_and_revoked_once(place: &impl Place) {
    let url = place.fresh();
    let (here, there) = (opened(&url).await, opened(&url).await);
    let end = NOW.after(Duration::from_secs(1));
    let all = here.add_api_key(new(1, &Scope::ALL, Some(end)), NOW).await.unwrap();
    let later = NOW.after(Duration::from_millis(1));
    let one = here.add_api_key(new(2, &[Scope::Verify], None), later).await.unwrap();
    assert!(here.add_api_key(new(2, &[Scope::Verify], None), later).await.is_err(), "the ID is taken");
    assert_eq!(there.api_key(all.id).await.unwrap(), Some(all.clone()));
    assert_eq!(there.api_keys().await.unwrap(), [all.clone(), one.clone()]);
    assert_eq!(there.api_key(text(9).id()).await.unwrap(), None);
    assert_eq!((all.state(NOW), all.state(end), one.state(end)), ("valid", "expired", "valid"));

    assert!(there.revoke_api_key(one.id, end).await.unwrap());
    let revoked = here.api_key(one.id).await.unwrap().unwrap();
    assert_eq!((revoked.revoked_at, revoked.state(NOW), revoked.works(NOW)), (Some(end), "revoked", false));
    assert!(!here.revoke_api_key(one.id, NOW).await.unwrap(), "it is already, since then");
    assert_eq!(here.api_key(one.id).await.unwrap().unwrap().revoked_at, Some(end));
    assert!(!here.revoke_api_key(text(9).id(), NOW).await.unwrap());
}

pub(crate) async fn the_hour_of_a_keys_last_use_never_goes_back(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let key = accounts.add_api_key(new(1, &[Scope::Verify], None), NOW).await.unwrap().id;
    let used_at = async || accounts.api_key(key).await.unwrap().unwrap().last_used_at;
    assert_eq!(used_at().await, None);
    let later = NOW.after(Duration::from_hours(1));
    accounts.api_key_used(key, later).await.unwrap();
    accounts.api_key_used(key, NOW).await.unwrap();
    assert_eq!(used_at().await, Some(later), "an instance whose clock is behind");
}

pub(crate) async fn users_are_listed_a_page_at_a_time(place: &impl Place) {
    let accounts = opened(&place.fresh()).await;
    let hash = format!("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA${}", "A".repeat(43));
    for (number, name) in [(1, "carol"), (2, "B.ob"), (3, "al_ice"), (4, "al-ice"), (5, "Alice")] {
        let new = NewUser {
            id: UserId::from_octets([number; 16]),
            name: name.parse().unwrap(),
            role: Role::Member,
            profile: Profile::default(),
            password_hash: Some(cloakroom_gateway::accounts::password::PasswordHash::parse(&hash).unwrap()),
        };
        assert!(matches!(accounts.add(new, NOW).await.unwrap(), Added::Done(_)));
    }
    let (mut met, mut after) = (Vec::new(), String::new());
    loop {
        let page = accounts.list_after(&after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        last.name.canonical().clone_into(&mut after);
        met.extend(page.into_iter().map(|user| user.name.to_string()));
    }
    assert_eq!(met, ["al-ice", "al_ice", "Alice", "B.ob", "carol"]);
}
