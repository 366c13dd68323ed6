//! Every vector through the library: the cookies that their own system accepts move in, once, and no others.

use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::{Router, routing::get};
use cloakroom::moving::{MovedIn, MovingIn, OldSession, OldSessions};
use cloakroom::{Error, MemoryStore, Sessions, SignedIn, Subject, hours};
use cloakroom_foreign::{
    CookieReader, ForeignCookie, OldCookie, OldCookieSession, Secret, Serialization, Verified, better_auth,
    django, express, flask, gorilla, iron_session, laravel, plug, rack, rails,
};
use cloakroom_testkit::clock::ManualClock;
use serde_json::Value as Json;
use tower::ServiceExt as _;

use crate::vector::{Expected, Vector};

/// An application that users of the old system move into, if the payload is the one of the vector.
fn application<T, O>(vector: &Vector, old: O) -> Router
where
    T: Expected + Send + Sync + 'static,
    O: OldSessions<Session = Verified<T>>,
{
    let expected: Json = vector.json("expected_payload").clone();
    let map = move |old: OldSession<Verified<T>>| {
        let user = old.session.payload().is(&expected).then(|| Subject::new("alice").expect("a plain name"));
        async { Ok::<_, Error>(user.map(MovedIn::new)) }
    };
    let moving = MovingIn::new(old, MemoryStore::new(), vector.now().after(hours(1)), map);
    let sessions = Sessions::indexed(MemoryStore::new()).clock(ManualClock::starting_at(vector.now()));
    Router::new()
        .route("/", get(async |user: SignedIn| user.subject().to_string()))
        .layer(sessions.moving_in(moving).layer())
}

/// The status of a request with these cookies, and the cookies that the answer sets.
async fn visit(app: &Router, cookies: &str) -> (StatusCode, Vec<String>) {
    let request = Request::get("/").header(COOKIE, cookies).body(Body::empty()).expect("a request");
    let answer = app.clone().oneshot(request).await.expect("the application answers");
    let set = answer.headers().get_all(SET_COOKIE).iter();
    (answer.status(), set.map(|line| line.to_str().expect("a cookie is ASCII").to_owned()).collect())
}

async fn moves_in_once<T, O>(vector: &Vector, cookies: &str, names: &[&str], old: O)
where
    T: Expected + Send + Sync + 'static,
    O: OldSessions<Session = Verified<T>>,
{
    let (app, kind) = (application(vector, old), vector.kind());
    let (status, set) = visit(&app, cookies).await;
    if vector.is_accepted() {
        assert_eq!(status, StatusCode::OK, "{kind}");
        assert!(set.iter().any(|line| line.starts_with("__Host-sid=")), "{kind}: {set:?}");
        for name in names {
            assert!(set.contains(&format!("{name}=; Path=/; HttpOnly; Max-Age=0")), "{kind}: {set:?}");
        }
        assert_eq!(set.len(), 1 + names.len(), "{kind}: {set:?}");
    }
    let again = visit(&app, cookies).await;
    assert_eq!(again, (StatusCode::UNAUTHORIZED, Vec::new()), "{kind}");
}

/// All vectors of a system whose session is in one cookie.
async fn all_move_in_once<R>(vectors: &[Vector], reader: impl Fn(&Vector) -> R)
where
    R: CookieReader<Payload: Expected + Sync>,
{
    assert!(vectors.iter().any(Vector::is_accepted), "one that moves in");
    for vector in vectors {
        let (name, value) = (vector.text("cookie_name"), vector.text("cookie_value"));
        let cookie = ForeignCookie::new(name).expect("a name");
        let old = OldCookie::new(cookie, reader(vector));
        moves_in_once(vector, &format!("a=b; {name}={value}"), &[name], old).await;
    }
}

#[tokio::test]
async fn sessions_of_rails_move_in() {
    let key = |vector: &Vector| rails::Key::new(&vector.secret()).expect("a key");
    let vectors = Vector::all(include_str!("../data/rails_8.0.json"), "rails-session-cookie");
    all_move_in_once(&vectors, |vector| {
        rails::EncryptedCookie::new(vector.text("cookie_name"), &key(vector))
    })
    .await;
    let vectors = Vector::all(include_str!("../data/rails_8.0.json"), "rails-signed-cookie");
    all_move_in_once(&vectors, |vector| rails::SignedCookie::new(vector.text("cookie_name"), &key(vector)))
        .await;
}

#[tokio::test]
async fn sessions_of_django_move_in() {
    // The reader of the vector `bad-key` has another key than the cookie's.
    let vectors = Vector::all(include_str!("../data/django.json"), "django-signed-cookies-session");
    all_move_in_once(&vectors, |vector| django::SignedSession::new(&vector.secret()).expect("a key")).await;
}

#[tokio::test]
async fn sessions_of_flask_move_in() {
    let vectors = Vector::all(include_str!("../data/flask.json"), "flask-session-cookie");
    let of_defaults: Vec<_> = vectors
        .into_iter()
        .filter(|vector| {
            vector.param("sign").as_str() != Some("HMAC-SHA256") && vector.fallbacks().is_empty()
        })
        .collect();
    all_move_in_once(&of_defaults, |vector| flask::SessionCookie::new(&vector.secret()).expect("a key"))
        .await;
}

#[tokio::test]
async fn sessions_of_express_session_move_in() {
    let vectors = Vector::all(include_str!("../data/express_session.json"), "express-session");
    all_move_in_once(&vectors, |vector| {
        let reader = express::ExpressSession::new(&vector.secret()).expect("a key");
        vector.fallbacks().iter().fold(reader, |reader, old| reader.fallback(old).expect("a key"))
    })
    .await;
}

#[tokio::test]
async fn sessions_of_cookie_session_move_in_and_both_cookies_go() {
    for vector in Vector::all(include_str!("../data/express_cookie_session.json"), "express-cookie-session") {
        let name = vector.text("cookie_name");
        let reader = express::CookieSession::new(name, &vector.secret()).expect("a key");
        let reader =
            vector.fallbacks().iter().fold(reader, |reader, old| reader.fallback(old).expect("a key"));
        let signature_name = format!("{name}.sig");
        let cookie = |name: &str| ForeignCookie::new(name).expect("a name");
        let old = OldCookieSession::new(cookie(name), cookie(&signature_name), reader);
        let session = format!("{name}={}", vector.text("cookie_value"));
        let cookies = match vector.json("signature_cookie_value").as_str() {
            Some(signature) => format!("{session}; {signature_name}={signature}"),
            None => session,
        };
        moves_in_once(&vector, &cookies, &[name, &signature_name], old).await;
    }
}

#[tokio::test]
async fn sessions_of_gorilla_move_in() {
    let of_json = |vector: &Vector| vector.param("serializer").as_str() != Some("raw bytes");
    let of_sha256 = |vector: &Vector| vector.param("sign").as_str() != Some("HMAC-SHA512");
    let vectors = Vector::all(include_str!("../data/gorilla_securecookie.json"), "gorilla-securecookie");
    // The secret of the vector `bad-key` is the right one.
    let vectors: Vec<_> = vectors
        .into_iter()
        .filter(|vector| of_json(vector) && of_sha256(vector) && vector.kind() != "bad-key")
        .collect();
    all_move_in_once(&vectors, |vector| {
        let key = |name: &str| vector.json("secret")[name].as_str().map(Secret::new);
        let (hash, block) = (key("hash_key").expect("a key"), key("block_key"));
        let reader = gorilla::SecureCookie::new(vector.text("cookie_name"), &hash, block.as_ref());
        reader.expect("a key").serialization(gorilla::Serialization::Json)
    })
    .await;
}

#[tokio::test]
async fn sessions_of_iron_session_move_in() {
    let vectors = Vector::all(include_str!("../data/iron_session.json"), "iron-session");
    let vectors: Vec<_> =
        vectors.into_iter().filter(|vector| vector.param("password_map").is_null()).collect();
    all_move_in_once(&vectors, |vector| {
        iron_session::IronSession::new(&vector.secret()).expect("a password")
    })
    .await;
}

#[tokio::test]
async fn sessions_of_laravel_move_in() {
    let vectors = Vector::all(include_str!("../data/laravel.json"), "laravel-encrypted-cookie");
    all_move_in_once(&vectors, |vector| {
        let (name, cipher) = (vector.text("cookie_name"), laravel::Cipher::Aes256Cbc);
        laravel::SessionCookie::with_cipher(name, &vector.secret(), cipher).expect("a key")
    })
    .await;
}

#[tokio::test]
async fn sessions_of_plug_move_in() {
    let vectors = Vector::all(include_str!("../data/plug_session.json"), "plug-session-signed");
    all_move_in_once(&vectors, |vector| {
        let salt = vector.param("signing_salt").as_str().unwrap_or("signsalt");
        plug::SessionCookie::signed(&vector.secret(), salt.as_bytes()).expect("a key")
    })
    .await;
}

#[tokio::test]
async fn sessions_of_rack_move_in() {
    let vectors = Vector::all(include_str!("../data/rack_session_cookie.json"), "rack-session-cookie-v2");
    all_move_in_once(&vectors, |vector| {
        let reader = rack::SessionCookie::new(vector.text("cookie_name"), &vector.secret()).expect("a key");
        let reader =
            vector.fallbacks().iter().fold(reader, |reader, old| reader.fallback(old).expect("a key"));
        reader.serialization(Serialization::Json)
    })
    .await;
}

#[tokio::test]
async fn sessions_of_better_auth_move_in() {
    let vectors = Vector::all(include_str!("../data/better_auth.json"), "better-auth-session-token");
    all_move_in_once(&vectors, |vector| better_auth::SessionToken::new(&vector.secret()).expect("a key"))
        .await;
}

/// A key of Django's with a store proves nothing by itself: the mapping finds the row, or says that there is nobody.
#[tokio::test]
async fn a_session_key_of_django_moves_in_when_its_row_is_found() {
    let map = async |old: OldSession<Verified<cloakroom_foreign::ForeignSessionId>>| {
        let is_known = old.session.payload().expose() == "4b1tmr5sfb2hqfl90x8xgu2ebcuy7mzs";
        Ok::<_, Error>(is_known.then(|| MovedIn::new(Subject::new("alice").expect("a plain name"))))
    };
    let cookie = ForeignCookie::new("sessionid").expect("a name");
    let (now, old) = (cloakroom::Timestamp::from_millis(1000), OldCookie::new(cookie, django::StoredSession));
    let moving = MovingIn::new(old, MemoryStore::new(), now.after(hours(1)), map);
    let sessions =
        Sessions::indexed(MemoryStore::new()).clock(ManualClock::starting_at(now)).moving_in(moving);
    let app = Router::new().route("/", get(async |_: SignedIn| "in")).layer(sessions.layer());
    assert_eq!(visit(&app, "sessionid=00000000000000000000000000000000").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(visit(&app, "sessionid=4b1tmr5sfb2hqfl90x8xgu2ebcuy7mzs").await.0, StatusCode::OK);
    assert_eq!(visit(&app, "sessionid=4b1tmr5sfb2hqfl90x8xgu2ebcuy7mzs").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_not_believed_is_told_for_a_count() {
    let vectors = Vector::all(include_str!("../data/flask.json"), "flask-session-cookie");
    let bad = vectors.iter().find(|vector| vector.kind() == "tampered-payload").expect("the vector");
    let (told, hears) = std::sync::mpsc::channel();
    let reader = flask::SessionCookie::new(&bad.secret()).expect("a key");
    let told = std::sync::Mutex::new(told);
    let old =
        OldCookie::new(ForeignCookie::new("session").expect("a name"), reader).on_refusal(move |refusal| {
            told.lock().expect("nobody panics with it").send(refusal.code()).expect("the test listens");
        });
    let app = application(bad, old);
    visit(&app, &format!("session={}", bad.text("cookie_value"))).await;
    assert_eq!(hears.try_iter().collect::<Vec<_>>(), ["not_authentic"]);
}
