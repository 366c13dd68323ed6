//! The key set that applications read.

use std::time::Duration;

use bytes::Bytes;
use cloakroom::{Timestamp, seconds};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::accounts::{Accounts, AccountsError, PublishedKey};

/// How old a copy of the set may be that answers a request: anybody may ask, and the database is asked once in this time.
pub(super) const AGE_MAX: Duration = seconds(1);

/// The public keys of all processes, as a JWK set.
#[derive(Debug)]
pub(crate) struct KeySet {
    accounts: Accounts,
    copy: Mutex<Option<Copy>>,
}

#[derive(Debug)]
struct Copy {
    /// `None` when the database could not be asked.
    json: Option<Bytes>,
    asked_at: Timestamp,
}

/// The key set cannot be read now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unavailable;

impl KeySet {
    pub(crate) fn new(accounts: Accounts) -> Self {
        Self { accounts, copy: Mutex::default() }
    }

    /// The set as JSON, at most a second old.
    ///
    /// Of many who ask at once one asks the database, also when that does not answer.
    ///
    /// Source: RFC 7517 5.
    pub(crate) async fn json(&self, clock: impl Fn() -> Timestamp) -> Result<Bytes, Unavailable> {
        let mut copy = self.copy.lock().await;
        let asked_at = clock();
        let kept = copy.take_if(|copy| copy.asked_at.after(AGE_MAX) <= asked_at);
        drop(kept);
        if let Some(copy) = &*copy {
            return copy.json.clone().ok_or(Unavailable);
        }
        let published = self.accounts.published_keys(asked_at).await;
        let json = published.and_then(|keys| written(&keys));
        let json = json.inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, "the key set cannot be read");
        });
        let json = json.ok();
        *copy = Some(Copy { json: json.clone(), asked_at });
        json.ok_or(Unavailable)
    }
}

/// The keys as a set. Whatever another program may have written into their table, the set is JSON.
fn written(keys: &[PublishedKey]) -> Result<Bytes, AccountsError> {
    let jwk = |key: &PublishedKey| serde_json::from_str::<Value>(&key.jwk).ok().filter(Value::is_object);
    let keys: Option<Vec<Value>> = keys.iter().map(jwk).collect();
    let keys = keys.ok_or(AccountsError::UnreadableKey { column: "jwk" })?;
    Ok(json!({ "keys": keys }).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    async fn accounts(directory: &tempfile::TempDir) -> Accounts {
        let url = format!("sqlite:{}", directory.path().join("a.db").display());
        Accounts::open(&url.parse().unwrap()).await.unwrap()
    }

    async fn publish(accounts: &Accounts, id: &str, jwk: &str) {
        let (id, jwk, published_until) = (id.to_owned(), jwk.to_owned(), NOW.after(seconds(600)));
        let key = PublishedKey { id, jwk, made_at: NOW, signs_from: NOW, retired_at: None, published_until };
        accounts.publish_key(&key).await.unwrap();
    }

    #[tokio::test]
    async fn a_key_is_in_the_set_a_second_after_it_was_published_at_the_latest_and_until_its_end() {
        let directory = tempfile::tempdir().unwrap();
        let accounts = accounts(&directory).await;
        let set = KeySet::new(accounts.clone());
        let at = async |now: Timestamp| set.json(|| now).await.unwrap();
        assert_eq!(at(NOW).await, r#"{"keys":[]}"#);
        publish(&accounts, "a", r#"{"kid":"a"}"#).await;
        let last = NOW.after(AGE_MAX).before(Duration::from_millis(1));
        assert_eq!(at(last).await, r#"{"keys":[]}"#, "nobody asks the database twice in a second");
        assert_eq!(at(NOW.after(AGE_MAX)).await, r#"{"keys":[{"kid":"a"}]}"#);
        assert_eq!(at(NOW.after(seconds(600))).await, r#"{"keys":[]}"#);
    }

    #[tokio::test]
    async fn a_set_that_is_not_known_is_no_empty_set() {
        let directory = tempfile::tempdir().unwrap();
        let accounts = accounts(&directory).await;
        publish(&accounts, "a", "what nobody can read").await;
        let set = KeySet::new(accounts.clone());
        assert!(set.json(|| NOW).await.is_err());
        assert!(set.json(|| NOW.after(Duration::from_millis(999))).await.is_err());
        accounts.end_key("a", NOW, NOW).await.unwrap();
        assert!(set.json(|| NOW.after(AGE_MAX)).await.is_ok());
    }
}
