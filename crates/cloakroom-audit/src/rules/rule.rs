//! A rule.

use std::fmt;
use std::str::FromStr;

use super::framework::Framework;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, and no weakness by itself.
    Info,
    /// A second line of defence is missing.
    Low,
    /// A weakness that an attacker can use together with another.
    Medium,
    /// A weakness that an attacker can use.
    High,
}

impl Severity {
    /// All of them, from the least.
    pub const ALL: [Self; 4] = [Self::Info, Self::Low, Self::Medium, Self::High];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word).ok_or(())
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It rests on a guess, such as what a cookie is for.
    Likely,
    /// It follows from what the site answered.
    Certain,
    /// It was tried, and worked.
    Proven,
}

impl Certainty {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Certain => "certain",
            Self::Proven => "proven",
        }
    }

    /// What that says.
    pub const fn means(self) -> &'static str {
        match self {
            Self::Likely => "it rests on a guess, such as what a cookie is for",
            Self::Certain => "it follows from what the site answered",
            Self::Proven => "it was tried, and worked",
        }
    }
}

/// Something that can be wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means in practice.
    pub means: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// The clauses that ask for it.
    pub source: &'static str,
    /// The fix in the words of frameworks.
    pub in_frameworks: &'static [(Framework, &'static str)],
}

impl Rule {
    /// The fix for a framework, where one is known.
    pub fn fix_in(&self, framework: Framework) -> Option<&'static str> {
        self.in_frameworks.iter().find(|(other, _)| *other == framework).map(|(_, fix)| *fix)
    }
}

/// Writes down rules, and the list of them in the same place, so that none can be left out of it.
macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $title:literal,
       means $means:literal, fix $fix:literal, source $source:literal $(, frameworks $frameworks:expr)?;)*) => {
        $(pub(crate) static $name: $crate::rules::Rule = $crate::rules::Rule {
            id: $id,
            severity: $crate::rules::Severity::$severity,
            title: $title,
            means: $means,
            fix: $fix,
            source: $source,
            in_frameworks: rules!(@frameworks $($frameworks)?),
        };)*
        pub(super) static LIST: &[&$crate::rules::Rule] = &[$(&$name),*];
    };
    (@frameworks) => { &[] };
    (@frameworks $frameworks:expr) => { $frameworks };
}
pub(super) use rules;
