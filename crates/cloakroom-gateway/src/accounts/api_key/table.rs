//! The table of the keys.

use cloakroom::Timestamp;
use cloakroom_stores::{Changed, Datum, Part, Record};

use crate::accounts::api_key::{ApiKey, ApiKeyId, NewApiKey, Scopes, SecretDigest};
use crate::accounts::rows::{text, time};
use crate::accounts::{Accounts, AccountsError};

macro_rules! keys {
    () => {
        "SELECT id, name, scopes, secret_sha256, created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms \
         FROM cloakroom_api_keys "
    };
}

const BY_ID: &str = concat!(keys!(), "WHERE id = $1");

const ALL: &str = concat!(keys!(), "ORDER BY created_at_ms, id");

const ADD: &[Part] = &[Part::Must(
    "INSERT INTO cloakroom_api_keys (id, name, scopes, secret_sha256, created_at_ms, expires_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)",
)];

const REVOKE: &[Part] =
    &[Part::Must("UPDATE cloakroom_api_keys SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL")];

/// Of many instances that say so in one hour, one writes.
const USED: &[Part] = &[Part::May(
    "UPDATE cloakroom_api_keys SET last_used_at_ms = $2
        WHERE id = $1 AND (last_used_at_ms IS NULL OR last_used_at_ms < $2)",
)];

impl Accounts {
    /// Makes a key.
    pub async fn add_api_key(&self, new: NewApiKey, now: Timestamp) -> Result<ApiKey, AccountsError> {
        let values = vec![
            id(new.id),
            text(new.name.as_str()),
            Datum::Text(new.scopes.to_string()),
            Datum::Octets(new.digest.as_octets().to_vec()),
            time(now),
            new.expires_at.map_or(Datum::Null, time),
        ];
        self.change("add an API key", ADD, values).await.map(drop)?;
        let NewApiKey { id, digest, name, scopes, expires_at } = new;
        let (created_at, revoked_at, last_used_at) = (now, None, None);
        Ok(ApiKey { id, name, scopes, created_at, expires_at, revoked_at, last_used_at, digest })
    }

    /// The key of an ID, whether it works or not.
    pub async fn api_key(&self, key: ApiKeyId) -> Result<Option<ApiKey>, AccountsError> {
        let rows = self.read("find an API key", BY_ID, vec![id(key)]).await?;
        rows.first().map(read).transpose()
    }

    /// Every key, the oldest first; those that work no more too.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, AccountsError> {
        self.read("list API keys", ALL, Vec::new()).await?.iter().map(read).collect()
    }

    /// Revokes a key for good; `false` when there is none, or it is revoked already.
    pub async fn revoke_api_key(&self, key: ApiKeyId, now: Timestamp) -> Result<bool, AccountsError> {
        Ok(self.change("revoke an API key", REVOKE, vec![id(key), time(now)]).await? == Changed::Done)
    }

    /// Notes that a key was used at a time, unless a later one is noted.
    pub async fn api_key_used(&self, key: ApiKeyId, at: Timestamp) -> Result<(), AccountsError> {
        self.change("note the use of an API key", USED, vec![id(key), time(at)]).await.map(drop)
    }
}

fn id(id: ApiKeyId) -> Datum {
    Datum::Text(id.to_string())
}

fn read(row: &Record) -> Result<ApiKey, AccountsError> {
    let unreadable = |column| AccountsError::UnreadableApiKey { column };
    let word = |place, column| row.text(place).ok_or(unreadable(column));
    let at =
        |place| row.number(place).and_then(|millis| u64::try_from(millis).ok()).map(Timestamp::from_millis);
    let digest = row.octets(3).and_then(|octets| octets.try_into().ok()).map(SecretDigest::from_octets);
    Ok(ApiKey {
        id: word(0, "id")?.parse().map_err(|_| unreadable("id"))?,
        name: word(1, "name")?.parse().map_err(|_| unreadable("name"))?,
        scopes: Scopes::parse(word(2, "scopes")?).ok_or(unreadable("scopes"))?,
        digest: digest.ok_or(unreadable("secret_sha256"))?,
        created_at: at(4).ok_or(unreadable("created_at_ms"))?,
        expires_at: at(5),
        revoked_at: at(6),
        last_used_at: at(7),
    })
}
