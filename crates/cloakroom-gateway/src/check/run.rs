//! All findings about a configuration.

use crate::check::finding::Finding;
use crate::check::{files, names, network, reach};
use crate::config::Settings;

/// What can be found out from the configuration and the files that it names. Opens no database, and takes a moment.
pub fn findings(settings: &Settings) -> Vec<Finding> {
    let mut found = names::check(settings);
    found.extend(network::check(settings));
    found.extend(files::check(settings));
    found
}

/// What can be found out by asking whatever the configuration names: databases, applications, providers. Changes nothing there, and
/// makes no file. Takes some seconds where something does not answer.
///
/// Not for the process that serves: a database file must not be opened there another time.
pub async fn probe(settings: &Settings) -> Vec<Finding> {
    let mut found = files::check_database(settings);
    found.extend(reach::check(settings).await);
    found
}
