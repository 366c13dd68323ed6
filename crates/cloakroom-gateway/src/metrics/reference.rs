//! The reference of metrics, from the table that they are made from.

use std::fmt::Write as _;

use cloakroom_test_servers::reference_page;

use crate::metrics::families::ALL;

#[test]
fn the_reference_has_every_metric() {
    let mut text = "# Metrics\n\n<!-- Written by `cargo xtask docs` from the code. Change it there. -->\n\n\
                    Every family of series at `metrics_listen`, in the order of the text. What the values of labels are, and what to alert on, is in \
                    [events and metrics](../events-and-metrics.md).\n\n\
                    | metric | type | labels | what |\n|---|---|---|---|\n"
        .to_owned();
    for family in ALL {
        let labels: Vec<String> = family.labels.iter().map(|label| format!("`{label}`")).collect();
        let kind = format!("{:?}", family.kind).to_ascii_lowercase();
        writeln!(text, "| `{}` | {kind} | {} | {} |", family.name, labels.join(", "), family.help).unwrap();
    }
    reference_page("metrics.md", &text);
}
