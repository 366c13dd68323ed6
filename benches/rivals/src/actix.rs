//! Bare actix-web, and actix-session on Redis as its documentation sets it up.

use std::error::Error;
use std::hint::black_box;

use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_session::storage::RedisSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{Cookie, Key, time::Duration};
use actix_web::error::ErrorUnauthorized;
use actix_web::rt::System;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};

use crate::page::PAGE;
use crate::profile::Profile;
use crate::{Activity, announce};

const PROFILE: &str = "profile";

/// How long a connection stays open between two turns of the measurement, as with axum.
const TURNS: std::time::Duration = std::time::Duration::from_mins(10);

/// Makes a server of an application, which has a type of its own with each middleware.
macro_rules! serve {
    ($app:expr) => {{
        let server = HttpServer::new($app).workers(1).keep_alive(TURNS).bind(("127.0.0.1", 0))?;
        announce(server.addrs()[0])?;
        Ok(server.run().await?)
    }};
}

/// No session at all. Its cookie makes the requests as long as those of actix-session.
pub(crate) fn serve_bare() -> Result<(), Box<dyn Error>> {
    System::new().block_on(async { serve!(|| App::new().configure(bare)) })
}

/// On its Redis store.
pub(crate) fn serve_on_redis(url: &str, activity: Activity) -> Result<(), Box<dyn Error>> {
    System::new().block_on(async {
        let (key, store) = (Key::generate(), RedisSessionStore::new(url).await?);
        serve!(move || {
            let sessions = SessionMiddleware::builder(store.clone(), key.clone());
            let sessions = match activity {
                Activity::Reading => sessions,
                Activity::Touching => sessions.session_lifecycle(
                    PersistentSession::default()
                        .session_ttl(Duration::minutes(30))
                        .session_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
                ),
            };
            App::new().wrap(sessions.build()).configure(with_sessions)
        })
    })
}

fn bare(config: &mut ServiceConfig) {
    let sign_in = async || HttpResponse::Ok().cookie(Cookie::new("id", "x".repeat(110))).finish();
    config
        .route("/dashboard", web::get().to(async || PAGE))
        .route("/sign-in/{user}", web::post().to(sign_in));
}

fn with_sessions(config: &mut ServiceConfig) {
    config.route("/dashboard", web::get().to(dashboard)).route("/sign-in/{user}", web::post().to(sign_in));
}

async fn dashboard(session: Session) -> actix_web::Result<&'static str> {
    let profile: Option<Profile> = session.get(PROFILE)?;
    black_box(profile.ok_or_else(|| ErrorUnauthorized("nobody"))?);
    Ok(PAGE)
}

async fn sign_in(session: Session, user: Path<u64>) -> actix_web::Result<HttpResponse> {
    session.insert(PROFILE, Profile::of(*user))?;
    Ok(HttpResponse::Ok().finish())
}
