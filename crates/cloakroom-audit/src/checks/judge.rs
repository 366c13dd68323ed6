//! All checks together.

use std::collections::BTreeMap;

use crate::agent::{Cookie, Refusal};
use crate::look::{Look, printable};
use crate::rules::{Framework, Severity};

use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::view::{SetLine, View};
use super::{
    attributes, caching, dbsc, fields, hsts, pages, refused, scope, tokens, transport, urls, variants,
};

/// What there is to say about a site.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What its sessions are made by, where that can be told.
    pub framework: Option<Framework>,
    /// Every cookie that a browser was offered, in their order.
    pub offers: Vec<Offer>,
}

/// A cookie that a browser was offered, and what became of it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The number of the answer.
    pub hop: usize,
    /// The cookie's name.
    pub name: String,
    /// Whether it says who somebody is.
    pub is_session: bool,
    /// The cookie that is kept, or why none is.
    pub outcome: Result<Cookie, Refusal>,
}

impl Offer {
    fn of(line: &SetLine<'_>) -> Self {
        let is_session = line.kind == Kind::Session;
        Self { hop: line.hop, name: printable(&line.name()), is_session, outcome: line.outcome.clone() }
    }
}

impl Verdict {
    /// How many findings there are of each severity.
    pub fn counts(&self) -> BTreeMap<Severity, usize> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.rule.severity).or_default() += 1;
        }
        counts
    }

    /// Whether any is at least as bad.
    pub fn has_any(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.rule.severity >= severity)
    }
}

/// In whose words the fix for a cookie is said: those of the framework that sets it. A setting of the session's does nothing for
/// a cookie that the application sets by itself.
fn framework_of(view: &View<'_>) -> impl Fn(Option<&str>) -> Option<Framework> {
    let by_cookie = |line: &SetLine<'_>| {
        let parsed = line.parsed.as_ref()?;
        let framework = Framework::by_cookie(&String::from_utf8_lossy(&parsed.name), &parsed.value)?;
        Some((printable(&line.name()), framework))
    };
    let known: BTreeMap<String, Framework> = view.lines.iter().filter_map(by_cookie).collect();
    let of_site = view.framework;
    // Where its session goes by another name than usual, it may be any of them.
    let of_others = of_site.filter(|framework| !known.values().any(|one| one == framework));
    move |cookie| cookie.map_or(of_site, |name| known.get(name).copied().or(of_others))
}

/// Judges what was seen.
pub fn judge(look: &Look) -> Verdict {
    let view = View::of(look);
    let mut findings = Findings::default();
    for check in [
        attributes::check,
        refused::check,
        scope::check,
        caching::check,
        transport::check,
        hsts::check,
        variants::check,
        pages::check,
        fields::check,
        urls::check,
        dbsc::check,
        tokens::check,
    ] {
        check(&view, &mut findings);
    }
    for proof in &look.proofs {
        findings.prove(proof);
    }
    Verdict {
        findings: findings.into_sorted(framework_of(&view)),
        framework: view.framework,
        offers: view.lines.iter().map(Offer::of).collect(),
    }
}
