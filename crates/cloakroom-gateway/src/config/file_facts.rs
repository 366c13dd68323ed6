//! What is known of a configuration file beside what it says.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::config::Origin;
use crate::config::table::tables;

/// A configuration file, and where its tables stand.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    /// Where each `[[app]]` table stands.
    pub apps: Vec<Origin>,
    /// Where each `[[oidc]]` table stands.
    pub oidc: Vec<Origin>,
    /// Whether a provider's secret stands in it.
    pub has_client_secret: bool,
}

impl FileFacts {
    pub(super) fn of(path: &Path, table: &DeTable<'_>, line_of: impl Fn(usize) -> usize) -> Self {
        let mut facts = Self { path: Some(path.to_owned()), ..Self::default() };
        for (name, value) in table {
            let (name, Ok(tables)) = (name.get_ref(), tables(value, name.get_ref())) else { continue };
            for (table, at) in tables {
                let origin = Origin::File { path: path.to_owned(), line: line_of(at.start) };
                match name.as_ref() {
                    "app" => facts.apps.push(origin),
                    "oidc" => facts.oidc.push(origin),
                    _ => {}
                }
                facts.has_client_secret |= table.get("client_secret").is_some();
            }
        }
        facts
    }
}
