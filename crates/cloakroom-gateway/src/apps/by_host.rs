//! What was made for hosts that were asked for, where strangers choose the names.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The most hosts whose things are kept; with one more, all are made anew as they are asked for.
const HOSTS_MAX: usize = 1024;

/// A thing for each host, made when it is asked for first.
pub(crate) struct ByHost<T>(Mutex<HashMap<String, T>>);

impl<T: Clone> ByHost<T> {
    /// The thing of a host.
    pub(crate) fn get_or_make(&self, host: &str, anew: impl FnOnce() -> T) -> T {
        if let Some(made) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host) {
            return made.clone();
        }
        // Not under the lock: it takes a moment, and two that are made at once are alike.
        let made = anew();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= HOSTS_MAX {
            all.clear();
        }
        all.insert(host.to_owned(), made.clone());
        made
    }

    /// Whether this holds for the thing of any host.
    pub(crate) fn any(&self, holds: impl Fn(&T) -> bool) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().any(holds)
    }
}

impl<T> Default for ByHost<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for ByHost<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHost").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_own_and_a_flood_of_names_takes_no_more_room() {
        let by_host = ByHost::default();
        assert_eq!(by_host.get_or_make("a", || 1), 1);
        assert_eq!(by_host.get_or_make("a", || 2), 1);
        for host in 0..3 * HOSTS_MAX {
            by_host.get_or_make(&host.to_string(), || host);
            assert!(by_host.0.lock().unwrap().len() <= HOSTS_MAX);
        }
    }
}
