//! Users as rows of the database.

use cloakroom::Timestamp;
use cloakroom_stores::{Datum, Record};

use crate::accounts::password::PasswordHash;
use crate::accounts::{
    AccountsError, Credentials, DisplayName, Email, Groups, NewUser, Profile, Role, User, UserId,
};

/// What stands in the place of the hash of a user who has no password: the hash of nothing, as in `/etc/shadow`.
const NO_PASSWORD: &str = "!";

/// The values of a new user, in the order of the statement that inserts one.
pub(super) fn values(new: &NewUser, now: Timestamp, founder: Datum) -> Vec<Datum> {
    let [display_name, email, groups] = profile(&new.profile);
    vec![
        id(new.id),
        text(new.name.canonical()),
        text(new.name.as_typed()),
        text(new.role.as_str()),
        new.password_hash.as_ref().map_or_else(|| text(NO_PASSWORD), hash),
        time(now),
        founder,
        display_name,
        email,
        groups,
    ]
}

/// The values of a profile, in the order of the statements that write one.
pub(super) fn profile(profile: &Profile) -> [Datum; 3] {
    let or_null = |value: Option<&str>| value.map_or(Datum::Null, text);
    [
        or_null(profile.display_name.as_ref().map(DisplayName::as_str)),
        or_null(profile.email.as_ref().map(Email::as_str)),
        Datum::Text(profile.groups.to_string()),
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
        has_password: new.password_hash.is_some(),
        disabled_at: None,
        profile: new.profile,
        profile_version: 0,
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
    let password_hash = match row.text(6) {
        Some(NO_PASSWORD) => None,
        _ => Some(parsed(row, 6, "password_hash", |text| PasswordHash::parse(text).ok())?),
    };
    let user = User {
        has_password: password_hash.is_some(),
        id: parsed(row, 0, "id", |text| text.parse().ok())?,
        name: parsed(row, 1, "name", |text| text.parse().ok())?,
        role: parsed(row, 2, "role", Role::from_word)?,
        created_at: timestamp(row.number(3).ok_or(AccountsError::Unreadable { column: "created_at_ms" })?),
        password_changed_at: timestamp(
            row.number(4).ok_or(AccountsError::Unreadable { column: "password_changed_at_ms" })?,
        ),
        disabled_at: row.number(5).map(timestamp),
        profile: Profile {
            display_name: parsed_if_any(row, 7, "display_name", |text| text.parse().ok())?,
            email: parsed_if_any(row, 8, "email", |text| text.parse().ok())?,
            groups: parsed_if_any(row, 9, "group_names", Groups::parse)?.unwrap_or_default(),
        },
        profile_version: row.number(10).unwrap_or(0),
    };
    Ok(Credentials { user, password_hash })
}

pub(super) fn parsed<T>(
    row: &Record,
    place: usize,
    column: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, AccountsError> {
    row.text(place).and_then(parse).ok_or(AccountsError::Unreadable { column })
}

fn parsed_if_any<T>(
    row: &Record,
    place: usize,
    column: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, AccountsError> {
    let parse = |text| parse(text).ok_or(AccountsError::Unreadable { column });
    row.text(place).map(parse).transpose()
}

pub(super) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}
