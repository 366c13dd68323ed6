//! Whether a password is somebody's, and what a wrong one leads to.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts::password::{NewPassword, Password, PasswordHash, Verification};
use crate::accounts::{Credentials, User, UserId, UserName};
use crate::events::{Caller, EventKind, by, is_by_a_user};
use crate::installation::guesses::Guess;
use crate::installation::{Installation, InstallationError};
use crate::metrics::HashWork;

/// The number that no user has: what is done for a name that nobody has is done with it.
const NOBODY: UserId = UserId::from_octets([0; 16]);

/// What a password has come to.
#[derive(Debug)]
pub(crate) enum Proof {
    /// It is this user's.
    Given(Box<User>),
    /// It is wrong, or nobody's.
    Refused,
    /// It was not looked at: there were too many wrong ones, and this is how long to wait.
    TooMany(Duration),
}

impl Installation {
    /// The number that a sign-in with this text for a name is about; one that nobody has, when nobody has the name.
    ///
    /// # Security
    /// Does the same for every name, so that time does not tell them apart.
    pub(crate) async fn resolve(&self, name: &str) -> Result<UserId, InstallationError> {
        let found = match name.parse::<UserName>() {
            Ok(name) => self.accounts.find(name).await?,
            Err(_) => self.accounts.get(NOBODY).await?,
        };
        Ok(found.map_or(NOBODY, |found| found.user.id))
    }

    /// Whether the account of a number has a password here.
    pub(crate) async fn has_password(&self, id: UserId) -> Result<bool, InstallationError> {
        Ok(self.accounts.get(id).await?.is_some_and(|found| found.password_hash.is_some()))
    }

    /// How long somebody has to wait before another password is tried anywhere.
    pub(crate) fn wait_of(&self, guess: &Guess) -> Option<Duration> {
        self.guesses.wait(guess, self.now())
    }

    /// A password was wrong that somebody else knows.
    pub(crate) fn was_wrong(&self, guess: &Guess) {
        self.guesses.was_wrong(guess, self.now());
    }

    /// Checks a password against the account of a number.
    ///
    /// # Security
    /// A wrong password, a disabled account and a number that nobody has take the same time, and count the same. The bound on guesses is looked
    /// at again when the turn of this one has come, so that a thousand at once get no further than one after the other.
    pub(crate) async fn authenticate(
        &self,
        id: UserId,
        password: Password,
        guess: &Guess,
    ) -> Result<Proof, InstallationError> {
        if let Some(wait) = self.guesses.wait(guess, self.now()) {
            self.record_throttled(id);
            return Ok(Proof::TooMany(wait));
        }
        let found = self.accounts.get(id).await?;
        let (user, hash) = found.map(|Credentials { user, password_hash }| (user, password_hash)).unzip();
        let hash = hash.flatten();
        let may_go_on = {
            let (this, guess) = (self.clone(), guess.clone());
            move || this.guesses.wait(&guess, this.now()).is_none()
        };
        let timing = self.metrics.password(HashWork::Check);
        let verification = self.hasher.verify(password.clone(), hash.clone(), may_go_on).await?;
        drop(timing);
        if let (Verification::RightButOutdated, Some(hash)) = (verification, hash) {
            self.strengthen_later(id, hash, password);
        }
        let is_right = matches!(verification, Verification::Right | Verification::RightButOutdated);
        match user {
            Some(user) if is_right && user.disabled_at.is_none() => {
                by(Caller::User(Arc::new(user.clone())));
                Ok(Proof::Given(Box::new(user)))
            }
            _ if verification == Verification::NotTried => {
                self.record_throttled(id);
                Ok(Proof::TooMany(Guess::WAIT_MIN))
            }
            user => {
                self.guesses.was_wrong(guess, self.now());
                let reason = match &user {
                    None => "unknown_name",
                    Some(_) if is_right => "disabled",
                    Some(_) => "wrong_password",
                };
                self.record_refused(id, reason);
                Ok(Proof::Refused)
            }
        }
    }

    /// Records that a proof of who somebody is was wrong: of a user who is signed in, or for a sign-in.
    ///
    /// # Security
    /// A name that nobody has is not written down. People type passwords there.
    pub(crate) fn record_refused(&self, id: UserId, reason: &'static str) {
        let kind = if is_by_a_user() { EventKind::ReauthenticationFailed } else { EventKind::SignInFailed };
        let event = self.event(kind).because(reason);
        self.record(if id == NOBODY { event } else { event.about_id(id) });
    }

    /// Records that a password was not looked at, since too many before it were wrong.
    pub(crate) fn record_throttled(&self, id: UserId) {
        let event = self.event(EventKind::Throttled).because("password");
        self.record(if id == NOBODY { event } else { event.about_id(id) });
    }

    /// Hashes a right password anew with the parameters of today. The sign-in does not wait for it.
    fn strengthen_later(&self, id: UserId, old: PasswordHash, password: Password) {
        let installation = self.clone();
        tokio::spawn(async move {
            let strengthened = async {
                let new = installation.make_hash(NewPassword::in_use(password)).await?;
                Ok::<(), InstallationError>(installation.accounts.strengthen(id, old, new).await?)
            };
            if let Err(error) = strengthened.await {
                tracing::warn!(%error, "a password could not be hashed anew; the next sign-in tries again");
            }
        });
    }
}
