//! Which sessions an administrator looks for, as a person writes it.

use std::time::Duration;

use cloakroom::audience::Audience;
use cloakroom::client::Network;
use cloakroom::store::Wanted;
use cloakroom::{Method, SessionInfo, Timestamp};
use thiserror::Error;

use crate::accounts::UserName;
use crate::config::{AppName, parse_span, render_span};

/// Which sessions somebody looks for; all of them when nothing is said.
///
/// Pages, the JSON API and the command line read it from the same words.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Of this user.
    pub user: Option<UserName>,
    /// Begun at an address of this network.
    pub address: Option<Network>,
    /// Taken over by this application, at an origin of its own.
    pub app: Option<AppName>,
    /// Signed in in this way.
    pub method: Option<Method>,
    /// Begun within this time.
    pub younger: Option<Duration>,
    /// Begun longer ago than this.
    pub older: Option<Duration>,
    /// Not used for this long, as far as uses are written down.
    pub unseen: Option<Duration>,
}

/// A word of a filter that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{field} is {expected}")]
pub struct WrongFilter {
    /// Which word.
    pub field: &'static str,
    /// What it has to be.
    pub expected: &'static str,
}

/// What to look for at one moment: names are known users and origins, spans are points in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionSearch {
    /// What a store finds by itself.
    pub(super) wanted: Wanted,
    /// What is looked for in what the store finds.
    pub(super) rest: Rest,
}

/// The conditions that no store has an index for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) seen_before: Option<Timestamp>,
    pub(super) audience: Option<Audience>,
    pub(super) method: Option<Method>,
}

impl SessionFilter {
    /// The words of a filter, in a query, a form or on the command line.
    pub const FIELDS: [&'static str; 7] = ["user", "address", "app", "method", "younger", "older", "unseen"];

    /// Reads the words; an empty one says nothing.
    ///
    /// # Errors
    /// [`WrongFilter`] names the first word that cannot be understood.
    pub fn parse<'w>(word: impl Fn(&'static str) -> Option<&'w str>) -> Result<Self, WrongFilter> {
        let span = |field| read(&word, field, "a time such as 2h or 7d", parse_span);
        Ok(Self {
            user: read(&word, "user", "a user name", |text| text.parse().ok())?,
            address: read(&word, "address", "an address, or a network such as 192.0.2.0/24", |text| {
                text.parse().ok()
            })?,
            app: read(&word, "app", "the name of an application", |text| text.parse().ok())?,
            method: read(&word, "method", "a way to sign in, such as password or federated", method_of)?,
            younger: span("younger")?,
            older: span("older")?,
            unseen: span("unseen")?,
        })
    }

    /// The words that say the same, without those that say nothing.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let words = [
            self.user.as_ref().map(|user| user.as_typed().to_owned()),
            self.address.map(|network| match network.only_address() {
                Some(address) => address.to_string(),
                None => network.to_string(),
            }),
            self.app.as_ref().map(ToString::to_string),
            self.method.map(|method| method.as_str().to_owned()),
            self.younger.map(render_span),
            self.older.map(render_span),
            self.unseen.map(render_span),
        ];
        Self::FIELDS.into_iter().zip(words).filter_map(|(field, word)| Some((field, word?))).collect()
    }
}

/// Every way to sign in.
pub(crate) fn methods() -> impl Iterator<Item = Method> {
    (1..=u8::MAX).filter_map(Method::from_code)
}

fn method_of(text: &str) -> Option<Method> {
    methods().find(|method| method.as_str() == text)
}

fn read<'w, T>(
    word: &impl Fn(&'static str) -> Option<&'w str>,
    field: &'static str,
    expected: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, WrongFilter> {
    let text = word(field).map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| parse(text).ok_or(WrongFilter { field, expected })).transpose()
}

impl SessionSearch {
    /// Whether sessions are looked through for it, since no index finds all that it says.
    pub(crate) fn is_looked_for(&self) -> bool {
        self.rest != Rest::default() || self.wanted.network.is_some()
    }
}

impl Rest {
    /// Whether a session is one of those.
    pub(super) fn includes(&self, info: &SessionInfo) -> bool {
        let proof = info.authentication.as_ref();
        self.seen_before.is_none_or(|moment| info.last_seen_at < moment)
            && self.audience.is_none_or(|audience| info.audiences.contains(&audience))
            && self.method.is_none_or(|method| proof.is_some_and(|proof| proof.method == method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &[(&'static str, &'static str)]) -> Result<SessionFilter, WrongFilter> {
        SessionFilter::parse(|name| query.iter().find(|(field, _)| *field == name).map(|(_, value)| *value))
    }

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        let words = [
            ("user", "Alice"),
            ("address", "192.0.2.0/24"),
            ("app", "wiki"),
            ("method", "password"),
            ("younger", "7d"),
            ("older", "2h"),
            ("unseen", "90s"),
        ];
        let written = parsed(&words).unwrap().words();
        assert_eq!(written, words.map(|(field, word)| (field, word.to_owned())));
        assert_eq!(parsed(&[("address", " 2001:db8::1 ")]).unwrap().words()[0].1, "2001:db8::1");
        assert_eq!(parsed(&[("user", ""), ("older", " ")]).unwrap().words(), []);
    }

    #[test]
    fn a_word_that_cannot_be_understood_is_named() {
        for (field, word) in [
            ("user", "a b"),
            ("address", "192.0.2"),
            ("address", "192.0.2.0/33"),
            ("app", "Wiki"),
            ("method", "magic"),
            ("younger", "2"),
            ("older", "-1d"),
            ("unseen", "soon"),
        ] {
            assert_eq!(parsed(&[(field, word)]).unwrap_err().field, field, "{word}");
        }
    }

    #[test]
    fn every_way_to_sign_in_has_its_word() {
        assert_eq!(methods().count(), 9);
        assert!(methods().all(|method| method_of(method.as_str()) == Some(method)));
    }
}
