//! The groups that a user is in.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The name of a group. Groups exist by being on somebody's list; upper and lower case differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(String);

/// The text cannot be the name of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the name of a group has 1 to {} characters: letters without accents, digits and . _ -",
    Group::LEN_MAX
)]
pub struct InvalidGroup;

impl Group {
    /// The most characters of a group's name.
    pub const LEN_MAX: usize = 64;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Group {
    type Err = InvalidGroup;

    /// A comma is refused above all: applications get all groups in one field, separated by it.
    fn from_str(text: &str) -> Result<Self, InvalidGroup> {
        let legal = |octet: u8| octet.is_ascii_alphanumeric() || b"._-".contains(&octet);
        let is_good = (1..=Self::LEN_MAX).contains(&text.len()) && text.bytes().all(legal);
        is_good.then(|| Self(text.to_owned())).ok_or(InvalidGroup)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The groups of a user, in alphabetical order, at most [`Groups::COUNT_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups(BTreeSet<Group>);

/// A user is in too many groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a user is in {} groups at most", Groups::COUNT_MAX)]
pub struct TooManyGroups;

impl Groups {
    /// In how many groups a user may be: all of them travel in each request to an application.
    pub const COUNT_MAX: usize = 64;

    /// These groups; each counts once.
    pub fn new(groups: impl IntoIterator<Item = Group>) -> Result<Self, TooManyGroups> {
        let groups: BTreeSet<Group> = groups.into_iter().collect();
        if groups.len() > Self::COUNT_MAX { Err(TooManyGroups) } else { Ok(Self(groups)) }
    }

    /// Whether a group is among them.
    pub fn contains(&self, group: &Group) -> bool {
        self.0.contains(group)
    }

    /// The groups, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Group> {
        self.0.iter()
    }

    /// The groups as they are stored.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let groups: Result<Vec<Group>, InvalidGroup> = text.split(',').map(str::parse).collect();
        Self::new(groups.ok()?).ok()
    }
}

/// All of them in one text, separated by commas.
impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, group) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "," })?;
            f.write_str(group.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(count: usize) -> Vec<Group> {
        (0..count).map(|number| format!("g{number}").parse().unwrap()).collect()
    }

    #[test]
    fn the_name_of_a_group_cannot_make_two_of_one() {
        let long = "g".repeat(65);
        for text in ["", "a,b", ",", "a b", "a;b", "a\n", "é", "a/b", &long] {
            assert_eq!(text.parse::<Group>(), Err(InvalidGroup), "{text:?}");
        }
        assert_eq!("Ops.eu_1-x".parse::<Group>().unwrap().as_str(), "Ops.eu_1-x");
    }

    #[test]
    fn groups_read_back_as_they_are_written() {
        let some = Groups::new(["b", "a", "B", "a"].map(|name| name.parse().unwrap())).unwrap();
        assert_eq!(some.to_string(), "B,a,b");
        assert_eq!(Groups::parse("B,a,b"), Some(some));
        assert_eq!(Groups::parse(""), Some(Groups::default()));
        assert_eq!(Groups::default().to_string(), "");
        assert_eq!(Groups::parse("a,,b"), None);
    }

    #[test]
    fn nobody_is_in_more_groups_than_a_field_may_hold() {
        assert_eq!(Groups::new(groups(64)).unwrap().iter().len(), 64);
        assert_eq!(Groups::new(groups(65)), Err(TooManyGroups));
    }
}
