//! English.

use maud::html;

use super::Words;
use super::events;
use super::time::TimeWords;

/// What the pages say in English.
pub(super) static ENGLISH: Words = Words {
    help: "Help",
    request: "Request",
    show_password: "Show password",
    or: "or",

    sign_in: "Sign in",
    user_name: "User name",
    password: "Password",
    wrong_credentials: "The user name or the password is not right.",
    too_many: "There were too many tries from where you are. Please wait a minute and try again.",
    not_checked: "Your password cannot be checked right now, which says nothing about whether it is right. Please try again in a moment.",
    account_ready: "Your account is ready. Please sign in.",
    not_sent: "You were signed out, so what you sent was not taken. Please sign in and send it again.",
    remember: |days| match days {
        1 => "Remember this browser for a day".to_owned(),
        days => format!("Remember this browser for {days} days"),
    },
    on_the_way_to: |app| html! { "to go on to " strong { (app) } },
    sign_in_with: |provider| format!("Sign in with {provider}"),

    sign_out: "Sign out",
    sign_out_question: "Sign out?",
    signed_out: "You are signed out",
    signed_out_text: "This browser has no session here any more.",
    sign_in_again: "Sign in again",
    signed_in_as: |user| html! { "You are signed in as " strong { (user) } "." },
    signed_out_here: |provider| {
        html! { "You are signed out here. Your session with " strong { (provider) } " is ended next." }
    },
    sign_out_of: |provider| format!("Sign out of {provider}"),

    is_it_you: "Is it you?",
    is_it_you_text: "Please prove again that it is you: what you are about to do needs a recent proof.",
    go_on: "Go on",
    go_on_with: |provider| format!("Go on with {provider}"),
    wrong_password: "The password is not right.",
    no_proof: "Your account has no password, and nobody else can say that it is you. Whoever runs this site can help.",

    proof_too_old_text: "It has been a while since you proved who you are, so what you sent was not taken. Afterwards you are back where \
                         you were: please send it again.",

    change_password: "Change password",
    current_password: "Current password",
    wrong_current_password: "The current password is not right.",
    new_password: "New password",
    new_password_again: "New password again",
    password_rule: |least| {
        format!("At least {least} characters. A few unrelated words are easy to remember and hard to guess.")
    },
    passwords_differ: "The two new passwords differ.",
    password_too_long: "This password is too long: 1024 octets are the most.",
    password_too_short: |least| {
        format!("Please use at least {least} characters. A few unrelated words make a good password.")
    },
    password_too_easy: "This password is too easy to guess: it is made of common words, names of this site or patterns. A few \
                        unrelated words make a good one.",
    other_sessions_end: "All your other sessions end.",
    back_to_account: "Back to your account",

    set_up: "Set up",
    set_up_text: "You are setting up this site. Choose the name and password of its first administrator.",
    create_account: "Create the account",
    bad_user_name: "A user name has 1 to 64 characters: letters without accents, digits and . _ @ + -, and begins with a letter \
                    or digit.",
    dead_link: "This link does not work any more",
    dead_link_text: "A set-up link works once, and for 15 minutes.",
    dead_link_hint: "If nobody has an account here yet, start cloakroom again: it prints a new link.",
    password_of: |user| html! { "For the account " strong { (user) } "." },
    set_password: "Set your password",
    set_password_text: "Choose a password that nobody else knows. Afterwards this link works no more, and whoever is signed in as you is \
                        signed out.",
    dead_reset_link_text: "A link to set a password works once, and not for long. Whoever gave it to you can make another.",
    to_sign_in: "To the sign-in page",

    your_account: "Your account",
    sessions: "Where you are signed in",
    sessions_text: "Each is a browser that is signed in as you. End whatever you do not know, and then change your password.",
    this_session: "This session",
    signed_in_at: "Signed in",
    last_seen: "Last seen",
    address: "From",
    end_session: "End session",
    end_others: "End all other sessions",
    session_ended: "The session is ended.",
    others_ended: "All your other sessions are ended.",
    password_changed: "Your password is changed, and all your other sessions are ended.",
    unknown_browser: "Unknown browser",
    browser_on: |browser, system| format!("{browser} on {system}"),
    end_session_of: |agent| format!("End session of {agent}"),

    account_events: "What has happened",
    account_events_text: "The latest of your account. If something there was not you, change your password and end the sessions above.",
    all_account_events: "Everything that has happened",
    no_events: "Nothing has been written down.",
    events_by: "By",
    events_with: "With",
    events_app: "At",
    by_administrator: "whoever runs this site",
    by_a_service: "a service",
    by_the_provider: "your provider",
    older: "Older",
    newest: "Newest",

    by_password: "by password",
    by_passkey: "by passkey",
    by_two_factors: "by password and a second factor",
    by_provider: "by another system",
    by_named_provider: |provider| format!("by {provider}"),
    by_link: "by a link or code that was sent to you",
    by_memory: "as a browser that was remembered",
    by_code: "by one-time code",
    by_recovery_code: "by recovery code",

    not_allowed: "Not allowed",
    not_allowed_text: |user, app| {
        html! { "You are signed in as " strong { (user) } ", and this part of " strong { (app) } " is not open to you." }
    },
    not_allowed_hint: "Whoever runs this site can put you into a group that may come here.",
    needed: "It takes being in one of these:",
    sign_in_as_other: "Sign in as somebody else",

    not_found: "Not found",
    not_found_text: "There is nothing at this address.",
    not_possible: "Not possible here",
    not_possible_text: "This address does not take such a request.",
    refused: "Refused",
    refused_text: "This request did not come from a page of this site, or that page was too old. Please go back, reload the page \
                   and try again.",
    not_understood: "Not understood",
    not_understood_text: "The form could not be read. Please go back and try again.",
    no_answer: "The application does not answer",
    no_answer_text: "You are signed in, but the application behind this page does not answer.",
    late_answer_text: "The application behind this page took too long. What you sent may have arrived all the same.",
    too_slow: "Too slow",
    too_slow_text: "The request did not arrive in time. Please try again.",
    unavailable: "Just a moment",
    unavailable_text: "The site is too busy or cannot reach its database. Please try again in a few seconds.",
    broken: "Something went wrong",
    broken_text: "The site could not answer. Please try again later.",
    to_start: "To the start page",

    start_again: "Please sign in again",
    start_again_text: "This sign-in took longer than ten minutes, has been used already, or was begun in another browser.",
    denied: "Not signed in",
    denied_text: "The sign-in was stopped before it was done. You can try again.",
    no_account: "No account here",
    no_account_text: "You have proved who you are, but there is no account for you here. Please ask whoever runs this site for \
                      one, and quote the number below.",
    disabled: "Account disabled",
    disabled_text: "Your account here is disabled. Whoever runs this site can enable it again.",
    somebody_else: "Somebody else",
    somebody_else_text: "You are signed in here as one user and there as another. Please sign out here first, or choose the other \
                         account there.",
    not_in_order: "The sign-in does not work",
    not_in_order_text: "What came back was not in order, or nothing came back at all. Please try again in a minute. If it happens \
                        again, tell whoever runs this site, and quote the number below.",

    time: TimeWords {
        just_now: "just now",
        minutes_ago: |count| ago(count, "minute"),
        hours_ago: |count| ago(count, "hour"),
        days_ago: |count| ago(count, "day"),
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        exactly: |day, month, year, time| format!("{day} {month} {year}, {time} UTC"),
    },
    events: events::ENGLISH,
};

fn ago(count: u64, unit: &str) -> String {
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
