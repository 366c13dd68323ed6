//! What is asked of the trail's tables, in the SQL that every database understands.

use std::fmt::Write as _;
use std::sync::LazyLock;

use cloakroom_stores::Part;

/// How many columns a row has beside its number.
pub(super) const COLUMNS: usize = 15;

/// How many rows a statement writes: each size is a statement that is prepared once.
pub(super) const SIZES: [usize; 4] = [64, 16, 4, 1];

/// The statements of each size.
static WRITE: LazyLock<[[Part; 2]; SIZES.len()]> = LazyLock::new(|| SIZES.map(write));

/// The statements that write this many rows, of which `SIZES` has to have one.
///
/// The row of the last number stays locked until the rows are visible, so that numbers become visible in their order.
pub(super) fn writing(rows: usize) -> &'static [Part] {
    let place = SIZES.iter().position(|size| *size == rows).expect("the size of a chunk is one of these");
    &WRITE[place]
}

/// Built once for the life of the process, of numbers alone.
fn write(rows: usize) -> [Part; 2] {
    let count = format!("UPDATE cloakroom_event_numbers SET last_id = last_id + {rows}");
    let mut insert =
        "INSERT INTO cloakroom_events (id, at_ms, kind, severity, subject, subject_name, session_id, \
         address, agent, app, actor, reason, detail, request, instance, number) VALUES "
            .to_owned();
    for row in 0..rows {
        let separator = if row == 0 { "" } else { ", " };
        let behind = rows - 1 - row;
        let _infallible =
            write!(insert, "{separator}((SELECT last_id FROM cloakroom_event_numbers) - {behind}");
        for column in 1..=COLUMNS {
            let _infallible = write!(insert, ", ${}", row * COLUMNS + column);
        }
        insert.push(')');
    }
    [Part::Must(count.leak()), Part::Must(insert.leak())]
}

/// The columns in the order in which [`recorded`](super::recorded) reads them.
macro_rules! events {
    () => {
        "SELECT id, at_ms, kind, severity, subject, subject_name, session_id, address, agent, app, actor, reason, detail, \
         request, instance FROM cloakroom_events "
    };
}

/// The newest first, behind the place `$1`, `$2`, not before `$3`, at most `$4`.
macro_rules! newest {
    ($and:literal) => {
        concat!(
            events!(),
            "WHERE at_ms <= $1 AND (at_ms < $1 OR id < $2) AND at_ms >= $3 ",
            $and,
            "ORDER BY at_ms DESC, id DESC LIMIT $4"
        )
    };
}

/// The statement for what is wanted: `$5` and on are subject, kind and address, as far as they are.
pub(super) const fn page_by(subject: bool, kind: bool, address: bool) -> &'static str {
    match (subject, kind, address) {
        (false, false, false) => newest!(""),
        (true, false, false) => newest!("AND subject = $5 "),
        (false, true, false) => newest!("AND kind = $5 "),
        (true, true, false) => newest!("AND subject = $5 AND kind = $6 "),
        (false, false, true) => newest!("AND address = $5 "),
        (true, false, true) => newest!("AND subject = $5 AND address = $6 "),
        (false, true, true) => newest!("AND kind = $5 AND address = $6 "),
        (true, true, true) => newest!("AND subject = $5 AND kind = $6 AND address = $7 "),
    }
}

/// Those behind a number, in their order.
pub(super) const AFTER: &str = concat!(events!(), "WHERE id > $1 ORDER BY id LIMIT $2");

/// The last number that is visible.
pub(super) const LAST: &str = "SELECT last_id FROM cloakroom_event_numbers";

/// The time of the last of the `$2` oldest that are older than `$1`.
pub(super) const OLD: &str = "SELECT max(at_ms) FROM (SELECT at_ms FROM cloakroom_events WHERE at_ms < $1 \
    ORDER BY at_ms LIMIT $2) AS oldest";

/// Removes what is not younger than `$1`.
pub(super) const FORGET: &[Part] = &[Part::May("DELETE FROM cloakroom_events WHERE at_ms <= $1")];
