//! The public keys of the installation: published by the process that signs with one, retired by anybody.

use cloakroom::Timestamp;
use cloakroom_stores::{Changed, Part, Record};

use crate::accounts::rows::{text, time, timestamp};
use crate::accounts::{Accounts, AccountsError};

/// A public key by which applications verify JWTs, as the installation knows it.
///
/// It is published from its row's beginning until `published_until`, whether or not the process that made it still lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// The name of the key: its thumbprint, the `kid` of tokens.
    pub id: String,
    /// The key as a JWK.
    pub jwk: String,
    /// When it was made, by the clock of its process, as all times of it.
    pub made_at: Timestamp,
    /// From when its process signs with it.
    pub signs_from: Timestamp,
    /// Since when another key is to take its place; `None` while it is in use.
    pub retired_at: Option<Timestamp>,
    /// Until when applications find it. A process that lives moves this on.
    pub published_until: Timestamp,
}

/// The keys that are published at the time `$1`, the oldest first.
const PUBLISHED: &str = "SELECT id, jwk, made_at_ms, signs_from_ms, retired_at_ms, published_until_ms
    FROM cloakroom_signing_keys WHERE published_until_ms > $1 ORDER BY made_at_ms, id";

/// A key, made at `$3`. Those whose end has come by then go.
const PUBLISH: &[Part] = &[
    Part::May("DELETE FROM cloakroom_signing_keys WHERE published_until_ms <= $3"),
    Part::Must(
        "INSERT INTO cloakroom_signing_keys (id, jwk, made_at_ms, signs_from_ms, published_until_ms)
            VALUES ($1, $2, $3, $4, $5)",
    ),
];

/// A later end of a key that nobody has retired.
const EXTEND: &[Part] = &[Part::Must(
    "UPDATE cloakroom_signing_keys SET published_until_ms = $2 WHERE id = $1 AND retired_at_ms IS NULL",
)];

/// The end of a key that signs no more since `$2`.
const END: &[Part] = &[Part::May(
    "UPDATE cloakroom_signing_keys SET retired_at_ms = coalesce(retired_at_ms, $2), published_until_ms = $3
        WHERE id = $1",
)];

/// All keys that there are.
const RETIRE_ALL: &[Part] =
    &[Part::May("UPDATE cloakroom_signing_keys SET retired_at_ms = $1 WHERE retired_at_ms IS NULL")];

impl Accounts {
    /// The keys that are published now, the oldest first.
    pub async fn published_keys(&self, now: Timestamp) -> Result<Vec<PublishedKey>, AccountsError> {
        self.read("list signing keys", PUBLISHED, vec![time(now)]).await?.iter().map(read).collect()
    }

    /// Publishes a key of this process: whoever asks after this returns finds it.
    pub async fn publish_key(&self, key: &PublishedKey) -> Result<(), AccountsError> {
        let values = vec![
            text(&key.id),
            text(&key.jwk),
            time(key.made_at),
            time(key.signs_from),
            time(key.published_until),
        ];
        self.change("publish a signing key", PUBLISH, values).await.map(drop)
    }

    /// Moves on the end of a key of this process; `false` when somebody has retired it, or it is not there any more.
    pub async fn extend_key(&self, id: &str, published_until: Timestamp) -> Result<bool, AccountsError> {
        let values = vec![text(id), time(published_until)];
        Ok(self.change("extend a signing key", EXTEND, values).await? == Changed::Done)
    }

    /// Retires a key of this process, which signs with it no more, and says until when applications need it.
    pub async fn end_key(
        &self,
        id: &str,
        now: Timestamp,
        published_until: Timestamp,
    ) -> Result<(), AccountsError> {
        let values = vec![text(id), time(now), time(published_until)];
        self.change("end a signing key", END, values).await.map(drop)
    }

    /// Retires all keys that there are. Which ones that is, the database decides; no two clocks are compared.
    pub async fn retire_keys(&self, now: Timestamp) -> Result<(), AccountsError> {
        self.change("retire the signing keys", RETIRE_ALL, vec![time(now)]).await.map(drop)
    }
}

fn read(row: &Record) -> Result<PublishedKey, AccountsError> {
    let words =
        |place, column| row.text(place).map(str::to_owned).ok_or(AccountsError::UnreadableKey { column });
    let at = |place, column| row.number(place).map(timestamp).ok_or(AccountsError::UnreadableKey { column });
    Ok(PublishedKey {
        id: words(0, "id")?,
        jwk: words(1, "jwk")?,
        made_at: at(2, "made_at_ms")?,
        signs_from: at(3, "signs_from_ms")?,
        retired_at: row.number(4).map(timestamp),
        published_until: at(5, "published_until_ms")?,
    })
}
