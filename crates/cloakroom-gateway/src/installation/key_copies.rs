//! API keys as requests need them: read a moment ago at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloakroom::{Timestamp, hours, seconds};

use crate::accounts::api_key::{ApiKey, ApiKeyId};

/// How old a copy of a key may be that opens something. A key that is revoked anywhere is refused everywhere within this time, and one in
/// use costs one query in it.
const AGE_MAX: Duration = seconds(1);

/// How many copies are kept. Only keys that exist are copied, so that nobody without one fills this up.
const COPIES_MAX: usize = 10_000;

/// How exactly it is noted when a key was last used: what is finer would cost a write each time.
const USE_NOTED_TO: Duration = hours(1);

/// Copies of keys.
#[derive(Debug, Default)]
pub(super) struct KeyCopies(Mutex<HashMap<ApiKeyId, Copy>>);

#[derive(Debug)]
struct Copy {
    key: Arc<ApiKey>,
    /// Before it was read: what was changed while the answer was under way may not be in it.
    asked_at: Timestamp,
    /// The hour that is noted, or about to be.
    used_at: Option<Timestamp>,
}

impl KeyCopies {
    /// A copy that is young enough to open something.
    pub(super) fn fresh(&self, id: ApiKeyId, now: Timestamp) -> Option<Arc<ApiKey>> {
        let copies = self.lock();
        let copy = copies.get(&id)?;
        (now < copy.asked_at.after(AGE_MAX)).then(|| Arc::clone(&copy.key))
    }

    /// Keeps a key that was asked for at this time.
    pub(super) fn keep(&self, key: &Arc<ApiKey>, asked_at: Timestamp) {
        let mut copies = self.lock();
        if copies.len() >= COPIES_MAX {
            copies.clear();
        }
        copies.insert(key.id, Copy { key: Arc::clone(key), asked_at, used_at: key.last_used_at });
    }

    /// The time to note as that of the last use, when nobody has noted this hour yet. Of many at once one is told to.
    pub(super) fn use_to_note(&self, id: ApiKeyId, now: Timestamp) -> Option<Timestamp> {
        let hour = Timestamp::from_millis(now.as_millis() - now.as_millis() % millis(USE_NOTED_TO));
        let mut copies = self.lock();
        let copy = copies.get_mut(&id).filter(|copy| copy.used_at.is_none_or(|noted| noted < hour))?;
        copy.used_at = Some(hour);
        Some(hour)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Copy>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::api_key::{ApiKeyText, Scopes};

    /// Half an hour past an hour.
    const NOW: Timestamp =
        Timestamp::from_millis(1_700_000_000_000 - 1_700_000_000_000 % 3_600_000 + 1_800_000);

    fn kept() -> (KeyCopies, Arc<ApiKey>) {
        let id = ApiKeyId::from_octets([1; 8]);
        let key = ApiKey {
            id,
            name: "wiki".parse().unwrap(),
            scopes: Scopes::default(),
            created_at: NOW,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            digest: ApiKeyText::from_octets(id, [2; 32]).digest(),
        };
        let (copies, key) = (KeyCopies::default(), Arc::new(key));
        copies.keep(&key, NOW);
        (copies, key)
    }

    #[test]
    fn a_copy_opens_something_for_a_second_from_when_it_was_asked_for() {
        let (copies, key) = kept();
        assert!(copies.fresh(key.id, NOW.after(Duration::from_millis(999))).is_some());
        assert!(copies.fresh(key.id, NOW.after(AGE_MAX)).is_none());
        assert!(copies.fresh(ApiKeyId::from_octets([9; 8]), NOW).is_none());
    }

    #[test]
    fn a_use_is_noted_once_an_hour_and_to_the_hour() {
        let (copies, key) = kept();
        let hour = NOW.before(Duration::from_mins(30));
        assert_eq!(copies.use_to_note(key.id, NOW), Some(hour));
        assert_eq!(copies.use_to_note(key.id, NOW.after(Duration::from_mins(29))), None);
        let next = NOW.after(Duration::from_mins(30));
        assert_eq!(copies.use_to_note(key.id, next), Some(next));
        let noted = ApiKey { last_used_at: Some(next), ..ApiKey::clone(&key) };
        copies.keep(&Arc::new(noted), next);
        assert_eq!(copies.use_to_note(key.id, next), None, "another instance has");
    }
}
