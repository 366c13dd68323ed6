//! What the frame of the administration says, and its part about users.

use super::console_english::ENGLISH;
use super::console_german::GERMAN;
use super::texts::texts;
use crate::accounts::Role;
use crate::pages::Language;

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
        // Users.
        users,
        user_name,
        name_begins_with,
        role_column,
        state,
        enabled,
        disabled,
        email,
        nobody_found,
    }
    made {}
}

impl Language {
    /// What the frame of the administration says in it, and its part about users.
    pub(crate) const fn console(self) -> &'static ConsoleWords {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::admin::texts::check;

    #[test]
    fn the_console_speaks_every_language() {
        check(Language::ALL.map(|language| language.console().plain()), &[]);
    }
}
