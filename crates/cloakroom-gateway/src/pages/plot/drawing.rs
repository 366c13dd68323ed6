//! A plot as markup.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::scale::Scale;
use super::time_axis::TimeAxis;

/// A line of a plot.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// What it is of.
    pub(crate) name: &'a str,
    /// What it comes to, in the legend.
    pub(crate) said: String,
    /// A value for each slot, where there is one.
    pub(crate) values: Vec<Option<f64>>,
}

/// A drawing of one or two lines over time.
#[derive(Debug)]
pub(crate) struct Plot<'a> {
    /// What distinguishes it on its page: a word.
    pub(crate) id: &'a str,
    /// Its heading.
    pub(crate) title: &'a str,
    /// What stands in it while there is nothing to be drawn.
    pub(crate) nothing: &'a str,
    /// How values become heights.
    pub(crate) scale: Scale,
    /// How slots become places.
    pub(crate) axis: &'a TimeAxis,
    /// The lines, the most important first.
    pub(crate) lines: Vec<Line<'a>>,
}

/// The drawing's size, and where in it the values are.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 320;
const LEFT: f64 = 92.0;
const RIGHT: f64 = 704.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 276.0;

/// Half of what the longest text below needs, so that none is cut off.
const HALF_A_TEXT: f64 = 34.0;

/// The classes of the lines in the stylesheet.
const CLASSES: [&str; 2] = ["l1", "l2"];

impl Plot<'_> {
    /// The plot, its heading and its legend.
    pub(crate) fn render(&self) -> Markup {
        html! {
            figure.plot {
                figcaption {
                    h2 id={ "plot-" (self.id) } { (self.title) }
                    ul.legend {
                        @for (line, class) in self.lines.iter().zip(CLASSES) {
                            li class=(class) { (line.name) " " strong { (line.said) } }
                        }
                    }
                }
                (self.drawing())
            }
        }
    }

    fn drawing(&self) -> Markup {
        let paths: Vec<String> = self.lines.iter().map(|line| self.path(&line.values)).collect();
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ "plot-" (self.id) "-title plot-" (self.id) "-desc" } {
                title id={ "plot-" (self.id) "-title" } { (self.title) }
                desc id={ "plot-" (self.id) "-desc" } { (self.said()) }
                path.grid d=(self.grid()) {}
                g.up {
                    @for (value, text) in self.scale.ticks() {
                        text x=(whole(LEFT) - 12) y=(self.y(value) + 7) { (text) }
                    }
                }
                g.along {
                    @for (x, text) in self.ticks() {
                        @if (LEFT..=f64::from(WIDTH) - HALF_A_TEXT).contains(&f64::from(x)) { text x=(x) y=(HEIGHT - 8) { (text) } }
                    }
                }
                @if paths.iter().all(String::is_empty) {
                    text.nothing x=(whole(f64::midpoint(LEFT, RIGHT))) y=(whole(f64::midpoint(TOP, BOTTOM))) { (self.nothing) }
                }
                // The first line lies above the others.
                @for (path, class) in paths.iter().zip(CLASSES).rev() {
                    @if !path.is_empty() { path class=(class) d=(path) {} }
                }
            }
        }
    }

    /// The legend as one sentence.
    fn said(&self) -> String {
        let lines: Vec<String> =
            self.lines.iter().map(|line| format!("{}: {}", line.name, line.said)).collect();
        format!("{}.", lines.join("; "))
    }

    /// Lines across at each of the scale's texts, and short ones down at each of the axis's.
    fn grid(&self) -> String {
        let across = self
            .scale
            .ticks()
            .map(|(value, _)| format!("M{} {}H{}", whole(LEFT), self.y(value), whole(RIGHT)));
        let down = self.ticks().map(|(x, _)| format!("M{x} {}v6", whole(BOTTOM)));
        across.chain(down).collect()
    }

    fn ticks(&self) -> impl Iterator<Item = (i32, &str)> {
        self.axis.ticks.iter().map(|(place, text)| (self.x(*place), text.as_str()))
    }

    /// A line that is interrupted where there is no value. A value alone is a dot, which round ends make of a line without length.
    fn path(&self, values: &[Option<f64>]) -> String {
        let mut path = String::new();
        let points: Vec<Option<(i32, i32)>> =
            values.iter().enumerate().map(|(place, value)| self.point(place, *value)).collect();
        for run in points.split(Option::is_none).filter(|run| !run.is_empty()) {
            let run: Vec<(i32, i32)> = run.iter().copied().flatten().collect();
            path.push('M');
            for (place, (x, y)) in run.iter().enumerate() {
                let is_amid = place > 0
                    && run.get(place + 1).is_some_and(|next| next.1 == *y)
                    && run[place - 1].1 == *y;
                if !is_amid {
                    let separator = if place == 0 { "" } else { " " };
                    let _infallible = write!(path, "{separator}{x} {y}");
                }
            }
            if run.len() == 1 {
                path.push_str("h0");
            }
        }
        path
    }

    /// What is no number is not known.
    fn point(&self, place: usize, value: Option<f64>) -> Option<(i32, i32)> {
        value.filter(|value| value.is_finite()).map(|value| (self.x(place), self.y(value)))
    }

    fn x(&self, place: usize) -> i32 {
        #[expect(clippy::cast_precision_loss, reason = "some hundreds of slots")]
        let share = if self.axis.slots > 1 { place as f64 / (self.axis.slots - 1) as f64 } else { 0.5 };
        whole(LEFT + share.min(1.0) * (RIGHT - LEFT))
    }

    fn y(&self, value: f64) -> i32 {
        whole(BOTTOM - self.scale.share(value) * (BOTTOM - TOP))
    }
}

/// A coordinate, which is some hundreds.
#[expect(clippy::cast_possible_truncation, reason = "a coordinate of the drawing")]
fn whole(coordinate: f64) -> i32 {
    coordinate.round() as i32
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cloakroom::Timestamp;

    use super::*;

    fn axis(slots: u64) -> TimeAxis {
        let slots: Vec<Timestamp> =
            (0..slots).map(|minute| Timestamp::from_millis(minute * 60_000)).collect();
        TimeAxis::of(&slots, Duration::from_mins(2), |at| format!("{} min", at.as_millis() / 60_000))
    }

    fn rendered(values: &[&[Option<f64>]], most: f64) -> String {
        let axis = axis(values[0].len() as u64);
        let names = ["<one>", "other"];
        let lines = values.iter().zip(names);
        let lines = lines.map(|(values, name)| Line {
            name,
            said: values.len().to_string(),
            values: values.to_vec(),
        });
        let plot = Plot {
            id: "p",
            title: "A & B",
            nothing: "Nothing yet",
            scale: Scale::counts(most),
            axis: &axis,
            lines: lines.collect(),
        };
        plot.render().into_string()
    }

    fn path<'a>(page: &'a str, class: &str) -> Option<&'a str> {
        page.split_once(&format!("<path class=\"{class}\" d=\""))
            .map(|(_, rest)| rest.split('"').next().unwrap())
    }

    #[test]
    fn a_line_goes_through_its_values_from_the_left_edge_to_the_right() {
        let page = rendered(&[&[Some(0.0), Some(4.0), Some(2.0), Some(1.0)]], 4.0);
        assert_eq!(path(&page, "l1"), Some("M92 276 296 16 500 146 704 211"));
        let grid = "M92 276H704M92 211H704M92 146H704M92 81H704M92 16H704M92 276v6M500 276v6";
        assert_eq!(path(&page, "grid"), Some(grid));
        assert!(
            page.contains("<text x=\"80\" y=\"23\">4</text>")
                && page.contains("<text x=\"500\" y=\"312\">2 min</text>"),
            "{page}"
        );
    }

    #[test]
    fn a_gap_is_a_gap_a_single_value_is_a_dot_and_a_level_stretch_has_two_ends() {
        let gap = [Some(2.0), None, Some(2.0), Some(2.0), Some(2.0), Some(2.0), Some(0.0)];
        assert_eq!(path(&rendered(&[&gap], 2.0), "l1"), Some("M92 16h0M296 16 602 16 704 276"));
        assert_eq!(path(&rendered(&[&[Some(1.0)]], 1.0), "l1"), Some("M398 16h0"), "one slot in the middle");
    }

    #[test]
    fn where_nothing_is_known_no_line_is_drawn_and_that_is_said() {
        let page = rendered(&[&[None, None], &[None, None]], 0.0);
        assert!(path(&page, "l1").is_none() && page.contains("Nothing yet</text>"), "{page}");
        let zeros = rendered(&[&[Some(0.0), Some(0.0)]], 0.0);
        assert_eq!(path(&zeros, "l1"), Some("M92 276 704 276"), "zero is known");
        assert!(!zeros.contains("Nothing yet"));
        assert!(!rendered(&[&[]], 0.0).contains("class=\"l1\" d"), "no slot at all");
    }

    #[test]
    fn whatever_the_values_are_nothing_leaves_the_drawing() {
        let wild = [
            Some(1.8e19),
            Some(-5.0),
            Some(f64::NAN),
            Some(f64::INFINITY),
            Some(f64::NEG_INFINITY),
            Some(1e-300),
        ];
        let page = rendered(&[&wild], 1.8e19);
        let drawn = path(&page, "l1").unwrap();
        let numbers = drawn.replace("h0", "");
        let numbers = numbers.split(['M', ' ']).filter(|text| !text.is_empty());
        let numbers: Vec<i32> = numbers.map(|text| text.parse().unwrap()).collect();
        for point in numbers.chunks(2) {
            assert!((92..=704).contains(&point[0]) && (16..=276).contains(&point[1]), "{drawn}");
        }
    }

    #[test]
    fn screen_readers_get_title_and_legend_and_every_text_is_escaped() {
        let page = rendered(&[&[Some(1.0)], &[Some(1.0)]], 1.0);
        let head = "role=\"img\" aria-labelledby=\"plot-p-title plot-p-desc\"><title id=\"plot-p-title\">A &amp; B</title>\
                    <desc id=\"plot-p-desc\">&lt;one&gt;: 1; other: 1.</desc>";
        assert!(page.contains(head), "{page}");
        assert!(!page.contains("style=") && !page.contains("<one>"), "{page}");
    }
}
