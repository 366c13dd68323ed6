//! Users as rows of the database.

use cloakroom::Timestamp;
use cloakroom_stores::{Datum, Record};

use crate::accounts::password::PasswordHash;
use crate::accounts::{AccountsError, Credentials, NewUser, Role, User, UserId};

/// The values of a new user, in the order of the statement that inserts one.
pub(super) fn values(new: &NewUser, now: Timestamp, founder: Datum) -> Vec<Datum> {
    vec![
        id(new.id),
        text(new.name.canonical()),
        text(new.name.as_typed()),
        text(new.role.as_str()),
        hash(&new.password_hash),
        time(now),
        founder,
    ]
}

/// The user that such values make.
pub(super) fn made(new: NewUser, now: Timestamp) -> User {
    User {
        id: new.id,
        name: new.name,
        role: new.role,
        created_at: now,
        password_changed_at: now,
        disabled_at: None,
    }
}

pub(super) fn id(id: UserId) -> Datum {
    Datum::Text(id.to_string())
}

pub(super) fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

pub(super) fn hash(hash: &PasswordHash) -> Datum {
    text(hash.as_str())
}

/// Milliseconds as the database keeps them.
pub(super) fn time(at: Timestamp) -> Datum {
    Datum::Number(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
}

/// A user with the hash of their password.
pub(super) fn read(row: &Record) -> Result<Credentials, AccountsError> {
    let user = User {
        id: parsed(row, 0, "id", |text| text.parse().ok())?,
        name: parsed(row, 1, "name", |text| text.parse().ok())?,
        role: parsed(row, 2, "role", Role::from_word)?,
        created_at: timestamp(row.number(3).ok_or(AccountsError::Unreadable { column: "created_at_ms" })?),
        password_changed_at: timestamp(
            row.number(4).ok_or(AccountsError::Unreadable { column: "password_changed_at_ms" })?,
        ),
        disabled_at: row.number(5).map(timestamp),
    };
    let password_hash = parsed(row, 6, "password_hash", |text| PasswordHash::parse(text).ok())?;
    Ok(Credentials { user, password_hash })
}

fn parsed<T>(
    row: &Record,
    place: usize,
    column: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, AccountsError> {
    row.text(place).and_then(parse).ok_or(AccountsError::Unreadable { column })
}

fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}
