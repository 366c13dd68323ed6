//! Hashing within bounds: so many at a time, so many waiting, and the rest is told to come back.

use std::num::NonZeroUsize;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::accounts::password::{NewPassword, Password, PasswordHash};

/// How many may wait for each one that is at work: about a second of work.
const WAITING_PER_WORKER: usize = 64;

/// Makes and checks hashes of passwords on threads of their own.
///
/// At most one hashing for each core runs at a time, each with 19 MiB of memory, and a bounded number waits
/// for its turn; more are refused at once. So a flood of sign-ins fills neither memory nor the threads that
/// answer other requests.
#[derive(Clone, Debug)]
pub struct Hasher {
    /// Places at work.
    workers: Arc<Semaphore>,
    /// Places at work and in the queue.
    places: Arc<Semaphore>,
}

/// A password could not be hashed or checked.
#[derive(Debug, Error)]
pub enum HashError {
    /// Too many are waiting already.
    #[error("too many passwords are being checked")]
    Overloaded,
    /// The algorithm failed, which its parameters rule out.
    #[error("the password could not be hashed")]
    Algorithm(#[source] argon2::password_hash::Error),
    /// The thread died.
    #[error("the thread that hashes passwords died")]
    Thread(#[source] tokio::task::JoinError),
}

/// What a check of a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verification {
    /// It is right.
    Right,
    /// It is right, and its hash should be made anew with the parameters of today.
    RightButOutdated,
    /// It is wrong, or there was no hash to compare with.
    Wrong,
    /// It may not be checked any more, now that its turn has come.
    NotTried,
}

impl Hasher {
    /// A hasher with this many hashings at a time.
    pub fn new(workers: NonZeroUsize) -> Self {
        let workers = workers.get();
        Self {
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers * (1 + WAITING_PER_WORKER))),
        }
    }

    /// Hashes a new password with a salt from the operating system.
    ///
    /// # Errors
    /// [`HashError::Overloaded`] when too many wait.
    pub async fn hash(&self, password: NewPassword, salt: [u8; 16]) -> Result<PasswordHash, HashError> {
        self.run(move || PasswordHash::make(&password, salt)).await?.map_err(HashError::Algorithm)
    }

    /// Checks a password against a hash, or for the same time against nothing; not at all, when `may_go_on` says so once its turn has come.
    ///
    /// # Errors
    /// [`HashError::Overloaded`] when too many wait.
    ///
    /// # Security
    /// A name that nobody has takes as long as a wrong password.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
        may_go_on: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<Verification, HashError> {
        self.run(move || {
            if !may_go_on() {
                return Verification::NotTried;
            }
            let somebody = hash.is_some();
            let hash = hash.unwrap_or_else(PasswordHash::nobody);
            match hash.matches(&password) && somebody {
                true if hash.is_outdated() => Verification::RightButOutdated,
                true => Verification::Right,
                false => Verification::Wrong,
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashError::Overloaded)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| HashError::Overloaded)?;
        // The places move into the thread: a client that hangs up does not free them before the work is done.
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, worker);
        let work = move || {
            let done = work();
            drop(held);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(HashError::Thread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::password::PasswordPolicy;

    fn hasher() -> Hasher {
        Hasher::new(NonZeroUsize::MIN)
    }

    fn new(text: &str) -> NewPassword {
        PasswordPolicy::new(8, []).check(&Password::new(text).unwrap(), None).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_is_right_and_another_is_wrong() {
        let hasher = hasher();
        let hash = hasher.hash(new("vN7#qLw2 zT9!rBx4"), [1; 16]).await.unwrap();
        let right = Password::new("vN7#qLw2 zT9!rBx4").unwrap();
        assert_eq!(hasher.verify(right, Some(hash.clone()), || true).await.unwrap(), Verification::Right);
        let wrong = Password::new("vN7#qLw2 zT9!rBx5").unwrap();
        assert_eq!(hasher.verify(wrong, Some(hash), || true).await.unwrap(), Verification::Wrong);
    }

    #[tokio::test]
    async fn nobody_has_a_right_password() {
        let verified = hasher().verify(Password::new("").unwrap(), None, || true).await.unwrap();
        assert_eq!(verified, Verification::Wrong);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = hasher();
        let _full = Arc::clone(&hasher.places).acquire_many_owned(65).await.unwrap();
        let refused = hasher.verify(Password::new("x").unwrap(), None, || true).await;
        assert!(matches!(refused, Err(HashError::Overloaded)));
    }
}
