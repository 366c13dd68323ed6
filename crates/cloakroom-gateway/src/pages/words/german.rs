//! German, in the polite form.

use maud::html;

use super::Words;
use super::events;
use super::time::TimeWords;

/// What the pages say in German.
pub(super) static GERMAN: Words = Words {
    help: "Hilfe",
    request: "Anfrage",
    show_password: "Passwort anzeigen",
    or: "oder",

    sign_in: "Anmelden",
    user_name: "Benutzername",
    password: "Passwort",
    wrong_credentials: "Benutzername oder Passwort stimmt nicht.",
    too_many: "Von Ihrem Anschluss kamen zu viele Versuche. Bitte warten Sie eine Minute und versuchen Sie es dann wieder.",
    not_checked: "Ihr Passwort kann gerade nicht geprüft werden; ob es stimmt, ist damit nicht gesagt. Bitte versuchen Sie es gleich noch einmal.",
    account_ready: "Ihr Konto ist bereit. Bitte melden Sie sich an.",
    not_sent: "Sie waren abgemeldet, deshalb wurde Ihre Eingabe nicht angenommen. Bitte melden Sie sich an und senden Sie sie \
               noch einmal.",
    remember: |days| match days {
        1 => "Diesen Browser einen Tag lang wiedererkennen".to_owned(),
        days => format!("Diesen Browser {days} Tage lang wiedererkennen"),
    },
    on_the_way_to: |app| html! { "und weiter zu " strong { (app) } },
    sign_in_with: |provider| format!("Anmelden mit {provider}"),

    sign_out: "Abmelden",
    sign_out_question: "Abmelden?",
    signed_out: "Sie sind abgemeldet",
    signed_out_text: "Dieser Browser hat hier keine Sitzung mehr.",
    sign_in_again: "Wieder anmelden",
    signed_in_as: |user| html! { "Sie sind angemeldet als " strong { (user) } "." },
    signed_out_here: |provider| {
        html! { "Sie sind hier abgemeldet. Als Nächstes endet Ihre Sitzung bei " strong { (provider) } "." }
    },
    sign_out_of: |provider| format!("Bei {provider} abmelden"),

    is_it_you: "Sind Sie es?",
    is_it_you_text: "Bitte weisen Sie sich noch einmal aus: Was Sie vorhaben, verlangt einen frischen Nachweis.",
    go_on: "Weiter",
    go_on_with: |provider| format!("Weiter mit {provider}"),
    wrong_password: "Das Passwort stimmt nicht.",
    no_proof: "Ihr Konto hat kein Passwort, und niemand sonst kann bestätigen, dass Sie es sind. Wer diese Seite betreibt, kann \
               helfen.",

    proof_too_old_text: "Ihr letzter Nachweis ist eine Weile her, daher wurde nicht ausgeführt, was Sie gesendet haben. Danach sind Sie \
                         wieder dort: Bitte senden Sie es noch einmal.",

    change_password: "Passwort ändern",
    current_password: "Bisheriges Passwort",
    wrong_current_password: "Das bisherige Passwort stimmt nicht.",
    new_password: "Neues Passwort",
    new_password_again: "Neues Passwort noch einmal",
    password_rule: |least| {
        format!(
            "Mindestens {least} Zeichen. Einige Wörter ohne Zusammenhang merkt man sich leicht, und sie sind schwer zu erraten."
        )
    },
    passwords_differ: "Die beiden neuen Passwörter sind verschieden.",
    password_too_long: "Dieses Passwort ist zu lang: Mehr als 1024 Oktette gehen nicht.",
    password_too_short: |least| {
        format!(
            "Bitte nehmen Sie mindestens {least} Zeichen. Einige Wörter ohne Zusammenhang ergeben ein gutes Passwort."
        )
    },
    password_too_easy: "Dieses Passwort ist zu leicht zu erraten: Es besteht aus häufigen Wörtern, Namen dieser Seite oder \
                        Mustern. Einige Wörter ohne Zusammenhang ergeben ein gutes.",
    other_sessions_end: "Alle Ihre anderen Sitzungen enden.",
    back_to_account: "Zurück zu Ihrem Konto",

    set_up: "Einrichten",
    set_up_text: "Sie richten diese Seite ein. Wählen Sie Namen und Passwort für das erste Konto, das sie verwaltet.",
    create_account: "Konto anlegen",
    bad_user_name: "Ein Benutzername hat 1 bis 64 Zeichen: Buchstaben ohne Akzente und Umlaute, Ziffern und . _ @ + -, und er \
                    beginnt mit einem Buchstaben oder einer Ziffer.",
    dead_link: "Dieser Link gilt nicht mehr",
    dead_link_text: "Ein Link zum Einrichten gilt einmal, und 15 Minuten lang.",
    dead_link_hint: "Wenn hier noch niemand ein Konto hat, starten Sie cloakroom noch einmal: Es gibt einen neuen Link aus.",
    password_of: |user| html! { "Für das Konto " strong { (user) } "." },
    set_password: "Ihr Passwort setzen",
    set_password_text: "Wählen Sie ein Passwort, das niemand sonst kennt. Danach gilt dieser Link nicht mehr, und wer als Sie angemeldet \
                        ist, wird abgemeldet.",
    dead_reset_link_text: "Ein Link zum Setzen eines Passworts gilt einmal und nicht lange. Wer ihn Ihnen gegeben hat, kann einen neuen \
                           machen.",
    to_sign_in: "Zur Anmeldung",

    your_account: "Ihr Konto",
    sessions: "Wo Sie angemeldet sind",
    sessions_text: "Jede Sitzung ist ein Browser, der als Sie angemeldet ist. Beenden Sie, was Sie nicht kennen, und ändern Sie \
                    dann Ihr Passwort.",
    this_session: "Diese Sitzung",
    signed_in_at: "Angemeldet",
    last_seen: "Zuletzt gesehen",
    address: "Von",
    end_session: "Sitzung beenden",
    end_others: "Alle anderen Sitzungen beenden",
    session_ended: "Die Sitzung ist beendet.",
    others_ended: "Alle Ihre anderen Sitzungen sind beendet.",
    password_changed: "Ihr Passwort ist geändert, und alle Ihre anderen Sitzungen sind beendet.",
    unknown_browser: "Unbekannter Browser",
    browser_on: |browser, system| format!("{browser} auf {system}"),
    end_session_of: |agent| format!("Sitzung beenden: {agent}"),

    account_events: "Was geschehen ist",
    account_events_text: "Das Neueste zu Ihrem Konto. Waren Sie etwas davon nicht, ändern Sie Ihr Passwort und beenden Sie die Sitzungen \
                          oben.",
    all_account_events: "Alles, was geschehen ist",
    no_events: "Es ist nichts aufgezeichnet.",
    events_by: "Durch",
    events_with: "Mit",
    events_app: "Bei",
    by_administrator: "wer diese Seite betreibt",
    by_a_service: "einen Dienst",
    by_the_provider: "Ihren Anbieter",
    older: "Ältere",
    newest: "Neueste",

    by_password: "mit Passwort",
    by_passkey: "mit Passkey",
    by_two_factors: "mit Passwort und zweitem Faktor",
    by_provider: "über ein anderes System",
    by_named_provider: |provider| format!("über {provider}"),
    by_link: "mit einem Link oder Code, der Ihnen geschickt wurde",
    by_memory: "als gemerkter Browser",
    by_code: "mit Einmalcode",
    by_recovery_code: "mit Wiederherstellungscode",

    not_allowed: "Nicht erlaubt",
    not_allowed_text: |user, app| {
        html! {
            "Sie sind angemeldet als " strong { (user) } ", und dieser Teil von " strong { (app) } " steht Ihnen nicht offen."
        }
    },
    not_allowed_hint: "Wer diese Seite betreibt, kann Sie in eine Gruppe aufnehmen, die hierher darf.",
    needed: "Dafür müssen Sie zu einer davon gehören:",
    sign_in_as_other: "Als jemand anderes anmelden",

    not_found: "Nicht gefunden",
    not_found_text: "An dieser Adresse ist nichts.",
    not_possible: "Das geht hier nicht",
    not_possible_text: "Diese Adresse nimmt eine solche Anfrage nicht an.",
    refused: "Abgelehnt",
    refused_text: "Diese Anfrage kam nicht von einer Seite dieses Dienstes, oder die Seite war zu alt. Bitte gehen Sie zurück, \
                   laden Sie die Seite neu und versuchen Sie es noch einmal.",
    not_understood: "Nicht verstanden",
    not_understood_text: "Das Formular war nicht zu lesen. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
    no_answer: "Die Anwendung antwortet nicht",
    no_answer_text: "Sie sind angemeldet, aber die Anwendung hinter dieser Seite antwortet nicht.",
    late_answer_text: "Die Anwendung hinter dieser Seite hat zu lange gebraucht. Was Sie gesendet haben, kann trotzdem angekommen sein.",
    too_slow: "Zu langsam",
    too_slow_text: "Die Anfrage kam nicht rechtzeitig an. Bitte versuchen Sie es noch einmal.",
    unavailable: "Einen Moment",
    unavailable_text: "Die Seite ist überlastet oder erreicht ihre Datenbank nicht. Bitte versuchen Sie es in ein paar Sekunden \
                       noch einmal.",
    broken: "Etwas ist schiefgegangen",
    broken_text: "Die Seite konnte nicht antworten. Bitte versuchen Sie es später noch einmal.",
    to_start: "Zur Startseite",

    start_again: "Bitte melden Sie sich noch einmal an",
    start_again_text: "Diese Anmeldung hat länger als zehn Minuten gedauert, wurde schon benutzt oder in einem anderen Browser \
                       begonnen.",
    denied: "Nicht angemeldet",
    denied_text: "Die Anmeldung wurde abgebrochen. Sie können es noch einmal versuchen.",
    no_account: "Hier kein Konto",
    no_account_text: "Sie haben sich ausgewiesen, aber hier gibt es kein Konto für Sie. Bitte fragen Sie danach, wer diese Seite \
                      betreibt, und nennen Sie dabei die Nummer unten.",
    disabled: "Konto gesperrt",
    disabled_text: "Ihr Konto ist hier gesperrt. Wer diese Seite betreibt, kann es wieder freigeben.",
    somebody_else: "Jemand anderes",
    somebody_else_text: "Sie sind hier als jemand anderes angemeldet als dort. Bitte melden Sie sich zuerst hier ab, oder wählen \
                         Sie dort das andere Konto.",
    not_in_order: "Die Anmeldung klappt nicht",
    not_in_order_text: "Was zurückkam, war nicht in Ordnung, oder es kam gar nichts. Bitte versuchen Sie es in einer Minute noch \
                        einmal. Geschieht es wieder, sagen Sie es dem Betreiber der Seite und nennen Sie die Nummer unten.",

    time: TimeWords {
        just_now: "gerade eben",
        minutes_ago: |count| ago(count, "Minute", "Minuten"),
        hours_ago: |count| ago(count, "Stunde", "Stunden"),
        days_ago: |count| ago(count, "Tag", "Tagen"),
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        exactly: |day, month, year, time| format!("{day}. {month} {year}, {time} UTC"),
    },
    events: events::GERMAN,
};

/// With the dative that `vor` asks for.
fn ago(count: u64, one: &str, many: &str) -> String {
    format!("vor {count} {}", if count == 1 { one } else { many })
}
