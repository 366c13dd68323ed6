//! A database server of either kind, as the tests see it.

use std::time::Duration;

use cloakroom_core::store::SubjectIndex;
use cloakroom_sql::{ConnectError, ServerOptions};
use cloakroom_testkit::Fixture;

/// A server of one kind.
pub(crate) trait Database: Sized + Send + Sync + 'static {
    /// The store on it.
    type Store: SubjectIndex + Clone + std::fmt::Debug;

    /// Starts one in a time zone. Its commits do not wait for the disk, which no test pulls the plug of.
    fn start_in(timezone: &'static str) -> Self;

    /// Kills it.
    fn kill(&mut self);

    /// Stops it where it is.
    fn pause(&self);

    /// Lets it go on.
    fn resume(&self);

    /// Starts it again after it was killed.
    fn restart(&mut self);

    /// Where it listens.
    fn port(&self) -> u16;

    /// The address of a schema or a database that nobody else uses.
    async fn fresh(&self) -> String;

    /// The settings that its tests need.
    fn options() -> ServerOptions;

    /// Opens a store.
    fn open_with(
        url: &str,
        options: ServerOptions,
    ) -> impl Future<Output = Result<Self::Store, ConnectError>> + Send;

    /// Opens a store with the usual options.
    async fn open(url: &str) -> Self::Store {
        Self::open_with(url, Self::options()).await.expect("the store opens")
    }

    /// The address of the same database for somebody who can only read.
    async fn for_reading(&self, url: &str) -> String;

    /// Runs statements as an administrator does.
    async fn run(url: &str, statements: &str);

    /// Every column of a query's rows, as text.
    async fn query(url: &str, statement: &str) -> Vec<Vec<Option<String>>>;

    /// A store for one check of the conformance suite.
    async fn fixture(&self) -> Fixture<Self::Store> {
        let url = self.fresh().await;
        let first = Self::open(&url).await;
        Fixture::new(first).opened_again_by(move || {
            let url = url.clone();
            async move { Self::open_with(&url, Self::options()).await.expect("the store opens again") }
        })
    }
}

/// Options of a store that waits for a machine that has much else to do.
pub(crate) fn patient(options: ServerOptions) -> ServerOptions {
    options.operation_timeout(Duration::from_mins(1)).connect_timeout(Duration::from_mins(1))
}

/// How long an operation may take in tests of servers that are silent.
pub(crate) const PATIENCE: Duration = Duration::from_millis(700);

/// Options of a store that soon loses its patience.
pub(crate) fn impatient<D: Database>() -> ServerOptions {
    D::options().operation_timeout(PATIENCE).connect_timeout(PATIENCE)
}
