//! What another program's rule asks for, and which of two asks for more.

use crate::accounts::Group;

/// What it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nothing.
    Public,
    /// A sign-in, of somebody in one of these groups if there are any.
    SignedIn(Vec<String>),
    /// The same with a second factor, for which there is a group that stands for it here.
    SecondFactor(Vec<String>),
    /// Nobody may.
    Nobody,
}

impl Decision {
    /// Whether whoever passes this passes the other too.
    pub(super) fn is_at_least(&self, other: &Self) -> bool {
        let covers = |mine: &[String], theirs: &[String]| theirs.is_empty() || mine == theirs;
        match (self, other) {
            (_, Self::Public) | (Self::Nobody, _) => true,
            (Self::SignedIn(mine), Self::SignedIn(theirs))
            | (Self::SecondFactor(mine), Self::SignedIn(theirs) | Self::SecondFactor(theirs)) => {
                covers(mine, theirs)
            }
            (Self::Public | Self::SignedIn(_) | Self::SecondFactor(_), _) => false,
        }
    }

    /// Lets in the groups of another too, where both ask for the same of some groups; whether that is so.
    pub(super) fn let_in_too(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::SignedIn(groups), Self::SignedIn(more))
            | (Self::SecondFactor(groups), Self::SecondFactor(more))
                if !groups.is_empty() && !more.is_empty() =>
            {
                groups
                    .extend(more.iter().filter(|group| !groups.contains(group)).cloned().collect::<Vec<_>>());
                true
            }
            _ => false,
        }
    }

    /// The one of these that asks for at least what each of the others does; else nobody may.
    pub(super) fn strictest<'a>(all: &(impl Iterator<Item = &'a Self> + Clone)) -> Self {
        let strictest = all.clone().find(|one| all.clone().all(|other| one.is_at_least(other)));
        strictest.cloned().unwrap_or(Self::Nobody)
    }
}

/// The name as one of a group here, if it can be one.
pub(super) fn group(name: &str) -> Option<String> {
    name.parse::<Group>().ok().map(|group| group.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stricter_lets_in_nobody_whom_the_other_refuses() {
        use Decision::{Nobody, Public, SecondFactor, SignedIn};
        let in_a = || vec!["a".to_owned()];
        let order = [Nobody, SecondFactor(in_a()), SignedIn(in_a()), SignedIn(vec![]), Public];
        for (at, stricter) in order.iter().enumerate() {
            for (other_at, other) in order.iter().enumerate() {
                assert_eq!(stricter.is_at_least(other), at <= other_at, "{stricter:?} and {other:?}");
            }
        }
        assert!(!SignedIn(in_a()).is_at_least(&SignedIn(vec!["b".to_owned()])));
        assert!(!SecondFactor(vec![]).is_at_least(&SignedIn(in_a())));
        assert_eq!(Decision::strictest(&order[1..].iter()), order[1]);
        assert_eq!(Decision::strictest(&[SignedIn(in_a()), SignedIn(vec!["b".into()])].iter()), Nobody);
    }
}
