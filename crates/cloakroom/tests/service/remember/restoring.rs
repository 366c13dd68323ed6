//! What a remembered browser gets, and what it does not.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::http::StatusCode;
use cloakroom::assurance::Profile;
use cloakroom::remember::RememberMe;
use cloakroom::store::{CapPolicy, SubjectIndex as _};
use cloakroom::{CookiePolicy, EventKind, MemoryStore, Method, Sessions, hours, minutes, seconds};
use cloakroom_testkit::ModelStore;

use super::site::{AFTER_THE_GRACE, NIGHT, SERIES, SID, Site, Store, on_each_store, subject};

on_each_store!(
    lif_12_a_remembered_browser_gets_its_user_back_and_does_nothing_of_weight_before_a_proof,
    lif_12_each_use_replaces_the_token_and_the_first_request_after_it_ends_the_one_before,
    lif_12_ten_tabs_that_a_browser_opens_again_share_one_session,
    behaviour_20_a_lost_answer_locks_no_remembered_browser_out_and_raises_no_alarm,
    lif_12_a_token_that_was_replaced_long_ago_ends_all_that_came_of_its_series,
    lif_12_a_thief_who_hides_the_new_token_loses_the_session_when_the_owner_comes_back,
    behaviour_22_a_remembered_browser_is_forgotten_on_its_day_and_no_use_moves_that,
    lif_12_no_list_shows_a_series_and_no_cap_counts_one,
    lif_12_the_token_of_a_series_is_none_of_a_session_and_the_other_way_round,
    lif_12_a_late_request_takes_no_place_of_a_session_that_can_do_more,
    lif_12_the_second_factor_of_a_sign_in_is_remembered_too,
);

async fn lif_12_a_remembered_browser_gets_its_user_back_and_does_nothing_of_weight_before_a_proof(
    store: Store,
) {
    let site = Site::on(store).await;
    let mut alice = site.browser();
    let answer = alice.sign_in("alice", true).await;
    let line = answer.cookie(SERIES).expect("a second cookie");
    assert!(line.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"), "{line}");
    assert!(answer.is_no_store);
    assert!(!answer.cookie(SID).expect("a session").contains("Max-Age"));
    site.over_night(&mut alice);

    let answer = alice.get("/me").await;
    assert_eq!(answer.text, "alice by remembered");
    assert!(answer.is_no_store && answer.cookies.len() == 2, "{:?}", answer.cookies);
    let line = answer.cookie(SERIES).expect("another token");
    let left = hours(24 * 30).saturating_sub(NIGHT).as_secs();
    assert!(line.ends_with(&format!("SameSite=Lax; Max-Age={left}")), "{line}");
    assert_eq!(alice.get("/safe").await.status, StatusCode::FORBIDDEN);
    assert_eq!(alice.post("/prove").await.status, StatusCode::OK);
    assert_eq!(alice.get("/safe").await.status, StatusCode::OK);
    assert_eq!(alice.me().await.as_deref(), Some("alice by password"));
}

async fn lif_12_each_use_replaces_the_token_and_the_first_request_after_it_ends_the_one_before(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.asleep("alice").await;
    let (before, thief) = (alice.series(), alice.thief());
    assert!(alice.me().await.is_some());
    assert_ne!(alice.series(), before);
    assert_eq!(alice.series()[..21], before[..21], "the same series");
    // Its session and its series' new token are shown together here.
    let answer = alice.get("/me").await;
    assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
    site.clock.advance(AFTER_THE_GRACE);
    assert_eq!(thief.clone().me().await, None, "the token before is no more");
}

async fn lif_12_ten_tabs_that_a_browser_opens_again_share_one_session(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.asleep("alice").await;
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let tab = alice.clone();
        tabs.spawn(async move { tab.ask("GET", "/me", String::new()).await });
    }
    let answers = tabs.join_all().await;
    assert!(answers.iter().all(|answer| answer.text == "alice by remembered"));
    let given: Vec<_> = answers.iter().filter(|answer| !answer.cookies.is_empty()).collect();
    assert_eq!(given.len(), 1, "one answer has the cookies, both of them");
    assert_eq!(site.sessions.list(&subject("alice")).await.expect("a list").len(), 1);

    // Late ones, too, as long as the grace lasts.
    let late = alice.clone();
    for name in [SID, SERIES] {
        let value = given[0].cookie(name).and_then(|line| line.split(['=', ';']).nth(1));
        alice.jar.insert(name.to_owned(), value.expect("a value").to_owned());
    }
    assert!(alice.me().await.is_some());
    site.clock.advance(seconds(29));
    assert_eq!(late.clone().me().await.as_deref(), Some("alice by remembered"));
    // None of them is let in to more than a token of the series gives.
    assert_eq!(alice.post("/prove").await.status, StatusCode::OK);
    assert_eq!(late.clone().get("/safe").await.status, StatusCode::UNAUTHORIZED);
    assert!(!site.reported().contains(&EventKind::Reused));
}

async fn behaviour_20_a_lost_answer_locks_no_remembered_browser_out_and_raises_no_alarm(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.asleep("alice").await;
    for _ in 0..4 {
        let lost = alice.ask("GET", "/me", String::new()).await;
        assert_eq!((lost.status, lost.cookies.len()), (StatusCode::OK, 2));
        site.clock.advance(AFTER_THE_GRACE);
    }
    assert!(alice.me().await.is_some());
    assert!(alice.me().await.is_some());
    site.over_night(&mut alice);
    assert!(alice.me().await.is_some(), "and goes on");
    assert!(!site.reported().contains(&EventKind::Reused));
}

async fn lif_12_a_token_that_was_replaced_long_ago_ends_all_that_came_of_its_series(store: Store) {
    let site = Site::on(store).await;
    let mut elsewhere = site.remembered("alice").await;
    let mut alice = site.remembered("alice").await;
    let mut thief = alice.thief();
    assert_eq!(thief.me().await.as_deref(), Some("alice by remembered"), "it was there first");
    assert!(thief.me().await.is_some());
    let mut bob = site.remembered("bob").await;
    site.clock.advance(AFTER_THE_GRACE);
    site.reported();

    // The owner comes back with the one before.
    alice.jar.remove(SID);
    assert_eq!(alice.me().await, None);
    let events = site.events.take();
    let alarm = events.iter().find(|event| event.kind == EventKind::Reused).expect("an alarm");
    assert_eq!((alarm.reason, alarm.subject.as_ref()), (Some("remember_me"), Some(&subject("alice"))));
    let ended = |event: &&cloakroom::SecurityEvent| event.reason == Some("remember_me_reused");
    assert_eq!(events.iter().filter(ended).count(), 2, "the session of the thief, and that of the sign-in");
    assert_eq!(thief.me().await, None, "neither its session nor its series is left");
    assert_eq!(elsewhere.me().await.as_deref(), Some("alice by password"), "another browser's goes on");
    assert!(bob.me().await.is_some());
    assert!(!site.reported().contains(&EventKind::Reused), "it is said once");
}

/// Story: a thief used the session and threw the token away that came with it, so that the token before stayed good and nothing was found out.
async fn lif_12_a_thief_who_hides_the_new_token_loses_the_session_when_the_owner_comes_back(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.asleep("alice").await;
    let mut thief = alice.thief();
    assert!(thief.me().await.is_some());
    thief.jar.remove(SERIES);
    assert!(thief.me().await.is_some());
    site.clock.advance(AFTER_THE_GRACE);
    assert!(alice.me().await.is_some());
    assert_eq!(thief.me().await, None);
    assert!(alice.me().await.is_some());
}

async fn behaviour_22_a_remembered_browser_is_forgotten_on_its_day_and_no_use_moves_that(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.remembered("alice").await;
    for _ in 0..29 {
        alice.jar.remove(SID);
        site.clock.advance(hours(24));
        assert!(alice.me().await.is_some());
    }
    alice.jar.remove(SID);
    site.clock.advance(minutes(24 * 60 - 1));
    let mut late = alice.clone();
    assert_eq!(alice.me().await.as_deref(), Some("alice by remembered"), "a minute before");
    assert!(alice.me().await.is_some());
    site.clock.advance(Duration::from_millis(59_999));
    assert!(alice.me().await.is_some(), "a millisecond before");
    site.clock.advance(Duration::from_millis(1));
    assert_eq!(alice.me().await, None, "what it gave ends with it");
    assert_eq!(late.me().await, None);
}

async fn lif_12_no_list_shows_a_series_and_no_cap_counts_one(store: Store) {
    let two = std::num::NonZeroUsize::new(2).expect("two is not zero");
    let site = Site::with(store, |sessions| sessions.cap(two, CapPolicy::RefuseNew)).await;
    let (mut one, mut other) = (site.remembered("alice").await, site.remembered("alice").await);
    assert_eq!(site.sessions.list(&subject("alice")).await.expect("a list").len(), 2);
    let (page, _) = site.sessions.page(None, 100).await.expect("a page");
    assert_eq!(page.len(), 2, "{page:?}");
    assert!(one.me().await.is_some() && other.me().await.is_some());
    let mut third = site.browser();
    let refused = third.send("POST", "/login", "user=alice&remember=true".to_owned()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.cookies.is_empty(), "{:?}", refused.cookies);

    // A remembered browser is refused like any other, and comes in when there is room.
    let mut asleep = one.thief();
    assert_eq!(asleep.me().await, None);
    assert_eq!(other.post("/logout").await.status, StatusCode::OK);
    site.clock.advance(AFTER_THE_GRACE);
    assert!(asleep.me().await.is_some());
}

async fn lif_12_the_token_of_a_series_is_none_of_a_session_and_the_other_way_round(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.asleep("alice").await;
    let mut crossed = site.browser();
    crossed.jar.insert(SID.to_owned(), alice.series());
    assert_eq!(crossed.me().await, None);
    assert!(alice.me().await.is_some(), "the series lives on");
    let mut crossed = site.browser();
    crossed.jar.insert(SERIES.to_owned(), alice.jar[SID].clone());
    assert_eq!(crossed.me().await, None);
    assert!(alice.me().await.is_some(), "and so does the session");
    for value in ["", "x", &alice.series()[1..], &"A".repeat(64)] {
        let mut junk = site.browser();
        junk.jar.insert(SERIES.to_owned(), value.to_owned());
        let answer = junk.get("/me").await;
        assert_eq!((answer.status, answer.cookies.len()), (StatusCode::UNAUTHORIZED, 0), "{value}");
    }
}

/// Story: a request was under way while the password was given again, and its answer took the place of the session that had proved it.
async fn lif_12_a_late_request_takes_no_place_of_a_session_that_can_do_more(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.remembered("alice").await;
    let late = alice.clone();
    assert_eq!(alice.post("/prove").await.status, StatusCode::OK);
    let answer = late.ask("GET", "/me", String::new()).await;
    assert_eq!((answer.status, answer.cookies.len()), (StatusCode::UNAUTHORIZED, 0));
    assert_eq!(alice.get("/safe").await.status, StatusCode::OK);
}

async fn lif_12_the_second_factor_of_a_sign_in_is_remembered_too(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.browser();
    alice.send("POST", "/first", "user=alice&remember=true".to_owned()).await;
    assert!(!alice.jar.contains_key(SERIES));
    assert_eq!(alice.post("/second").await.status, StatusCode::OK);
    site.over_night(&mut alice);
    assert_eq!(alice.me().await.as_deref(), Some("alice by remembered"));

    let mut bob = site.browser();
    bob.send("POST", "/first", "user=bob&remember=true".to_owned()).await;
    site.sessions.revoke_subject(&subject("bob")).await.expect("a revocation");
    let refused = bob.post("/second").await;
    assert_eq!((refused.status, refused.cookies.len()), (StatusCode::UNAUTHORIZED, 0));
}

#[tokio::test]
async fn without_the_setting_nobody_is_remembered_and_the_cookie_is_any_cookie() {
    let site = Site::of(Sessions::indexed(MemoryStore::new()));
    let mut alice = site.browser();
    assert_eq!(alice.sign_in("alice", true).await.cookies.len(), 1);
    alice.jar.insert(SERIES.to_owned(), alice.jar[SID].clone());
    site.over_night(&mut alice);
    assert_eq!(alice.me().await, None);
}

#[tokio::test]
async fn without_being_asked_nobody_is_remembered() {
    let site = Site::on(Store::Memory).await;
    let mut alice = site.browser();
    assert_eq!(alice.sign_in("alice", false).await.cookies.len(), 1);
}

#[tokio::test]
async fn lif_12_under_a_profile_nobody_is_remembered() {
    let store = MemoryStore::new();
    let sessions = Sessions::indexed(store).remember_me(RememberMe::for_days(30));
    let relaxed = Site::of(sessions.clone());
    let mut alice = relaxed.asleep("alice").await;
    for profile in [Profile::Aal2, Profile::Aal3] {
        let strict = Site::of(sessions.clone().profile(profile));
        let mut there = strict.browser();
        there.jar = alice.jar.clone();
        assert_eq!(there.me().await, None, "{profile:?}");
        assert_eq!(there.post("/logout").await.status, StatusCode::OK);
        let mut new = strict.browser();
        new.send("POST", "/first", "user=bob&remember=true".to_owned()).await;
        let answer = new.post("/second").await;
        assert_eq!((answer.status, answer.cookies.len()), (StatusCode::OK, 1), "{profile:?}");
    }
    assert!(alice.me().await.is_some());
}

#[tokio::test]
async fn a_route_that_asks_for_no_session_leaves_a_remembered_browser_alone() {
    let site = Site::on(Store::Memory).await;
    let mut alice = site.asleep("alice").await;
    let before = alice.series();
    assert!(alice.get("/public").await.cookies.is_empty());
    assert_eq!(alice.series(), before);
    assert_eq!(alice.post("/me").await.text, "alice by remembered", "a post is as good as a navigation");
}

#[tokio::test]
async fn sto_01_the_row_of_a_series_holds_no_token_and_names_its_user_in_no_column() {
    let store = ModelStore::new();
    let site = Site::of(Sessions::indexed(store.clone()).remember_me(RememberMe::for_days(30)));
    let alice = site.remembered("alice").await;
    let secret = &alice.series()[22..];
    let page = store.page(None, 10).await.expect("a page");
    let of_nobody: Vec<_> =
        page.sessions.iter().filter(|(_, loaded)| loaded.row.subject != Some(subject("alice"))).collect();
    assert_eq!((page.sessions.len(), of_nobody.len()), (2, 1));
    assert!(!format!("{page:?}").contains(secret));
}

#[test]
fn two_cookies_of_one_name_stop_the_start() {
    let layer = |name| {
        let remember = RememberMe::for_days(30).cookie(CookiePolicy::host(name));
        let sessions = Sessions::indexed(MemoryStore::new()).remember_me(remember);
        std::panic::catch_unwind(AssertUnwindSafe(|| sessions.layer()))
    };
    assert!(layer("sid").is_err());
    assert!(layer("other").is_ok());
}

#[tokio::test]
async fn a_method_that_is_no_proof_begins_no_series() {
    let site = Site::on(Store::Memory).await;
    let app = axum::Router::new()
        .route(
            "/",
            axum::routing::post(async |session: cloakroom::Session| {
                let attempt = session.begin_sign_in(subject("alice")).await?;
                attempt.remember_me().finish(Method::Remembered).await
            }),
        )
        .layer(site.sessions.layer());
    let mut alice = Site { app, ..site }.browser();
    assert_eq!(alice.post("/").await.cookies.len(), 1);
}
