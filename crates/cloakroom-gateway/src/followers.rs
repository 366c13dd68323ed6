//! Who follows the trail live: so many at a time, and so many of each user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::accounts::UserId;

/// How many follow through this instance. Each costs three look-ups by key some times a second.
const ALL_MAX: usize = 32;

/// How many of them one user has: tabs that were left open.
const EACH_MAX: usize = 6;

/// Places for those who follow. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followers(Arc<Mutex<HashMap<UserId, usize>>>);

/// The place of one, until it is dropped.
#[derive(Debug)]
pub(crate) struct Follower {
    all: Followers,
    user: UserId,
}

impl Followers {
    /// A place for one more of this user; nothing when all are taken.
    pub(crate) fn enter(&self, user: UserId) -> Option<Follower> {
        let mut followers = self.lock();
        let all: usize = followers.values().sum();
        let own = followers.entry(user).or_default();
        if all >= ALL_MAX || *own >= EACH_MAX {
            if *own == 0 {
                followers.remove(&user);
            }
            return None;
        }
        *own += 1;
        Some(Follower { all: self.clone(), user })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut followers = self.all.lock();
        if let Some(own) = followers.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                followers.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_and_given_back_by_each_and_by_all() {
        let (followers, ids) = (Followers::default(), (0..8).map(|octet| UserId::from_octets([octet; 16])));
        let ids: Vec<UserId> = ids.collect();
        let mut own: Vec<Follower> = (0..EACH_MAX).map(|_| followers.enter(ids[0]).unwrap()).collect();
        assert!(followers.enter(ids[0]).is_none(), "as many as one may have");
        let others: Vec<Follower> =
            ids[1..].iter().flat_map(|id| (0..EACH_MAX).map_while(|_| followers.enter(*id))).collect();
        assert_eq!(own.len() + others.len(), ALL_MAX);
        drop(own.pop());
        assert!(followers.enter(ids[7]).is_some());
        drop((own, others));
        assert!(followers.lock().is_empty());
    }
}
