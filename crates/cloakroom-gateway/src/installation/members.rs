//! Users as requests need them: read a moment ago at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloakroom::{Timestamp, seconds};

use crate::accounts::{User, UserId, UserName};
use crate::proxy::UserFields;

/// How old a copy of a user may be that answers a request. What another process changes is felt within this time, and a
/// session in use costs one query in it.
const AGE_MAX: Duration = seconds(1);

/// How many copies are kept: some tens of megabytes at most, and usually a few.
const COPIES_MAX: usize = 50_000;

/// Copies of users.
#[derive(Debug, Default)]
pub(super) struct Members(Mutex<Copies>);

#[derive(Debug, Default)]
struct Copies {
    users: HashMap<UserId, Copy>,
    changes: Changes,
}

/// A user, and what applications are told of them as it is sent: made once for many requests.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) user: Arc<User>,
    pub(crate) fields: Arc<UserFields>,
}

#[derive(Debug)]
struct Copy {
    known: Known,
    /// Before it was read: what was changed while the answer was under way may not be in it.
    asked_at: Timestamp,
}

/// How often this process has changed users. What was read before a change is not kept after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes(u64);

impl Known {
    /// A user as they were just read.
    pub(super) fn new(user: User) -> Self {
        Self { fields: Arc::new(UserFields::of(&user)), user: Arc::new(user) }
    }
}

impl Members {
    /// A copy that is young enough to answer a request.
    pub(super) fn fresh(&self, id: UserId, now: Timestamp) -> Option<Known> {
        let copies = self.lock();
        let copy = copies.users.get(&id)?;
        (now < copy.asked_at.after(AGE_MAX)).then(|| copy.known.clone())
    }

    /// The name, from a copy of any age: it never changes.
    pub(super) fn name(&self, id: UserId) -> Option<UserName> {
        self.lock().users.get(&id).map(|copy| copy.known.user.name.clone())
    }

    /// To be asked before a user is read that is to be kept.
    pub(super) fn changes(&self) -> Changes {
        self.lock().changes
    }

    /// Keeps a user that was asked for at this time, after these changes.
    pub(super) fn keep(&self, known: &Known, asked_at: Timestamp, seen: Changes) {
        let mut copies = self.lock();
        if copies.changes != seen {
            return;
        }
        if copies.users.len() >= COPIES_MAX {
            copies.users.clear();
        }
        copies.users.insert(known.user.id, Copy { known: known.clone(), asked_at });
    }

    /// To be called after this process has changed a user: no request from now on is answered with what was.
    pub(super) fn changed(&self, id: UserId) {
        let mut copies = self.lock();
        copies.changes.0 += 1;
        copies.users.remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, Copies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn kept(name: &str) -> (Members, Known) {
        let (members, known) = (Members::default(), Known::new(User::sample(name)));
        members.keep(&known, NOW, members.changes());
        (members, known)
    }

    fn fresh(members: &Members, id: UserId, now: Timestamp) -> Option<Arc<User>> {
        members.fresh(id, now).map(|known| known.user)
    }

    #[test]
    fn a_copy_answers_for_a_second_from_when_it_was_asked_for() {
        let (members, alice) = kept("Alice");
        let last = NOW.after(AGE_MAX).before(Duration::from_millis(1));
        assert_eq!(fresh(&members, alice.user.id, last), Some(Arc::clone(&alice.user)));
        assert_eq!(fresh(&members, alice.user.id, NOW.after(AGE_MAX)), None);
        assert_eq!(members.name(alice.user.id).unwrap().as_typed(), "Alice");
    }

    #[test]
    fn after_a_change_of_this_process_no_copy_from_before_answers() {
        let (members, alice) = kept("alice");
        let seen = members.changes();
        members.changed(alice.user.id);
        assert_eq!(fresh(&members, alice.user.id, NOW), None);
        members.keep(&alice, NOW, seen);
        assert_eq!(fresh(&members, alice.user.id, NOW), None, "it was under way when the change was made");
        members.keep(&alice, NOW, members.changes());
        assert!(fresh(&members, alice.user.id, NOW).is_some());
    }
}
