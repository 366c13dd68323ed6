//! English.

use super::ConsoleWords;

/// What the frame of the administration and its part about users say in English.
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
    email_begins_with: "E-mail begins with",
    role_column: "Role",
    state: "State",
    enabled: "Enabled",
    disabled: "Disabled",
    email: "E-mail",
    nobody_found: "Nobody is like that.",
    nobody_yet_text: "Nobody on this page is like that, but there may be somebody further on.",

    display_name: "Display name",
    groups: "Groups",
    created: "Created",
    password_set: "Password set",
    not_yet: "not yet",
    disabled_since: "Disabled since",
    number: "Number",
    identities: "Signs in with",
    sessions: "Sessions",
    recent_events: "Recent events",
    when: "When",
    what: "What",
    by_whom: "By whom",
    more: "More",
    no_events: "Nothing has happened yet.",
    change: "Change",
    back_to_user: "Back to this user",
    back_to_users: "Back to the list of users",

    profile: "What applications are told",
    groups_hint: "Separated by commas. It is felt at once, in sessions that are under way too.",
    save: "Save",
    role_heading: "What the user may do",
    role_hint: "Auditors see everything here and change nothing.",
    change_role: "Change role",
    reset_heading: "Another password",
    reset_text: "Makes a link by which the user sets a password that nobody else has known. It works once and for an hour; \
                 the old password works until it is used.",
    make_link: "Make a link",
    disable_heading: "Access",
    disable_text: "A disabled user cannot sign in, and all sessions end at once.",
    disable: "Disable",
    enable_text: "The user can sign in again. Sessions that were ended stay ended.",
    enable: "Enable",

    new_user: "New user",
    new_user_text: "There is no password to hand over: you get a link by which the user sets one.",
    create: "Create",

    link: "Link to set a password",
    link_text: "It is shown this once. Give it to the user in a way that only they read: whoever has it can sign in as \
                them.",
    link_for_an_hour: "It works once, and for an hour.",
    link_for_a_day: "It works once, and for a day.",

    done_created: "The user is there.",
    done_saved: "The change is saved.",
    done_role: "The role is changed.",
    done_disabled: "The user is disabled, and all sessions are ended.",
    done_enabled: "The user is enabled.",

    bad_display_name: "A display name has 128 characters at most, on one line.",
    bad_email: "This is no e-mail address.",
    bad_group: "The name of a group has 1 to 64 characters: letters without accents, digits and . _ -",
    too_many_groups: "A user is in 64 groups at most.",
    name_taken: "Somebody has this name already.",
    last_administrator: "This is the last administrator who can sign in. Make somebody else one first.",
    link_of_disabled: "A disabled user gets no link. Enable the user first.",

    live_sessions: |count| match count {
        0 => "No session is open".to_owned(),
        1 => "1 session is open".to_owned(),
        count => format!("{count} sessions are open"),
    },
    of_user: |heading, user| format!("{heading}: {user}"),
};
