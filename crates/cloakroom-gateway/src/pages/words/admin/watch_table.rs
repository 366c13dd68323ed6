//! What the overview and the events of the administration say.

use super::texts::texts;

texts! {
    /// What the overview and the events of the administration say.
    WatchWords
    plain {
        // The overview.
        overview,
        overview_text,
        time_span,
        last_hour,
        last_day,
        last_week,
        nothing_measured,
        sessions,
        in_the_store,
        sign_ins,
        signed_in,
        failed,
        revocations,
        sessions_ended,
        lookups,
        writes,
        median,
        slowest,
        median_and_slowest,
        numbers,
        begins,
        // Events.
        events,
        kind,
        address,
        from_time,
        until_time,
        at_time,
        what,
        by_whom,
        details,
        no_such_events,
        filter_hint,
        refresh,
        follow,
        following,
        follow_ended,
    }
    made {
        /// The days of the week from Sunday, in two or three letters.
        weekdays: [&'static str; 7],
    }
}

#[cfg(test)]
mod tests {
    use crate::pages::Language;
    use crate::pages::words::admin::texts::check;

    #[test]
    fn the_watch_speaks_every_language() {
        check(Language::ALL.map(|language| language.watching().plain()), &["details"]);
    }
}
