//! What ends with a sign-out, a revocation, another sign-in; and what is under way meanwhile.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use cloakroom::audience::{Audience, Challenge};
use cloakroom::{Error, EventKind, Method, Session, SignOut, SignedIn, hours, seconds};

use super::site::{SERIES, SID, Site, Store, on_each_store, subject};

on_each_store!(
    rev_02_a_sign_out_forgets_the_browser_and_takes_both_cookies_away,
    rev_05_a_password_change_forgets_every_browser_of_the_user,
    every_way_to_end_a_session_forgets_its_browser,
    behaviour_05_a_remembered_sign_in_that_began_before_a_password_change_loses,
    behaviour_12_the_next_sign_in_of_a_browser_ends_what_it_was_remembered_by,
    a_sign_out_ends_what_a_copy_of_the_cookie_has_got_too,
    rev_02_a_sign_out_at_another_origin_forgets_the_browser_too,
);

async fn rev_02_a_sign_out_forgets_the_browser_and_takes_both_cookies_away(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.remembered("alice").await;
    let copy = alice.clone();
    let answer = alice.post("/logout").await;
    assert_eq!(answer.status, StatusCode::OK);
    for name in [SID, SERIES] {
        let line = answer.cookie(name).expect("a removal");
        assert_eq!(line, format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
    }
    assert!(alice.jar.is_empty() && answer.is_no_store);
    assert_eq!(copy.clone().me().await, None, "neither works any more");
    assert_eq!(copy.thief().me().await, None);
    assert_eq!(site.sessions.page(None, 10).await.expect("a page").0, []);

    // One who comes back only to sign out.
    let mut alice = site.asleep("alice").await;
    let copy = alice.clone();
    assert_eq!(alice.post("/logout").await.status, StatusCode::OK);
    assert!(alice.jar.is_empty(), "{:?}", alice.jar);
    assert_eq!(copy.clone().me().await, None);
}

async fn rev_05_a_password_change_forgets_every_browser_of_the_user(store: Store) {
    let site = Site::on(store).await;
    let mut elsewhere = site.asleep("alice").await;
    let mut alice = site.remembered("alice").await;
    let mut bob = site.asleep("bob").await;
    let mut awake = site.remembered("alice").await;
    let answer = alice.post("/others").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.cookie(SERIES).expect("a removal").contains("Max-Age=0"));
    assert_eq!(elsewhere.me().await, None);
    assert_eq!(awake.me().await, None);
    assert!(alice.me().await.is_some(), "this session goes on");
    site.over_night(&mut alice);
    assert_eq!(alice.me().await, None, "and is not remembered");
    assert!(bob.me().await.is_some());
}

async fn every_way_to_end_a_session_forgets_its_browser(store: Store) {
    let site = Site::on(store).await;
    for way in ["everywhere", "handle", "subject", "everyone"] {
        let mut elsewhere = site.asleep("alice").await;
        let mut alice = site.remembered("alice").await;
        let copy = alice.clone();
        match way {
            "everywhere" => {
                assert_eq!(alice.post("/everywhere").await.status, StatusCode::OK);
                assert!(alice.jar.is_empty());
            }
            "handle" => {
                let [session] = &site.sessions.list(&subject("alice")).await.expect("a list")[..] else {
                    panic!("one session")
                };
                assert!(site.sessions.revoke(session.id).await.expect("a revocation"));
            }
            "subject" => {
                assert!(site.sessions.revoke_subject(&subject("alice")).await.expect("a revocation") >= 1);
            }
            _ => assert!(site.sessions.revoke_everyone().await.expect("a revocation") >= 3),
        }
        assert_eq!(copy.clone().me().await, None, "{way}");
        assert_eq!(copy.thief().me().await, None, "{way}");
        // Ending one session by its handle is meant for that browser.
        assert_eq!(elsewhere.me().await.is_some(), way == "handle", "{way}");
    }
}

async fn behaviour_05_a_remembered_sign_in_that_began_before_a_password_change_loses(store: Store) {
    let site = Site::on(store).await;
    let sessions = site.sessions.clone();
    let app = Router::new()
        .route(
            "/slow",
            post(async move |session: Session| {
                let attempt = session.begin_sign_in(subject("alice")).await?.remember_me();
                // The password changes while the old one is being checked.
                sessions.revoke_subject(&subject("alice")).await?;
                attempt.finish(Method::Password).await
            }),
        )
        .layer(site.sessions.layer());
    let site = Site { app, ..site };
    let mut alice = site.browser();
    let answer = alice.post("/slow").await;
    assert_eq!((answer.status, answer.cookies.len()), (StatusCode::UNAUTHORIZED, 0));
    assert_eq!(site.sessions.revoke_everyone().await.expect("a revocation"), 0, "no row is left");
}

async fn behaviour_12_the_next_sign_in_of_a_browser_ends_what_it_was_remembered_by(store: Store) {
    let site = Site::on(store).await;
    let mut shared = site.remembered("alice").await;
    let alices = shared.thief();
    let answer = shared.sign_in("bob", false).await;
    assert!(answer.cookie(SERIES).expect("a removal").contains("Max-Age=0"));
    site.over_night(&mut shared);
    assert_eq!(shared.me().await, None, "nobody is remembered");
    assert_eq!(alices.clone().me().await, None);

    let mut shared = site.remembered("alice").await;
    let alices = shared.thief();
    shared.sign_in("bob", true).await;
    assert_eq!(alices.clone().me().await, None);
    site.over_night(&mut shared);
    assert_eq!(shared.me().await.as_deref(), Some("bob by remembered"));
}

async fn a_sign_out_ends_what_a_copy_of_the_cookie_has_got_too(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.remembered("alice").await;
    let mut thief = alice.thief();
    assert!(thief.me().await.is_some());
    assert_eq!(alice.post("/logout").await.status, StatusCode::OK);
    assert_eq!(thief.me().await, None);
}

/// Story: the other origin knew nothing of remembering, and who signed out there was back at the first one a moment later.
async fn rev_02_a_sign_out_at_another_origin_forgets_the_browser_too(store: Store) {
    let site = Site::on(store).await;
    let mut alice = site.remembered("alice").await;
    let (wiki, held) = (Audience::of("https://wiki.example.org"), b"what the browser holds");
    let sessions = site.sessions.clone();
    let offer = async move |user: SignedIn| {
        let code = sessions.offer(&user, wiki, Challenge::of_verifier(held)).await?;
        Ok::<_, Error>(String::from_utf8_lossy(code.expose()).into_owned())
    };
    let accept = async |session: Session, code: String| {
        let accepted = session.accept(&code, Challenge::of_verifier(held)).await?;
        Ok::<_, Error>(if accepted { StatusCode::OK } else { StatusCode::BAD_REQUEST })
    };
    let elsewhere = site.sessions.at(wiki);
    let there = Router::new()
        .route("/accept", post(accept))
        .route("/logout", post(async |sign_out: SignOut| sign_out.finish().await))
        .layer(elsewhere.layer());
    let offering = Router::new().route("/offer", post(offer)).layer(site.sessions.layer());

    let code = alice.at(&offering).post("/offer").await.text;
    let mut at_the_wiki = site.browser().at(&there);
    assert_eq!(at_the_wiki.send("POST", "/accept", code).await.status, StatusCode::OK);
    let answer = at_the_wiki.post("/logout").await;
    assert_eq!(
        (answer.status, answer.cookies.len()),
        (StatusCode::OK, 1),
        "its own cookie goes, and no other"
    );
    assert_eq!(alice.thief().me().await, None);
    assert_eq!(alice.me().await, None);
}

#[tokio::test]
async fn a_series_that_has_seen_its_last_day_leaves_the_store() {
    let site = Site::on(Store::Memory).await;
    let mut alice = site.asleep("alice").await;
    assert_eq!(site.sessions.purge().await.expect("a purge"), 1, "the session; the series has its days");
    assert!(alice.me().await.is_some());
    site.clock.advance(hours(24 * 30) + seconds(1));
    assert_eq!(site.sessions.purge().await.expect("a purge"), 2);
    let kinds = site.reported();
    assert!(kinds.contains(&EventKind::Remembered) && kinds.contains(&EventKind::Restored), "{kinds:?}");
}
