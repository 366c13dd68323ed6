//! Users as rows of the database.

use cloakroom::Timestamp;
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::accounts::password::PasswordHash;
use crate::accounts::{NewUser, Role, User, UserId, UserName};

const COLUMNS: &str =
    "id, name_as_typed, role, created_at_ms, password_changed_at_ms, disabled_at_ms, password_hash";

/// A user and the hash of their password.
pub(super) type Found = (User, PasswordHash);

pub(super) fn by_name(connection: &Connection, name: &UserName) -> rusqlite::Result<Option<Found>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE name = ?1"))?;
    statement.query_row([name.canonical()], read).optional()
}

pub(super) fn by_id(connection: &Connection, id: UserId) -> rusqlite::Result<Option<Found>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE id = ?1"))?;
    statement.query_row([id.to_string()], read).optional()
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM users ORDER BY name"))?;
    let users = statement.query_map((), |row| read(row).map(|(user, _)| user))?;
    users.collect()
}

pub(super) fn insert(connection: &Connection, new: &NewUser, now: Timestamp) -> rusqlite::Result<User> {
    connection.execute(
        "INSERT INTO users (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms)
         VALUES (:id, :name, :name_as_typed, :role, :password_hash, :now, :now)",
        named_params! {
            ":id": new.id.to_string(),
            ":name": new.name.canonical(),
            ":name_as_typed": new.name.as_typed(),
            ":role": new.role.as_str(),
            ":password_hash": new.password_hash.as_str(),
            ":now": millis(now),
        },
    )?;
    Ok(User {
        id: new.id,
        name: new.name.clone(),
        role: new.role,
        created_at: now,
        password_changed_at: now,
        disabled_at: None,
    })
}

/// Milliseconds as the database keeps them.
pub(super) fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let user = User {
        id: text(row, 0, |text| text.parse().ok())?,
        name: text(row, 1, |text| text.parse().ok())?,
        role: text(row, 2, Role::from_word)?,
        created_at: timestamp(row.get(3)?),
        password_changed_at: timestamp(row.get(4)?),
        disabled_at: row.get::<_, Option<i64>>(5)?.map(timestamp),
    };
    Ok((user, text(row, 6, |text| PasswordHash::parse(text).ok())?))
}

fn text<T>(row: &Row<'_>, column: usize, parse: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    parse(text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(FromSqlError::InvalidType))
    })
}

fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}
