//! The small application of the benches as a server with one worker thread: bare, or with cloakroom on a store that is a
//! server.
//!
//! ```text
//! bench-node SITE ACTIVITY [STORE]
//! ```
//! It listens on a free port of the loopback address, says which on its standard output, and serves until it is killed.

use std::error::Error;
use std::io::{self, Write};

use axum::Router;
use cloakroom::store::SubjectIndex;
use cloakroom::{Lifetime, NearCache, NearOptions, Sessions};
use cloakroom_benches::sites;
use cloakroom_redis::RedisStore;
use cloakroom_sql::PostgresStore;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (site, activity, store) = match *words {
        [site, activity] => (site, activity, ""),
        [site, activity, store] => (site, activity, store),
        _ => return Err("bench-node SITE ACTIVITY [STORE]".into()),
    };
    let lifetime = match activity {
        "reading" => sites::NEVER,
        "touching" => Lifetime::default(),
        "touching-always" => Lifetime::default().with_touch_window(std::time::Duration::ZERO),
        _ => return Err(format!("no activity {activity}").into()),
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = match site {
            "bare-axum" => sites::bare(),
            "bare-axum-empty" => Router::new().fallback(async || ()),
            "cloakroom-redis" => on(RedisStore::open(store).await?, lifetime),
            "cloakroom-redis-near" => {
                on(NearCache::listening(RedisStore::open(store).await?, NearOptions::new()), lifetime)
            }
            "cloakroom-postgres" => on(PostgresStore::open(store).await?, lifetime),
            "cloakroom-postgres-near" => {
                on(NearCache::new(PostgresStore::open(store).await?, NearOptions::new()), lifetime)
            }
            _ => return Err(format!("no site {site}").into()),
        };
        serve(router).await?;
        Ok(())
    })
}

fn on(store: impl SubjectIndex, lifetime: Lifetime) -> Router {
    sites::router(&Sessions::indexed(store).lifetime(lifetime))
}

async fn serve(router: Router) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on {}", listener.local_addr()?.port());
    io::stdout().flush()?;
    axum::serve(listener, router).await
}
