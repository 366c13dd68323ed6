//! From an address to a pool, and to tables that are up to date.

use super::address::Address;
use super::connect_error::ConnectError;
use super::driver::Driver;
use super::migrations::prepare;
use super::options::ServerOptions;
use super::pool::Pool;
use crate::component::Component;

/// The address as text without its password, and a pool of up to so many connections.
#[cfg(feature = "postgres")]
pub(super) fn postgres(
    address: &str,
    connections_max: usize,
    options: ServerOptions,
) -> Result<(String, Pool<super::postgres::Postgres>), ConnectError> {
    use super::connect_error::ConnectTrouble;
    use super::postgres::{Postgres, SPELLING};

    let address = Address::parse(address, &SPELLING)?;
    let text = address.to_string();
    let driver = Postgres::new(address, options.tells_nodes)
        .map_err(|error| ConnectError::new(text.clone(), ConnectTrouble::Tls { source: error.into() }))?;
    Ok((text, Pool::new(driver, connections_max, options)))
}

/// The address as text without its password, and a pool of up to so many connections.
#[cfg(feature = "mysql")]
pub(super) fn mysql(
    address: &str,
    connections_max: usize,
    options: ServerOptions,
) -> Result<(String, Pool<super::mysql::MySql>), ConnectError> {
    use super::mysql::{MySql, SPELLING};

    let address = Address::parse(address, &SPELLING)?;
    let text = address.to_string();
    Ok((text, Pool::new(MySql::new(address), connections_max, options)))
}

/// Sees whether the server is fit, and brings the tables of a component to the newest version.
pub(super) async fn prepared<D: Driver>(
    address: &str,
    pool: &Pool<D>,
    component: Component,
) -> Result<(), ConnectError> {
    let prepared = prepare(pool, component).await;
    prepared.map_err(|trouble| ConnectError::new(address.to_owned(), trouble))
}
