//! German.

use super::ConsoleWords;

pub(super) static GERMAN: ConsoleWords = ConsoleWords {
    administration: "Verwaltung",
    member: "Mitglied",
    auditor: "Prüfer",
    administrator: "Verwalter",
    find: "Suchen",
    everything: "Alle",
    next_page: "Nächste Seite",
    reason: "Grund",
    reason_hint: "Er wird im Verlauf der Ereignisse festgehalten.",

    users: "Benutzer",
    user_name: "Benutzername",
    name_begins_with: "Name beginnt mit",
    role_column: "Rolle",
    state: "Zustand",
    enabled: "Frei",
    disabled: "Gesperrt",
    email: "E-Mail",
    nobody_found: "So ist niemand.",
};
