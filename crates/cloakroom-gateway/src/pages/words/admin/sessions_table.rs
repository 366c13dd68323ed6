//! What the administration says of sessions.

use super::texts::texts;

texts! {
    /// What the administration says of sessions.
    SessionsWords
    plain {
        // The list and its filter.
        sessions,
        user,
        address_or_network,
        app,
        begun_within,
        begun_before,
        not_used_for,
        any,
        an_hour,
        a_day,
        a_week,
        a_month,
        browser,
        begun,
        signed_in,
        apps,
        visitor,
        nobody_known,
        none_found,
        none_here_text,
        wrong_user_text,
        wrong_address_text,
        wrong_app_text,
        wrong_filter_text,
        // Ending some.
        end_marked,
        ended_text,
        nothing_marked_text,
        no_reason_text,
        // Ending all that are like this.
        end_matching,
        end_matching_question,
        end_matching_text,
        end_them,
        endings,
        endings_text,
        no_endings_text,
        busy_text,
        which,
        by_whom,
        ended_column,
        under_way,
        done,
        broke_off,
        // Ending everybody's.
        end_everyones,
        end_everyones_question,
        end_everyones_text,
        end_everyones_sure,
        not_sure_text,
        // One session.
        one_session,
        session_id,
        ends,
        end_this,
        this_one_text,
        events_of_it,
        no_events_text,
        all_sessions,
    }
    made {
        /// What marks the session of a user, for whoever does not see it beside the name.
        mark: fn(&str) -> String,
        /// How many were looked at for a page.
        looked_at: fn(usize) -> String,
        /// How many are like this.
        so_many: fn(usize) -> String,
        /// That at least so many are, of whom not all were counted.
        at_least: fn(usize) -> String,
    }
}

#[cfg(test)]
mod tests {
    use crate::pages::Language;
    use crate::pages::words::admin::texts::check;

    #[test]
    fn the_sessions_speak_every_language() {
        let shared = ["browser"];
        check(Language::ALL.map(|language| language.sessions().plain()), &shared);
    }
}
