//! A report: what was seen and found, and what counts.

use crate::agent::Cookie;
use crate::checks::{Finding, Verdict};
use crate::look::{Look, printable};
use crate::rules::Severity;

use super::baseline::Baseline;

/// What was seen and found, and what counts.
#[derive(Debug)]
pub struct Report<'r> {
    /// What was seen.
    pub look: &'r Look,
    /// What was found.
    pub verdict: &'r Verdict,
    /// From which severity on a finding fails the audit; `None` for never.
    pub fail_on: Option<Severity>,
    /// What was known before.
    pub baseline: Baseline,
}

impl Report<'_> {
    /// How many findings fail the audit.
    pub fn failures(&self) -> usize {
        self.verdict.findings.iter().filter(|finding| self.fails(finding)).count()
    }

    /// Whether a finding fails the audit: bad enough, and new.
    pub(super) fn fails(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|from| finding.rule.severity >= from) && !self.baseline.knows(finding)
    }

    /// Findings that differ in their place only, together: they have one meaning and one fix.
    pub(super) fn groups(&self) -> Vec<Vec<&Finding>> {
        let key = |one: &Finding| {
            (one.rule.id, one.fix(), one.certainty, self.baseline.knows(one), self.fails(one))
        };
        let mut groups: Vec<Vec<&Finding>> = Vec::new();
        for finding in &self.verdict.findings {
            match groups.iter_mut().find(|group| key(group[0]) == key(finding)) {
                Some(group) => group.push(finding),
                None => groups.push(vec![finding]),
            }
        }
        groups
    }

    /// Each session cookie as browsers have it in the end: its name, and what it says of itself.
    pub(super) fn sessions(&self) -> Vec<(String, String)> {
        let mut sessions: Vec<&Cookie> = Vec::new();
        for offer in self.verdict.offers.iter().filter(|offer| offer.is_session) {
            if let Ok(cookie) = &offer.outcome {
                sessions.retain(|other| other.name != cookie.name);
                sessions.push(cookie);
            }
        }
        sessions.into_iter().map(|cookie| (printable(&cookie.name_text()), self.says(cookie))).collect()
    }

    fn says(&self, cookie: &Cookie) -> String {
        let flags =
            [("Secure", cookie.secure), ("HttpOnly", cookie.http_only), ("host only", cookie.host_only)];
        let mut says: Vec<String> =
            flags.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (*name).to_owned()).collect();
        says.push(match cookie.same_site.as_str() {
            "Default" => "no SameSite".to_owned(),
            other => format!("SameSite={other}"),
        });
        says.push(format!("{} octets", cookie.value.len()));
        says.push(cookie.lifetime_s(self.look.at).map_or_else(
            || "ends with the browser".to_owned(),
            |seconds| match seconds {
                172_800.. => format!("lives {} days", seconds / 86_400),
                7200.. => format!("lives {} hours", seconds / 3600),
                _ => format!("lives {seconds} s"),
            },
        ));
        says.join(", ")
    }

    /// How many cookies were kept, of how many.
    pub(super) fn kept(&self) -> (usize, usize) {
        let offers = &self.verdict.offers;
        (offers.iter().filter(|offer| offer.outcome.is_ok()).count(), offers.len())
    }
}
