//! How much of a recording is looked at.

use crate::look::Exchange;

/// A browser that was left alone with a hostile site for a day has recorded more, and nobody learns anything from it.
const ANSWERS_MAX: usize = 2000;

/// Each costs a look at all before.
const SET_COOKIES_MAX: usize = 10_000;

/// Leaves out what is beyond the bounds, and says so in a note.
pub(super) fn keep_within(answers: &mut Vec<Exchange>, notes: &mut Vec<String>) {
    let mut cookies = 0;
    let beyond = answers.iter().take(ANSWERS_MAX).position(|answer| {
        cookies += answer.set_cookies().count();
        cookies > SET_COOKIES_MAX
    });
    let kept = beyond.unwrap_or(ANSWERS_MAX);
    if kept < answers.len() {
        notes.push(format!("of {} answers the first {kept} were looked at", answers.len()));
        answers.truncate(kept);
    }
}
