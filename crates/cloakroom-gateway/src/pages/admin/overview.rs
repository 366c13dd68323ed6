//! How much is going on: plots of the last hour, day or week.

use std::time::Duration;

use cloakroom::Timestamp;
use maud::{Markup, html};

use crate::metrics::Buckets;
use crate::pages::Site;
use crate::pages::admin::Frame;
use crate::pages::plot::{Line, Plot, Scale, TimeAxis, count, duration};
use crate::pages::words::WatchWords;
use crate::samples::{Point, Sample, Span};
use crate::utc::Civil;

/// The overview.
#[derive(Debug)]
pub(crate) struct OverviewPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// How far back it looks.
    pub(crate) span: Span,
    /// What was counted, slot by slot.
    pub(crate) points: &'a [Point],
}

/// The shares of all calls that took at most as long as is drawn.
const SHARES: [f64; 2] = [0.5, 0.99];

impl OverviewPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.watching();
        let slots: Vec<Timestamp> = self.points.iter().map(|point| point.at).collect();
        let axis = TimeAxis::of(&slots, ticks_every(self.span), |at| label(self.span, words, at));
        let content = html! {
            (self.spans(words))
            p.hint { (words.overview_text) }
            div.plots {
                (self.sessions(words, &axis).render())
                (self.sign_ins(words, &axis).render())
                (self.revocations(words, &axis).render())
                (self.latency(words, &axis, "lookups", words.lookups, |sample| sample.totals.lookups).render())
                (self.latency(words, &axis, "writes", words.writes, |sample| sample.totals.changes).render())
            }
            (self.numbers(words))
        };
        self.frame.page(site, words.overview, &content)
    }

    fn spans(&self, words: &WatchWords) -> Markup {
        html! {
            nav.spans aria-label=(words.time_span) {
                @for span in Span::ALL {
                    a href={ "/_cloakroom/admin/overview?span=" (span.as_str()) } aria-current=[(span == self.span).then_some("true")] {
                        (match span { Span::Hour => words.last_hour, Span::Day => words.last_day, Span::Week => words.last_week })
                    }
                }
            }
        }
    }

    fn sessions<'p>(&self, words: &'p WatchWords, axis: &'p TimeAxis) -> Plot<'p> {
        let counted = |sample: &Sample| sample.sessions;
        let last = self.points.iter().rev().find_map(|point| point.sample.as_ref().and_then(counted));
        let line = Line {
            name: words.in_the_store,
            said: last.map_or_else(|| "\u{2013}".to_owned(), count),
            values: self.values(|sample| counted(sample).map(number)),
        };
        plot("sessions", words.sessions, words, axis, vec![line])
    }

    fn sign_ins<'p>(&self, words: &'p WatchWords, axis: &'p TimeAxis) -> Plot<'p> {
        let lines = vec![
            self.counted(words.signed_in, |sample| sample.totals.sign_ins),
            self.counted(words.failed, |sample| sample.totals.failures),
        ];
        plot("sign-ins", words.sign_ins, words, axis, lines)
    }

    fn revocations<'p>(&self, words: &'p WatchWords, axis: &'p TimeAxis) -> Plot<'p> {
        let line = self.counted(words.sessions_ended, |sample| sample.totals.revocations);
        plot("revocations", words.revocations, words, axis, vec![line])
    }

    /// A line of what is counted, and what it comes to in all.
    fn counted<'p>(&self, name: &'p str, of: impl Fn(&Sample) -> u64) -> Line<'p> {
        let all = self.points.iter().filter_map(|point| point.sample.as_ref());
        let all = all.fold(0_u64, |sum, sample| sum.saturating_add(of(sample)));
        Line { name, said: count(all), values: self.values(|sample| Some(number(of(sample)))) }
    }

    fn latency<'p>(
        &self,
        words: &'p WatchWords,
        axis: &'p TimeAxis,
        id: &'p str,
        title: &'p str,
        of: impl Fn(&Sample) -> Buckets,
    ) -> Plot<'p> {
        let all = self.points.iter().filter_map(|point| point.sample.as_ref());
        let all = all.fold(Buckets::default(), |sum, sample| sum.plus(&of(sample)));
        let line = |share: f64| Line {
            name: if share > SHARES[0] { words.slowest } else { words.median },
            said: said(&all, share),
            values: self.values(|sample| of(sample).quantile(share)),
        };
        let lines: Vec<Line<'_>> = SHARES.map(line).into();
        let drawn = || lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        let scale = Scale::durations(drawn().fold(f64::INFINITY, f64::min), drawn().fold(0.0, f64::max));
        Plot { id, title, nothing: words.nothing_measured, scale, axis, lines }
    }

    fn values(&self, of: impl Fn(&Sample) -> Option<f64>) -> Vec<Option<f64>> {
        self.points.iter().map(|point| point.sample.as_ref().and_then(&of)).collect()
    }

    /// Everything that is drawn, in larger steps, for whoever does not see it.
    fn numbers(&self, words: &WatchWords) -> Markup {
        let steps = self.points.chunks(rows_of(self.span));
        html! {
            details.numbers {
                summary { (words.numbers) }
                section tabindex="0" aria-label=(words.numbers) {
                    table {
                        thead {
                            tr {
                                @for name in [words.begins, words.sessions, words.signed_in, words.failed, words.revocations] {
                                    th scope="col" { (name) }
                                }
                                @for name in [words.lookups, words.writes] { th scope="col" { (name) ", " (words.median_and_slowest) } }
                            }
                        }
                        tbody { @for step in steps { (self.row(words, step)) } }
                    }
                }
            }
        }
    }

    fn row(&self, words: &WatchWords, step: &[Point]) -> Markup {
        let known: Vec<&Sample> = step.iter().filter_map(|point| point.sample.as_ref()).collect();
        let all = known.iter().fold(Sample::default(), |sum, sample| sum.plus(sample));
        let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "\u{2013}".to_owned());
        let counted = |number: u64| or_unknown((!known.is_empty()).then(|| count(number)));
        let both = |buckets: &Buckets| {
            or_unknown((buckets.count() > 0).then(|| SHARES.map(|share| said(buckets, share)).join(" / ")))
        };
        html! {
            tr {
                th scope="row" { @if let Some(first) = step.first() { (row_label(self.span, words, first.at)) } }
                td { (or_unknown(all.sessions.map(count))) }
                @for number in [all.totals.sign_ins, all.totals.failures, all.totals.revocations] { td { (counted(number)) } }
                @for buckets in [&all.totals.lookups, &all.totals.changes] { td { (both(buckets)) } }
            }
        }
    }
}

/// A plot of counts.
fn plot<'p>(
    id: &'p str,
    title: &'p str,
    words: &WatchWords,
    axis: &'p TimeAxis,
    lines: Vec<Line<'p>>,
) -> Plot<'p> {
    let most = lines.iter().flat_map(|line| line.values.iter().flatten()).copied().fold(0.0, f64::max);
    Plot { id, title, nothing: words.nothing_measured, scale: Scale::counts(most), axis, lines }
}

fn said(buckets: &Buckets, share: f64) -> String {
    buckets.quantile(share).map_or_else(|| "\u{2013}".to_owned(), duration)
}

#[expect(clippy::cast_precision_loss, reason = "a height to be drawn")]
const fn number(count: u64) -> f64 {
    count as f64
}

/// How far apart the texts below a plot are.
const fn ticks_every(span: Span) -> Duration {
    match span {
        Span::Hour => Duration::from_mins(10),
        Span::Day => Duration::from_hours(4),
        Span::Week => Duration::from_hours(24),
    }
}

/// How many slots a row of the table has: few rows are read out sooner.
const fn rows_of(span: Span) -> usize {
    match span {
        Span::Hour => 5,
        Span::Day | Span::Week => 4,
    }
}

fn label(span: Span, words: &WatchWords, at: Timestamp) -> String {
    match span {
        Span::Hour | Span::Day => time_of_day(at),
        Span::Week => weekday(words, at).to_owned(),
    }
}

fn row_label(span: Span, words: &WatchWords, at: Timestamp) -> String {
    match span {
        Span::Hour | Span::Day => time_of_day(at),
        Span::Week => format!("{} {}", weekday(words, at), time_of_day(at)),
    }
}

fn time_of_day(at: Timestamp) -> String {
    let Civil { hour, minute, .. } = Civil::of(at);
    format!("{hour:02}:{minute:02}")
}

/// 1970 began on a Thursday.
fn weekday(words: &WatchWords, at: Timestamp) -> &'static str {
    let day = (at.as_millis() / 86_400_000 + 4) % 7;
    let named = words.weekdays.iter().zip(0..).find(|(_, number)| *number == day);
    named.map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;
    use crate::metrics::Totals;
    use crate::pages::{Language, Section};

    fn rendered(points: &[Point], span: Span) -> String {
        let frame = Frame { user: "alice", role: Role::Auditor, section: Section::Overview };
        OverviewPage { frame, span, points }.render(&Site::sample("Acme", Language::English)).into_string()
    }

    fn point(minute: u64, sign_ins: u64, sessions: Option<u64>) -> Point {
        let totals = Totals { sign_ins, ..Totals::default() };
        Point { at: Timestamp::from_millis(minute * 60_000), sample: Some(Sample { totals, sessions }) }
    }

    #[test]
    fn the_legend_says_what_came_in_all_and_how_many_sessions_there_were_last() {
        let points = [point(0, 1200, Some(7)), point(1, 34, Some(9)), point(2, 0, None)];
        let page = rendered(&points, Span::Hour);
        assert!(page.contains("<li class=\"l1\">Signed in <strong>1\u{202f}234</strong></li>"), "{page}");
        assert!(page.contains("<li class=\"l1\">In the store <strong>9</strong></li>"), "{page}");
        assert!(
            page.contains("<tr><th scope=\"row\">00:00</th><td>9</td><td>1\u{202f}234</td><td>0</td>"),
            "{page}"
        );
    }

    #[test]
    fn what_nobody_has_measured_is_no_zero() {
        let points = [Point { at: Timestamp::EPOCH, sample: None }];
        let page = rendered(&points, Span::Week);
        assert_eq!(page.matches("Nothing measured yet</text>").count(), 5);
        let unknown = "<td>\u{2013}</td>".repeat(6);
        assert!(page.contains(&format!("<tr><th scope=\"row\">Thu 00:00</th>{unknown}</tr>")), "{page}");
    }

    #[test]
    fn the_span_is_marked_and_the_whole_page_is_small() {
        let points: Vec<Point> =
            (0..96).map(|at| point(at * 15, at * at * 977 % 1009, Some(at * 7919 % 1000))).collect();
        let page = rendered(&points, Span::Day);
        assert!(
            page.contains(
                "<a href=\"/_cloakroom/admin/overview?span=day\" aria-current=\"true\">Last day</a>"
            )
        );
        assert!(page.len() < 16 * 1024, "{} octets", page.len());
    }
}
