//! A million sessions, as SQL that a database makes up by itself.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use cloakroom_core::machine::Rules;
use cloakroom_core::{Client, FreshSecret, Method, Record, Subject, Timestamp};

/// Over how long the sessions began, the newest a moment ago.
const SPAN_MS: u64 = 60 * 24 * 60 * 60 * 1000;

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What is to be in the tables.
pub(crate) struct Fill {
    pub(crate) sessions: u64,
    pub(crate) users: u64,
    now_ms: u64,
}

/// How a database says the same.
pub(crate) struct Dialect {
    /// The table of sessions.
    pub(crate) sessions: &'static str,
    /// Numbers from 1 on as `i`, up to the number that stands in its place.
    pub(crate) numbers: fn(u64) -> String,
    /// The name of a user, from the number.
    pub(crate) name: &'static str,
    /// 32 hex digits of a number.
    pub(crate) hex: fn(&str) -> String,
    /// An ID of 16 octets that no other row has, from the number.
    pub(crate) id: &'static str,
    /// Octets, by their hex digits.
    pub(crate) octets: fn(&str) -> String,
}

impl Fill {
    pub(crate) fn new(sessions: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self { sessions, users: sessions / 10, now_ms: u64::try_from(now.as_millis()).unwrap() }
    }

    /// When the session of this number began.
    pub(crate) fn began_at(&self, number: u64) -> u64 {
        self.now_ms - SPAN_MS / self.sessions * (self.sessions - number)
    }

    /// IDs of sessions that are there.
    pub(crate) fn samples(&self) -> [String; 2] {
        [1, self.sessions / 2].map(|number| format!("{number:032x}"))
    }

    /// The statements that make the users, each with an address.
    pub(crate) fn users(&self, dialect: &Dialect) -> [String; 2] {
        let (now, numbers, id, name) =
            (self.now_ms, (dialect.numbers)(self.users), (dialect.hex)("i - 1"), dialect.name);
        let accounts = format!(
            "INSERT INTO cloakroom_users (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms)
                SELECT {id}, {name}, {name}, 'member', '!', {now}, {now} FROM {numbers}"
        );
        let profiles = format!(
            "INSERT INTO cloakroom_profiles (user_id, display_name, email, group_names, version)
                SELECT {id}, NULL, {name} || '@example.org', 'staff', 0 FROM {numbers}"
        );
        [accounts, profiles]
    }

    /// The statement that makes the sessions: ten for each user, from some 16,000 addresses, one of twenty by another system.
    pub(crate) fn sessions(&self, dialect: &Dialect) -> String {
        let subject = (dialect.hex)(&format!("i % {}", self.users));
        let began = format!("{} + CAST(i AS bigint) * {}", self.began_at(0), SPAN_MS / self.sessions);
        let [password, federated] =
            [Method::Password, Method::Federated].map(|method| (dialect.octets)(&body(method)));
        format!(
            "INSERT INTO {table} (id, subject, created_at, last_seen_at, expires_at, address, version, record)
                SELECT {id}, {subject}, {began}, {began} + ({now} - ({began})) / 2, {now} + 86400000,
                       '10.' || (i % 11) || '.' || (i % 37) || '.' || (i % 41), 1,
                       CASE WHEN i % 20 = 0 THEN {federated} ELSE {password} END
                FROM {numbers}",
            table = dialect.sessions,
            id = dialect.id,
            now = self.now_ms,
            numbers = (dialect.numbers)(self.sessions),
        )
    }
}

/// The encoded part of a row, in hex digits. It speaks of no time but relative to the row's.
fn body(method: Method) -> String {
    let fresh = FreshSecret::from_entropy([9; 32]);
    let subject = Subject::new("somebody").unwrap();
    let record = Record::authenticated(subject, method, &fresh, Timestamp::from_millis(1_700_000_000_000));
    let row = record.with_client(Client::new(None, Some(AGENT))).to_row(&Rules::default().lifetime);
    row.body.iter().fold(String::new(), |mut digits, octet| {
        write!(digits, "{octet:02x}").unwrap();
        digits
    })
}
