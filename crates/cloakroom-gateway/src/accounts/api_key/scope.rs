//! What a key may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// One thing that a key may do. A key may do what it was given and nothing else: no scope holds another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Ask whether a request may pass, and who is there.
    Verify,
    /// See anybody's sessions.
    SessionsRead,
    /// End anybody's sessions.
    SessionsEnd,
    /// See who has an account.
    UsersRead,
    /// Disable and enable accounts, those of administrators too.
    UsersWrite,
    /// See the audit trail: who did what, when and from where.
    EventsRead,
}

/// There is no scope of this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "there is no scope {0:?}; there are verify, sessions:read, sessions:end, users:read, users:write and events:read"
)]
pub struct UnknownScope(String);

impl Scope {
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::Verify,
        Self::SessionsRead,
        Self::SessionsEnd,
        Self::UsersRead,
        Self::UsersWrite,
        Self::EventsRead,
    ];

    /// The name, as operators and the database write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::SessionsRead => "sessions:read",
            Self::SessionsEnd => "sessions:end",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::EventsRead => "events:read",
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// All that a key may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether one is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Scopes as they are stored.
    pub(super) fn parse(text: &str) -> Option<Self> {
        text.split(' ').map(|scope| scope.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_as_they_are_written() {
        let all: Scopes = Scope::ALL.into_iter().collect();
        assert_eq!(all.to_string(), "verify sessions:read sessions:end users:read users:write events:read");
        assert_eq!(Scopes::parse(&all.to_string()), Some(all));
        assert_eq!(Scopes::parse("verify users"), None);
        assert_eq!(Scopes::parse(""), None);
    }
}
