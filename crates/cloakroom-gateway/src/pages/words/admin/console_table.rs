//! What the frame of the administration says, and its part about users.

use super::texts::texts;
use crate::accounts::{Role, State};

texts! {
    /// What the frame of the administration says, and its part about users.
    ConsoleWords
    plain {
        // The frame.
        administration,
        member,
        auditor,
        administrator,
        find,
        everything,
        next_page,
        reason,
        reason_hint,
        // The list of users.
        users,
        user_name,
        name_begins_with,
        email_begins_with,
        role_column,
        state,
        enabled,
        disabled,
        email,
        nobody_found,
        nobody_yet_text,
        // One user.
        display_name,
        groups,
        created,
        password_set,
        not_yet,
        disabled_since,
        number,
        identities,
        sessions,
        recent_events,
        when,
        what,
        by_whom,
        more,
        no_events,
        all_events,
        change,
        back_to_user,
        back_to_users,
        // Changing a user.
        profile,
        groups_hint,
        save,
        role_heading,
        role_hint,
        change_role,
        reset_heading,
        reset_text,
        make_link,
        disable_heading,
        disable_text,
        disable,
        enable_text,
        enable,
        // A new user.
        new_user,
        new_user_text,
        create,
        // A link that has been made.
        link,
        link_text,
        link_for_an_hour,
        link_for_a_day,
        // What has been done.
        done_created,
        done_saved,
        done_role,
        done_disabled,
        done_enabled,
        // What cannot be done.
        bad_display_name,
        bad_email,
        bad_group,
        too_many_groups,
        name_taken,
        last_administrator,
        link_of_disabled,
    }
    made {
        /// How many sessions a user has.
        live_sessions: fn(usize) -> String,
        /// The heading of a page about a user, and the user's name.
        of_user: fn(&str, &str) -> String,
    }
}

impl ConsoleWords {
    /// A role in words.
    pub(crate) const fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Member => self.member,
            Role::Auditor => self.auditor,
            Role::Administrator => self.administrator,
        }
    }

    /// A state in words.
    pub(crate) const fn state_of(&self, state: State) -> &'static str {
        match state {
            State::Enabled => self.enabled,
            State::Disabled => self.disabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pages::Language;
    use crate::pages::words::admin::texts::check;

    #[test]
    fn the_console_speaks_every_language() {
        check(Language::ALL.map(|language| language.console().plain()), &[]);
    }
}
