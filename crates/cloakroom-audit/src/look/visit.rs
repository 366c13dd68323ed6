//! Visits, and all of them together.

use url::Url;

use super::exchange::{Exchange, Family};
use crate::agent::UnixTime;
use crate::rules::Rule;

/// What a visit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody who types the host's name: plain HTTP first.
    TypedName,
    /// Somebody who follows a link to what was named.
    Named,
    /// One more visitor, to compare tokens.
    Sample,
    /// The other version of HTTP.
    OtherProtocol,
    /// Over this kind of address alone.
    Address(Family),
    /// A script of another site.
    ForeignOrigin,
    /// Another site's page that sends the sign-in's form, with nothing filled in.
    ForeignForm,
    /// Another site's page that sends the sign-in's form, filled in, and signs nobody in.
    RefusedSignIn,
    /// Somebody with an account, who signs in.
    SignedIn,
}

/// One visitor, who brings no cookies: the answers in their order.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What it is for.
    pub why: Why,
    /// When it began.
    pub at: UnixTime,
    /// Redirects, and where they led.
    pub hops: Vec<Exchange>,
}

impl Visit {
    /// Whether each of its answers is judged by itself.
    pub const fn is_judged(&self) -> bool {
        matches!(self.why, Why::TypedName | Why::Named | Why::SignedIn)
    }
}

/// Something that was tried, and worked.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What that breaks.
    pub rule: &'static Rule,
    /// Where.
    pub url: Url,
    /// What was seen.
    pub detail: String,
}

/// The note of a sign-in's form that was found and left alone.
pub(crate) const UNTRIED: &str =
    "whether other sites can send the sign-in's form was not tried; --send-empty-sign-in tries it";

/// Everything that was seen.
#[derive(Debug, Clone)]
pub struct Look {
    /// What was named.
    pub target: Url,
    /// When it was looked at.
    pub at: UnixTime,
    /// The visits.
    pub visits: Vec<Visit>,
    /// What was tried with an account, and worked.
    pub proofs: Vec<Proof>,
    /// What could not be looked at, and why, and what was proved to be right.
    pub notes: Vec<String>,
}

impl Look {
    /// Answers that are judged by themselves, numbered from 1.
    pub fn hops(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        (1..).zip(self.visits.iter().filter(|visit| visit.is_judged()).flat_map(|visit| &visit.hops))
    }

    /// The visit with this purpose.
    pub fn visit(&self, why: Why) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.why == why)
    }
}
