//! Who did it.

use std::fmt;

use crate::accounts::UserName;
use crate::accounts::api_key::ApiKeyId;

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// The gateway itself: time, a cap, a theft that it noticed.
    Gateway,
    /// Somebody who has not proved who they are.
    Stranger,
    /// A command, by this user of the operating system as far as the environment says.
    CommandLine(Option<Box<str>>),
    /// A user, by the name in lower case.
    User(Box<str>),
    /// The user that the event is about.
    Subject,
    /// A service, by its key.
    ApiKey(ApiKeyId),
    /// A provider that vouches for users.
    Provider(Box<str>),
}

impl Actor {
    /// The most octets as text: a word, a colon and a name.
    pub(super) const LEN_MAX: usize = 100;

    /// A user.
    pub(crate) fn user(name: &UserName) -> Self {
        Self::User(name.canonical().into())
    }

    /// A command of this process, and who ran it, which nobody has proved.
    pub(crate) fn command_line() -> Self {
        let who = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        let is_name = |text: &String| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
        };
        Self::CommandLine(who.filter(is_name).map(String::into_boxed_str))
    }
}

/// `user:alice`, `api_key:0123456789abcdef`, `provider:entra`, `command_line:root`, `gateway`, `stranger`.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway => f.write_str("gateway"),
            Self::Stranger => f.write_str("stranger"),
            Self::CommandLine(None) => f.write_str("command_line"),
            Self::CommandLine(Some(who)) => write!(f, "command_line:{who}"),
            Self::Subject => f.write_str("user"),
            Self::User(name) => write!(f, "user:{name}"),
            Self::ApiKey(id) => write!(f, "api_key:{id}"),
            Self::Provider(name) => write!(f, "provider:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_fits_into_its_column() {
        let longest = "a".repeat(UserName::LEN_MAX);
        for actor in [
            Actor::User(longest.as_str().into()),
            Actor::Provider(longest.as_str().into()),
            Actor::CommandLine(Some(longest.as_str().into())),
            Actor::ApiKey(ApiKeyId::from_octets([0xab; 8])),
        ] {
            assert!(actor.to_string().len() <= Actor::LEN_MAX, "{actor}");
        }
        assert_eq!(Actor::ApiKey(ApiKeyId::from_octets([0xab; 8])).to_string(), "api_key:abababababababab");
    }
}
