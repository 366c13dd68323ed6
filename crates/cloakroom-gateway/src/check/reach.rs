//! Whether whatever a configuration names is there, and what time it is.

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use cloakroom::{Clock as _, SystemClock, Timestamp, seconds};
use cloakroom_stores::{AnyStore, StoreUrl, TableSchema};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::check::finding::{Finding, Severity};
use crate::check::places::{apps, place_of};
use crate::config::{Key, PublicUrl, Scheme, Settings, Upstream};
use crate::oidc::Providers;

/// How long anything may take to answer.
const WAIT: Duration = seconds(5);

/// How far apart the clocks of a gateway and its database may be before it is worth a word.
const CLOCKS_APART_MAX: Duration = seconds(5);

/// No clock that is right says less: this program was written later. 22 November 2026.
const WRITTEN_AT: Timestamp = Timestamp::from_millis(1_795_305_600_000);

/// No tables: for a connection over which the server is asked for its time.
const NOTHING: TableSchema = TableSchema { component: "check", sqlite: &[], postgres: &[], mysql: &[] };

const TIME_OF_POSTGRES: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)";
const TIME_OF_MYSQL: &str = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";

pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    if SystemClock::new().now() < WRITTEN_AT {
        let what = "the clock of this machine is behind the day on which this program was written: sessions and certificates are judged by it";
        found.push(Finding::new(
            Severity::Error,
            "this machine",
            what.to_owned(),
            "set the clock, and have it kept by NTP",
        ));
    }
    found.extend(store(settings, Key::Store, &settings.store).await);
    if settings.accounts != settings.store {
        found.extend(store(settings, Key::Accounts, &settings.accounts).await);
    }
    let only = settings.proxy.iter().map(|upstream| (upstream, place_of(settings, Key::Proxy).to_string()));
    let of_apps = apps(settings).filter_map(|(app, place)| Some((app.upstream.as_ref()?, place.to_string())));
    for (upstream, place) in only.chain(of_apps) {
        if let Err(why) = connect(upstream).await {
            let what = format!("nothing answers at {upstream}: {why}");
            found.push(Finding::new(
                Severity::Warning,
                place,
                what,
                "start the application, or mend its address",
            ));
        }
    }
    // No redirect is made up here, so that it does not matter how browsers reach the gateway.
    let public_url = settings
        .public_url
        .clone()
        .unwrap_or_else(|| PublicUrl::localhost(Scheme::Http, settings.listen.port()));
    let providers = Providers::new(&settings.oidc, &public_url, None);
    for (provider, place) in providers.iter().zip(&settings.file.oidc) {
        if let Err(refused) = provider.reach(SystemClock::new().now()).await {
            let what = format!("nobody could sign in by {}: {}", provider.config.name, whole(&refused));
            found.push(Finding::new(
                Severity::Warning,
                place,
                what,
                "see whether the provider is up, and whether issuer is what it calls itself",
            ));
        }
    }
    found
}

/// Whether a store answers, and whether its clock is ours. Files are looked at elsewhere.
async fn store(settings: &Settings, key: Key, url: &StoreUrl) -> Option<Finding> {
    if !url.is_far() {
        return None;
    }
    let place = place_of(settings, key);
    let apart = match timeout(WAIT * 2, time_of(url)).await {
        Ok(Ok(apart)) => apart.filter(|apart| *apart > CLOCKS_APART_MAX)?,
        Ok(Err(why)) => return Some(unreachable(place, url, &why)),
        Err(_) => return Some(unreachable(place, url, "it takes too long")),
    };
    let what = format!(
        "the clocks of this machine and of {url} are {} seconds apart: what one instance writes has ended early or late for another",
        apart.as_secs()
    );
    Some(Finding::new(Severity::Warning, place, what, "have both clocks kept by NTP"))
}

fn unreachable(place: impl Display, url: &StoreUrl, why: &str) -> Finding {
    let what = format!("{url} cannot be used: {why}");
    Finding::new(
        Severity::Error,
        place,
        what,
        "see whether the server is up, and lets this user in from here",
    )
}

/// How far a server's clock is from ours, where it tells; asks it nothing else, and changes nothing.
async fn time_of(url: &StoreUrl) -> Result<Option<Duration>, String> {
    if !url.has_tables() {
        let AnyStore::Indexed(store) = url.open().await.map_err(|error| whole(&error))? else {
            return Ok(None);
        };
        return store.ping().await.map(|()| None).map_err(|error| whole(&error));
    }
    let tables = url.open_tables(&NOTHING).await.map_err(|error| whole(&error))?;
    let statement = if url.to_string().starts_with("postgres") { TIME_OF_POSTGRES } else { TIME_OF_MYSQL };
    let asked_at = SystemClock::new().now();
    let rows = tables.read("tell the time", statement, Vec::new()).await.map_err(|error| whole(&error))?;
    let answered_at = SystemClock::new().now();
    let theirs = rows.first().and_then(|row| row.number(0)).and_then(|time| u64::try_from(time).ok());
    let Some(theirs) = theirs.map(Timestamp::from_millis) else { return Ok(None) };
    // Somewhere between the two it was this time there.
    Ok(Some(asked_at.since(theirs).max(theirs.since(answered_at))))
}

async fn connect(upstream: &Upstream) -> Result<(), String> {
    let host = upstream.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    match timeout(WAIT, TcpStream::connect((host, upstream.port()))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it takes too long".to_owned()),
    }
}

/// An error and its causes on one line.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
