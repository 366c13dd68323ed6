//! `Content-Security-Policy`.
//!
//! Source: CSP3.

use crate::look::{Exchange, Page};
use crate::rules::{Certainty, Rule, pages as rules};

use super::finding::{Findings, Place};

/// Judges the policy of a page. Several policies all hold: the strictest of each kind counts.
pub(super) fn check(place: Place<'_>, page: &Page, findings: &mut Findings) {
    let mut add =
        |rule: &'static Rule, detail: &str| findings.add(rule, Certainty::Certain, place, None, detail);
    let policies = Policy::all(place.exchange, page);
    if policies.is_empty() {
        let reports = place.exchange.text("content-security-policy-report-only").is_some();
        if reports {
            add(&rules::CSP_REPORT_ONLY, "Content-Security-Policy-Report-Only alone");
        } else {
            add(&rules::CSP_MISSING, "no field and no meta element");
        }
        return;
    }
    let scripts: Vec<Vec<&str>> = policies.iter().filter_map(Policy::scripts).collect();
    if scripts.is_empty() {
        return add(&rules::CSP_NO_SCRIPTS, "neither script-src nor default-src");
    }
    let in_all = |is_so: fn(&[&str]) -> bool| scripts.iter().all(|sources| is_so(sources));
    if in_all(lets_inline) {
        add(&rules::CSP_INLINE, "'unsafe-inline' without a nonce or a hash");
    }
    if in_all(|sources| sources.contains(&"'unsafe-eval'")) {
        add(&rules::CSP_EVAL, "'unsafe-eval'");
    }
    if in_all(is_wide) {
        add(&rules::CSP_WIDE, &scripts[0].join(" "));
    }
    let has_nonce = scripts.iter().any(|sources| sources.iter().any(|source| source.starts_with("'nonce-")));
    if has_nonce && !policies.iter().any(|policy| policy.get("base-uri").is_some()) {
        add(&rules::CSP_BASE, "nonces without base-uri");
    }
}

/// Whether a policy says who may frame the page, without naming everybody.
pub(super) fn restricts_frames(exchange: &Exchange) -> bool {
    // A meta element cannot say it.
    Policy::all(exchange, &Page::default()).iter().any(|policy| {
        policy
            .get("frame-ancestors")
            .is_some_and(|who| !who.iter().any(|source| matches!(*source, "*" | "http:" | "https:")))
    })
}

fn lets_inline(sources: &[&str]) -> bool {
    let names_scripts = |source: &&str| {
        ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|start| source.starts_with(start))
            || *source == "'strict-dynamic'"
    };
    sources.contains(&"'unsafe-inline'") && !sources.iter().any(names_scripts)
}

fn is_wide(sources: &[&str]) -> bool {
    let is_everything =
        |source: &&str| matches!(*source, "*" | "http:" | "https:" | "data:" | "http://*" | "https://*");
    sources.iter().any(is_everything) && !sources.contains(&"'strict-dynamic'")
}

/// One policy: directives with their sources, in lower case but for nonces.
struct Policy(Vec<(String, Vec<String>)>);

impl Policy {
    fn all(exchange: &Exchange, page: &Page) -> Vec<Self> {
        let fields = exchange.text("content-security-policy");
        let texts = fields.as_deref().into_iter().flat_map(|fields| fields.split(','));
        texts.chain(page.policy.as_deref()).map(Self::read).filter(|policy| !policy.0.is_empty()).collect()
    }

    fn read(text: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            // Only the first of a name counts.
            if directives.iter().all(|(other, _)| *other != name) {
                directives.push((name, words.map(str::to_ascii_lowercase).collect()));
            }
        }
        Self(directives)
    }

    fn get(&self, name: &str) -> Option<Vec<&str>> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, sources)| sources.iter().map(String::as_str).collect())
    }

    fn scripts(&self) -> Option<Vec<&str>> {
        self.get("script-src").or_else(|| self.get("default-src"))
    }
}
