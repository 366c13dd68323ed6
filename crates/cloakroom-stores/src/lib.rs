//! Every session store of cloakroom behind a URL, for programs whose operator picks the store.
//!
//! ```no_run
//! use cloakroom::Sessions;
//! use cloakroom_stores::{AnyStore, StoreUrl};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let url: StoreUrl = "postgres://sessions@db.internal/cloakroom".parse()?;
//! match url.open().await? {
//!     AnyStore::Indexed(store) => drop(Sessions::indexed(store)),
//!     AnyStore::Plain(store) => drop(Sessions::plain(store)),
//! }
//! # Ok(())
//! # }
//! ```
//! [`StoreUrl::open_tables`] and [`IndexedStore::tables`] are for a program that keeps its users where its operator says, too.
//!
//! An application that knows its store depends on that store's crate alone, and on no other's driver.

#![expect(clippy::doc_markdown, reason = "PostgreSQL is a name in a sentence, not code")]

mod indexed;
mod open;
mod open_error;
mod tables;
mod url;

pub use cloakroom_sql::{Changed, Datum, Part, Record, TableSchema, Tables};
pub use indexed::IndexedStore;
pub use open::AnyStore;
pub use open_error::OpenError;
pub use url::{InvalidStoreUrl, StoreUrl};
