//! When everything was last found to work.

use cloakroom::Timestamp;
use tokio::sync::Mutex;

/// When everything was last found to work. One at a time finds out, since finding out writes to the disk.
#[derive(Debug, Default)]
pub(crate) struct LastReady(pub(super) Mutex<Option<Timestamp>>);
