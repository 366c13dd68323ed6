//! Keeps this process in a key: publishes one, moves its end on, and replaces it when it is old or retired.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Clock, Entropy, Timestamp, hours, minutes};

use crate::accounts::Accounts;
use crate::tokens::error::TokensError;
use crate::tokens::held_key::{AFTERLIFE, AHEAD, EXTENSION, HeldKey};
use crate::tokens::key_set;
use crate::tokens::signer::Signer;

/// How often the database is asked whether the key has been retired.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a key signs before another takes over.
const RENEWAL: Duration = hours(24);

/// How long a key that takes over in time is published before. Whoever reads the key set every quarter of an hour never meets
/// a token of a key that they do not know.
const ANNOUNCEMENT: Duration = minutes(15);

/// The same for one that is needed at once: no process answers with a key set from before it was published.
pub(super) const SHORT_ANNOUNCEMENT: Duration = key_set::AGE_MAX;

/// The keys of this process: the one that signs and perhaps the next.
pub(super) struct Keeper<C, E> {
    accounts: Accounts,
    clock: Arc<C>,
    entropy: E,
    signing: HeldKey,
    next: Option<HeldKey>,
    signer: Arc<Signer>,
}

impl<C: Clock, E: Entropy> Keeper<C, E> {
    /// Publishes a first key. It signs after the short announcement, which the caller has to wait for.
    pub(super) async fn begin(accounts: Accounts, clock: Arc<C>, entropy: E) -> Result<Self, TokensError> {
        let (signing, published) = HeldKey::draw(&entropy, clock.now(), SHORT_ANNOUNCEMENT)?;
        accounts.publish_key(&published).await?;
        let signer = Arc::new(Signer::new(signing.signing()));
        Ok(Self { accounts, clock, entropy, signing, next: None, signer })
    }

    /// Where whoever mints finds the key.
    pub(super) fn signer(&self) -> Arc<Signer> {
        Arc::clone(&self.signer)
    }

    /// Does what is due, again and again.
    pub(super) async fn run(mut self) {
        let mut is_well = true;
        loop {
            tokio::time::sleep(self.pause()).await;
            match self.do_what_is_due().await {
                Ok(()) => is_well = true,
                Err(error) if is_well => {
                    is_well = false;
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "the signing key of this process cannot be looked after");
                }
                Err(_) => {}
            }
        }
    }

    /// Until the database is asked again, or the next key takes over.
    fn pause(&self) -> Duration {
        let due = self.next.as_ref().map_or(LOOK_EVERY, |next| next.signs_from.since(self.clock.now()));
        due.min(LOOK_EVERY)
    }

    /// Asks what has become of the keys, and does what follows from it.
    async fn do_what_is_due(&mut self) -> Result<(), TokensError> {
        let now = self.clock.now();
        let published = self.accounts.published_keys(now).await?;
        self.next.take_if(|next| !next.is_in_use(&published));
        if !self.signing.is_in_use(&published) {
            if self.next.as_ref().is_none_or(|next| next.signs_from > now.after(SHORT_ANNOUNCEMENT)) {
                self.announce(SHORT_ANNOUNCEMENT).await?;
            }
        } else if self.next.is_none() && self.signing.signs_from.after(RENEWAL) <= now {
            self.announce(ANNOUNCEMENT).await?;
        }
        self.extend(now).await?;
        if let Some(next) = self.next.take_if(|next| next.signs_from <= now) {
            self.take_over(next, now).await?;
        }
        Ok(())
    }

    async fn announce(&mut self, announcement: Duration) -> Result<(), TokensError> {
        let (drawn, published) = HeldKey::draw(&self.entropy, self.clock.now(), announcement)?;
        self.accounts.publish_key(&published).await?;
        // From when it really is published, however long that took.
        self.next = Some(HeldKey { signs_from: self.clock.now().after(announcement), ..drawn });
        Ok(())
    }

    async fn take_over(&mut self, next: HeldKey, now: Timestamp) -> Result<(), TokensError> {
        self.signer.set(next.signing());
        let old = std::mem::replace(&mut self.signing, next);
        tracing::info!(key = self.signing.id(), instead_of = old.id(), "another key signs tokens");
        Ok(self.accounts.end_key(old.id(), now, now.after(AFTERLIFE)).await?)
    }

    /// Moves the ends of the keys on, except of one that has been retired.
    async fn extend(&mut self, now: Timestamp) -> Result<(), TokensError> {
        for held in self.next.iter_mut().chain([&mut self.signing]) {
            if now < held.extended_at.after(EXTENSION) {
                continue;
            }
            let until = now.max(held.signs_from).after(AHEAD);
            if self.accounts.extend_key(held.id(), until).await? {
                (held.published_until, held.extended_at) = (until, now);
            }
        }
        self.signer.set(self.signing.signing());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use cloakroom::{EntropyError, seconds};
    use cloakroom_jwt::{LEEWAY_MAX, TOKEN_LIFETIME_MAX};

    use super::*;
    use crate::accounts::PublishedKey;

    struct Hand(AtomicU64);

    impl Hand {
        fn pass(&self, span: Duration) {
            self.0.fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::Relaxed);
        }
    }

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    /// Octets that look random and are the same in each run.
    struct Drawn(AtomicU64);

    impl Entropy for Drawn {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            for octet in octets {
                let mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                *octet = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes()[0];
            }
            Ok(())
        }
    }

    struct World {
        _directory: tempfile::TempDir,
        clock: Arc<Hand>,
        accounts: Accounts,
        keeper: Keeper<Hand, Drawn>,
    }

    impl World {
        async fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", directory.path().join("a.db").display()).parse().unwrap();
            let accounts = Accounts::open(&url).await.unwrap();
            let clock = Arc::new(Hand(AtomicU64::new(1_800_000_000_000)));
            let entropy = Drawn(AtomicU64::new(1));
            let keeper = Keeper::begin(accounts.clone(), Arc::clone(&clock), entropy).await.unwrap();
            clock.pass(SHORT_ANNOUNCEMENT);
            Self { _directory: directory, clock, accounts, keeper }
        }

        async fn published(&self) -> Vec<PublishedKey> {
            self.accounts.published_keys(self.clock.now()).await.unwrap()
        }

        /// The key that would sign now.
        fn signs(&self) -> Option<String> {
            self.keeper.signer.signing(self.clock.now()).map(|signing| signing.key.id().to_string())
        }

        /// Lets so many steps pass, with the keeper at work after each; the names of the keys that sign.
        async fn pass(&mut self, steps: u32, step: Duration) -> Vec<String> {
            let mut signed = Vec::new();
            for _ in 0..steps {
                self.clock.pass(step);
                self.keeper.do_what_is_due().await.unwrap();
                let signs = self.signs().unwrap();
                if signed.last() != Some(&signs) {
                    signed.push(signs);
                }
            }
            signed
        }
    }

    #[tokio::test]
    async fn a_key_in_use_is_published_for_longer_than_what_it_signs_is_accepted() {
        let mut world = World::new().await;
        let needed = TOKEN_LIFETIME_MAX + LEEWAY_MAX;
        for _ in 0..90 {
            world.pass(1, seconds(20)).await;
            let [key] = world.published().await.try_into().unwrap();
            assert_eq!(Some(&key.id), world.signs().as_ref());
            assert!(key.signs_from <= world.clock.now());
            assert!(key.published_until > world.clock.now().after(needed));
        }
    }

    #[tokio::test]
    async fn a_process_that_cannot_move_the_end_of_its_key_on_stops_to_sign_in_time() {
        let world = World::new().await;
        let end = world.published().await[0].published_until;
        let mut signed_last = world.clock.now();
        while world.signs().is_some() {
            signed_last = world.clock.now();
            world.clock.pass(seconds(1));
        }
        assert!(signed_last.after(TOKEN_LIFETIME_MAX + LEEWAY_MAX) < end);
        assert!(signed_last > end.before(minutes(8)), "and not much earlier");
    }

    #[tokio::test]
    async fn a_day_later_another_key_takes_over_that_has_been_announced_for_a_quarter_of_an_hour() {
        let mut world = World::new().await;
        let first = world.signs().unwrap();
        world.pass(24 * 60 - 1, minutes(1)).await;
        assert_eq!(world.published().await.len(), 1);
        world.pass(1, minutes(1)).await;
        let [old, new] = world.published().await.try_into().unwrap();
        assert_eq!((&old.id, old.retired_at, new.retired_at), (&first, None, None));
        assert_eq!(new.signs_from, world.clock.now().after(ANNOUNCEMENT));
        assert_eq!(world.pass(14, minutes(1)).await, [first]);
        assert_eq!(world.pass(1, minutes(1)).await, [new.id]);
        let [old, _] = world.published().await.try_into().unwrap();
        assert_eq!(old.retired_at, Some(world.clock.now()));
        assert_eq!(old.published_until, world.clock.now().after(AFTERLIFE));
        world.pass(7, minutes(1)).await;
        assert_eq!(world.published().await.len(), 1);
    }

    #[tokio::test]
    async fn a_key_that_is_retired_is_replaced_by_one_that_every_process_can_know() {
        let mut world = World::new().await;
        let first = world.signs().unwrap();
        world.accounts.retire_keys(world.clock.now()).await.unwrap();
        world.keeper.do_what_is_due().await.unwrap();
        let [_, new] = world.published().await.try_into().unwrap();
        assert_eq!(world.signs(), Some(first), "a key set of a moment ago lacks the other");
        assert_eq!(world.keeper.pause(), key_set::AGE_MAX);
        assert_eq!(world.pass(1, key_set::AGE_MAX).await, [new.id]);
        assert_eq!(world.pass(5, seconds(1)).await.len(), 1, "and that is all");
        assert_eq!(world.published().await.len(), 2);
    }

    #[tokio::test]
    async fn a_key_that_is_retired_before_it_signs_never_does() {
        let mut world = World::new().await;
        world.pass(24 * 60 + 1, minutes(1)).await;
        let announced = world.keeper.next.as_ref().unwrap().id().to_owned();
        world.accounts.retire_keys(world.clock.now()).await.unwrap();
        let signed = world.pass(40, minutes(1)).await;
        assert_eq!(signed.len(), 2, "the one before, and one that is new");
        assert!(!signed.contains(&announced));
    }

    #[tokio::test]
    async fn a_process_that_slept_through_the_end_of_its_key_signs_with_a_new_one() {
        let mut world = World::new().await;
        let first = world.signs().unwrap();
        world.clock.pass(hours(1));
        assert_eq!(world.signs(), None);
        world.keeper.do_what_is_due().await.unwrap();
        assert_eq!(world.signs(), None);
        let signed = world.pass(1, SHORT_ANNOUNCEMENT).await;
        assert!(signed.len() == 1 && signed != [first]);
    }
}
