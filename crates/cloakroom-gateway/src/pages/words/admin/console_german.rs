//! German.

use super::ConsoleWords;

/// What the frame of the administration and its part about users say in German.
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
    email_begins_with: "E-Mail beginnt mit",
    role_column: "Rolle",
    state: "Zustand",
    enabled: "Frei",
    disabled: "Gesperrt",
    email: "E-Mail",
    nobody_found: "So ist niemand.",
    nobody_yet_text: "Auf dieser Seite ist niemand so, aber vielleicht weiter hinten.",

    display_name: "Anzeigename",
    groups: "Gruppen",
    created: "Angelegt",
    password_set: "Passwort gesetzt",
    not_yet: "noch nicht",
    disabled_since: "Gesperrt seit",
    number: "Nummer",
    identities: "Meldet sich an mit",
    sessions: "Sitzungen",
    recent_events: "Letzte Ereignisse",
    when: "Wann",
    what: "Was",
    by_whom: "Durch wen",
    more: "Mehr",
    all_events: "Alle Ereignisse dieses Benutzers",
    no_events: "Es ist noch nichts geschehen.",
    change: "Ändern",
    back_to_user: "Zurück zu diesem Benutzer",
    back_to_users: "Zurück zur Liste der Benutzer",

    profile: "Was Anwendungen erfahren",
    groups_hint: "Durch Kommas getrennt. Es gilt sofort, auch in laufenden Sitzungen.",
    save: "Speichern",
    role_heading: "Was der Benutzer darf",
    role_hint: "Prüfer sehen hier alles und ändern nichts.",
    change_role: "Rolle ändern",
    reset_heading: "Ein anderes Passwort",
    reset_text: "Macht einen Link, mit dem der Benutzer ein Passwort setzt, das sonst niemand gekannt hat. Er gilt einmal \
                 und eine Stunde lang; das alte Passwort gilt, bis er benutzt wird.",
    make_link: "Link machen",
    disable_heading: "Zugang",
    disable_text: "Ein gesperrter Benutzer kann sich nicht anmelden, und alle Sitzungen enden sofort.",
    disable: "Sperren",
    enable_text: "Der Benutzer kann sich wieder anmelden. Beendete Sitzungen bleiben beendet.",
    enable: "Freigeben",

    new_user: "Neuer Benutzer",
    new_user_text: "Es gibt kein Passwort weiterzugeben: Sie erhalten einen Link, mit dem der Benutzer eines setzt.",
    create: "Anlegen",

    link: "Link zum Setzen des Passworts",
    link_text: "Er wird nur dieses eine Mal gezeigt. Geben Sie ihn so weiter, dass nur der Benutzer ihn liest: Wer ihn \
                hat, kann sich als dieser anmelden.",
    link_for_an_hour: "Er gilt einmal, und eine Stunde lang.",
    link_for_a_day: "Er gilt einmal, und einen Tag lang.",

    done_created: "Den Benutzer gibt es jetzt.",
    done_saved: "Die Änderung ist gespeichert.",
    done_role: "Die Rolle ist geändert.",
    done_disabled: "Der Benutzer ist gesperrt, und alle Sitzungen sind beendet.",
    done_enabled: "Der Benutzer ist freigegeben.",

    bad_display_name: "Ein Anzeigename hat höchstens 128 Zeichen in einer Zeile.",
    bad_email: "Das ist keine E-Mail-Adresse.",
    bad_group: "Der Name einer Gruppe hat 1 bis 64 Buchstaben ohne Akzente und Umlaute, Ziffern, Punkte, Unterstriche und \
                Bindestriche.",
    too_many_groups: "Ein Benutzer ist in höchstens 64 Gruppen.",
    name_taken: "Diesen Namen hat schon jemand.",
    last_administrator: "Das ist der letzte Verwalter, der sich anmelden kann. Machen Sie zuerst jemand anderen dazu.",
    link_of_disabled: "Ein gesperrter Benutzer bekommt keinen Link. Geben Sie ihn zuerst frei.",

    live_sessions: |count| match count {
        0 => "Keine Sitzung ist offen".to_owned(),
        1 => "1 Sitzung ist offen".to_owned(),
        count => format!("{count} Sitzungen sind offen"),
    },
    of_user: |heading, user| format!("{heading}: {user}"),
};
