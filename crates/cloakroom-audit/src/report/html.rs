//! One page, with everything in it.

use maud::{DOCTYPE, PreEscaped, html};

use crate::rules::{Framework, Severity};

use super::format::Report;
use super::json::protocol;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}\
h1{font-size:1.5rem}article{border:1px solid #d5dae2;border-left:.4rem solid;border-radius:.4rem;padding:.6rem 1rem;margin:1rem 0}\
article.high{border-left-color:#b3261e}article.medium{border-left-color:#b26a00}article.low{border-left-color:#35618e}\
article.info{border-left-color:#7a8494}h2{font-size:1.05rem;margin:0}dl{display:grid;grid-template-columns:6rem 1fr;margin:.4rem 0 0}\
dt{color:#5a6473}dd{margin:0;overflow-wrap:anywhere}code{font-size:.9em}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;padding:.2rem .6rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{background:#12161c;color:#e3e7ee}article{border-color:#303845}dt{color:#98a2b3}}";

pub(super) fn render(report: &Report<'_>) -> String {
    let target = report.look.target.as_str().split('?').next().unwrap_or_default();
    let counts = report.verdict.counts();
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
                    (report.look.at.rfc3339()) ". "
                    @for severity in Severity::ALL.iter().rev() {
                        (counts.get(severity).copied().unwrap_or(0)) " " (severity.as_str()) ", "
                    }
                    (kept) " of " (offered) " cookies kept by browsers."
                    @if let Some(framework) = report.verdict.framework.map(Framework::as_str) {
                        " Sessions by " (framework) "."
                    }
                }
                table {
                    @for (hop, exchange) in report.look.hops() {
                        tr {
                            td { (hop) } td { (exchange.place()) (exchange.url.path()) } td { (exchange.status) }
                            td { (protocol(exchange.protocol).unwrap_or_default()) }
                        }
                    }
                }
                @for note in &report.look.notes { p { (note) } }
                @if report.verdict.findings.is_empty() { p { strong { "Nothing is wrong." } } }
                @for finding in &report.verdict.findings {
                    article class=(finding.rule.severity.as_str()) {
                        h2 { (finding.rule.title) }
                        dl {
                            dt { "rule" } dd {
                                code { (finding.rule.id) } ", " (finding.rule.severity.as_str()) ", " (finding.certainty.as_str())
                                @if report.baseline.knows(finding) { ", known" }
                            }
                            @if let Some(cookie) = &finding.cookie { dt { "cookie" } dd { code { (cookie) } } }
                            dt { "where" } dd { (finding.url) @if finding.hop > 0 { ", hop " (finding.hop) } }
                            dt { "seen" } dd { (finding.detail) }
                            dt { "means" } dd { (finding.rule.means) }
                            dt { "fix" } dd { code { (finding.fix()) } }
                            dt { "source" } dd { (finding.rule.source) }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}
