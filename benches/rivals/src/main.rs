//! The small application of the benches on other session systems, each as a server with one worker thread.
//!
//! ```text
//! cloakroom-rivals SITE ACTIVITY [STORE]
//! ```
//! `ACTIVITY` is `reading` or `touching`; `STORE` is the address of a server. It listens on a free port of the loopback
//! address, says which on its standard output, and serves until it is killed.

mod actix;
#[path = "../../src/sites/page.rs"]
mod page;
#[path = "../../src/profile.rs"]
mod profile;
mod tower;

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;

/// What becomes of a session that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    /// Nothing: it is read.
    Reading,
    /// Its idle timeout begins anew.
    Touching,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (site, activity, store) = match *words {
        [site, activity] => (site, activity, ""),
        [site, activity, store] => (site, activity, store),
        _ => return Err("cloakroom-rivals SITE ACTIVITY [STORE]".into()),
    };
    let activity = match activity {
        "reading" => Activity::Reading,
        "touching" => Activity::Touching,
        _ => return Err(format!("no activity {activity}").into()),
    };
    match site {
        "bare-axum" => tower::serve(async || Ok(tower::bare())),
        "tower-sessions-redis" => tower::serve(async || tower::on_redis(store, activity).await),
        "tower-sessions-postgres" => tower::serve(async || tower::on_postgres(store, activity, true).await),
        "tower-sessions-postgres-unchecked" => {
            tower::serve(async || tower::on_postgres(store, activity, false).await)
        }
        "bare-actix" => actix::serve_bare(),
        "actix-session-redis" => actix::serve_on_redis(store, activity),
        _ => Err(format!("no site {site}").into()),
    }
}

/// Says where the server listens.
fn announce(address: SocketAddr) -> io::Result<()> {
    println!("listening on {}", address.port());
    io::stdout().flush()
}
