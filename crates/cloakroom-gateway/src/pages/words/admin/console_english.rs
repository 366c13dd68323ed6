//! English.

use super::ConsoleWords;

pub(super) static ENGLISH: ConsoleWords = ConsoleWords {
    administration: "Administration",
    member: "Member",
    auditor: "Auditor",
    administrator: "Administrator",
    find: "Find",
    everything: "All",
    next_page: "Next page",
    reason: "Reason",
    reason_hint: "It goes into the record of events.",

    users: "Users",
    user_name: "User name",
    name_begins_with: "Name begins with",
    role_column: "Role",
    state: "State",
    enabled: "Enabled",
    disabled: "Disabled",
    email: "E-mail",
    nobody_found: "Nobody is like that.",
};
