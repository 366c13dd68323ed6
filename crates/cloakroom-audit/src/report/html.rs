//! One page, with everything in it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::checks::Finding;
use crate::look::url_for_people;
use crate::rules::{Framework, Severity};

use super::content::Report;
use super::json::protocol;
use super::table::{COOKIES_MAX, SEEN_MAX, capital, more};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}\
h1{font-size:1.5rem}article{border:1px solid #d5dae2;border-left:.4rem solid;border-radius:.4rem;padding:.6rem 1rem;margin:1rem 0}\
article.high{border-left-color:#b3261e}article.medium{border-left-color:#b26a00}article.low{border-left-color:#35618e}\
article.info{border-left-color:#7a8494}h2{font-size:1.05rem;margin:0}.rule{margin:.1rem 0}.rule strong{text-transform:uppercase;\
font-size:.8em}dl{display:grid;grid-template-columns:6rem 1fr;margin:.4rem 0 0}dt,th,span{color:#5a6473}dt{grid-column:1}\
dd{grid-column:2;margin:0;overflow-wrap:anywhere}code{font-size:.9em}table{border-collapse:collapse;width:100%;margin:1rem 0}\
td,th{text-align:left;font-weight:400;padding:.2rem .6rem .2rem 0;vertical-align:top}th{white-space:nowrap}\
h1,p,td code,td:nth-child(2){overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{background:#12161c;color:#e3e7ee}article{border-color:#303845}dt,th,span{color:#98a2b3}}\
@media print{article{break-inside:avoid}}";

pub(super) fn render(report: &Report<'_>) -> String {
    let target = url_for_people(&report.look.target);
    let counts = report.verdict.counts();
    let counted = Severity::ALL.iter().rev().filter_map(|one| Some(format!("{} {one}", counts.get(one)?)));
    let counted = counted.collect::<Vec<_>>().join(", ");
    let counted = if counted.is_empty() { "no findings".to_owned() } else { counted };
    let (kept, offered) = report.kept();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Audit of " (target) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Sessions of " (target) }
                p {
                    "As of " (report.look.at.rfc3339()) ": " (counted) ". "
                    (kept) " of " (offered) " cookies are kept by browsers."
                    @if let Some(framework) = report.verdict.framework.map(Framework::as_str) {
                        " Sessions by " (framework) "."
                    }
                }
                (visited(report))
                @for note in &report.look.notes { p { "Note: " (note) "." } }
                (sessions(report))
                @if report.verdict.findings.is_empty() { p { strong { "Nothing is wrong." } } }
                @for group in report.groups() { (self::group(&group, report)) }
            }
        }
    };
    page.into_string()
}

/// Where the browser was led, hop by hop.
fn visited(report: &Report<'_>) -> Markup {
    html! {
        table {
            tr { th { "Hop" } th { "Asked for" } th { "Status" } th { "By" } }
            @for (hop, exchange) in report.look.hops() {
                tr {
                    td { (hop) } td { (exchange.place()) (exchange.url.path()) } td { (exchange.status) }
                    td { (protocol(exchange.protocol).unwrap_or_default()) }
                }
            }
        }
    }
}

/// The session cookies as browsers have them.
fn sessions(report: &Report<'_>) -> Markup {
    let sessions = report.sessions();
    html! {
        @if !sessions.is_empty() {
            table {
                tr { th { "Session cookie" } th { "As browsers have it" } }
                @for (name, says) in sessions.iter().take(COOKIES_MAX) { tr { td { code { (name) } } td { (says) } } }
            }
        }
        @if sessions.len() > COOKIES_MAX { p { "And " (sessions.len() - COOKIES_MAX) " more." } }
    }
}

/// Findings of one meaning and one fix.
fn group(group: &[&Finding], report: &Report<'_>) -> Markup {
    let first = group[0];
    let severity = first.rule.severity.as_str();
    let more = more(group);
    html! {
        article class=(severity) {
            h2 { (capital(first.rule.title)) }
            p class="rule" {
                strong { (severity) } " " code { (first.rule.id) }
                @if report.baseline.knows(first) { ", known from the baseline" }
            }
            dl {
                dt { "Seen" }
                @for finding in group.iter().take(SEEN_MAX) {
                    dd {
                        @if let Some(cookie) = &finding.cookie { code { (cookie) } ": " }
                        (finding.detail)
                        span {
                            ", at " (finding.url)
                            @if finding.hop > 0 { ", hop " (finding.hop) }
                            @if finding.times > 1 { ", " (finding.times) " times" }
                        }
                    }
                }
                @if more > 0 { dd { "and " (more) " more" } }
                dt { "How sure" } dd { (capital(first.certainty.as_str())) ": " (first.certainty.means()) "." }
                dt { "Means" } dd { (first.rule.means) }
                dt { "Fix" } dd {
                    @if let Some(framework) = first.framework { (framework.as_str()) ": " }
                    code { (first.fix()) }
                }
                dt { "Asked by" } dd { (first.rule.source) }
            }
        }
    }
}
