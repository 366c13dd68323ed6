//! Every text of the pages, by name.

use maud::Markup;

use super::events::EventWords;
use super::time::TimeWords;
use crate::accounts::password::PasswordRefusal;
use crate::web::UserAgent;

macro_rules! words {
    (plain { $($plain:ident,)* } made { $($(#[$doc:meta])* $made:ident: $kind:ty,)* }) => {
        /// What the pages say in one language. A name says what a text is for; the languages' files say it.
        #[derive(Debug)]
        pub(crate) struct Words {
            $(pub(crate) $plain: &'static str,)*
            $($(#[$doc])* pub(crate) $made: $kind,)*
            /// Points in time.
            pub(crate) time: TimeWords,
            /// What happened.
            pub(crate) events: EventWords,
        }

        #[cfg(test)]
        impl Words {
            /// The texts that take nothing, by their names.
            fn plain(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($plain), self.$plain),)*]
            }
        }
    };
}

words! {
    plain {
        // Every page.
        help,
        request,
        show_password,
        or,
        // Signing in.
        sign_in,
        user_name,
        password,
        wrong_credentials,
        too_many,
        not_checked,
        account_ready,
        not_sent,
        // Signing out.
        sign_out,
        sign_out_question,
        signed_out,
        signed_out_text,
        sign_in_again,
        // Proving again who one is.
        is_it_you,
        is_it_you_text,
        go_on,
        wrong_password,
        no_proof,
        proof_too_old_text,
        // The password.
        change_password,
        current_password,
        wrong_current_password,
        new_password,
        new_password_again,
        passwords_differ,
        password_too_long,
        password_too_easy,
        other_sessions_end,
        back_to_account,
        // The first administrator.
        set_up,
        set_up_text,
        create_account,
        bad_user_name,
        dead_link,
        dead_link_text,
        dead_link_hint,
        set_password,
        set_password_text,
        dead_reset_link_text,
        to_sign_in,
        // The account.
        your_account,
        sessions,
        sessions_text,
        this_session,
        signed_in_at,
        last_seen,
        address,
        end_session,
        end_others,
        session_ended,
        others_ended,
        password_changed,
        unknown_browser,
        // What has happened to the account.
        account_events,
        account_events_text,
        all_account_events,
        no_events,
        events_by,
        events_with,
        events_app,
        by_administrator,
        by_a_service,
        by_the_provider,
        older,
        newest,
        // How a session was signed in.
        by_password,
        by_passkey,
        by_two_factors,
        by_provider,
        by_link,
        by_memory,
        by_code,
        by_recovery_code,
        // Not allowed.
        not_allowed,
        not_allowed_hint,
        needed,
        sign_in_as_other,
        // Requests that cannot be answered as asked.
        not_found,
        not_found_text,
        not_possible,
        not_possible_text,
        refused,
        refused_text,
        not_understood,
        not_understood_text,
        no_answer,
        no_answer_text,
        late_answer_text,
        too_slow,
        too_slow_text,
        unavailable,
        unavailable_text,
        broken,
        broken_text,
        to_start,
        // Signing in by a provider.
        start_again,
        start_again_text,
        denied,
        denied_text,
        no_account,
        no_account_text,
        disabled,
        disabled_text,
        somebody_else,
        somebody_else_text,
        not_in_order,
        not_in_order_text,
    }
    made {
        /// What follows a sign-in: the name of an application.
        /// The box that asks to be remembered for so many days.
        remember: fn(u16) -> String,
        on_the_way_to: fn(&str) -> Markup,
        /// A provider's name.
        sign_in_with: fn(&str) -> String,
        /// A provider's name.
        go_on_with: fn(&str) -> String,
        /// A provider's name.
        sign_out_of: fn(&str) -> String,
        /// A provider's name.
        signed_out_here: fn(&str) -> Markup,
        /// A user's name.
        password_of: fn(&str) -> Markup,
        /// A user's name.
        signed_in_as: fn(&str) -> Markup,
        /// The fewest characters.
        password_rule: fn(usize) -> String,
        /// The fewest characters.
        password_too_short: fn(usize) -> String,
        /// A browser and a system.
        browser_on: fn(&str, &str) -> String,
        /// A browser, perhaps with its system.
        end_session_of: fn(&str) -> String,
        /// A provider's name.
        by_named_provider: fn(&str) -> String,
        /// A user and an application.
        not_allowed_text: fn(&str, &str) -> Markup,
    }
}

impl Words {
    /// Browser and system.
    pub(crate) fn named(&self, agent: UserAgent) -> String {
        let browser = agent.browser().unwrap_or(self.unknown_browser);
        agent.system().map_or_else(|| browser.to_owned(), |system| (self.browser_on)(browser, system))
    }

    /// Why a new password is not taken.
    pub(crate) fn password_refused(&self, refusal: PasswordRefusal) -> String {
        match refusal {
            PasswordRefusal::TooShort { length_min } => (self.password_too_short)(length_min),
            PasswordRefusal::Common => self.password_too_easy.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Language;

    /// Words that are the same in both.
    const SHARED: [&str; 0] = [];

    #[test]
    fn every_text_is_translated() {
        let (english, german) = (Language::English.words().plain(), Language::German.words().plain());
        for ((name, english), (_, german)) in english.into_iter().zip(german) {
            assert!(!english.is_empty() && !german.is_empty(), "{name}");
            assert_eq!(english == german, SHARED.contains(&name), "{name}: {english}");
        }
    }

    #[test]
    fn a_sentence_ends_as_one_in_every_language() {
        for language in Language::ALL {
            for (name, text) in language.words().plain() {
                let is_sentence = text.contains(". ") || name.ends_with("_text") || name.ends_with("_hint");
                assert!(!is_sentence || text.ends_with('.'), "{name}: {text}");
                assert_eq!(text.trim(), text, "{name}");
                assert!(!text.contains("  "), "{name}: {text}");
            }
        }
    }

    #[test]
    fn no_two_names_stand_for_one_text() {
        for language in Language::ALL {
            let mut seen = HashSet::new();
            let twice: Vec<_> =
                language.words().plain().into_iter().filter(|(_, text)| !seen.insert(*text)).collect();
            assert_eq!(twice, []);
        }
    }

    #[test]
    fn names_in_texts_are_escaped() {
        for language in Language::ALL {
            let words = language.words();
            for made in [
                (words.on_the_way_to)("<b>"),
                (words.signed_out_here)("<b>"),
                (words.password_of)("<b>"),
                (words.signed_in_as)("<b>"),
                (words.not_allowed_text)("<b>", "<b>"),
            ] {
                let text = made.into_string();
                assert!(text.contains("&lt;b&gt;") && !text.contains("<b>"), "{text}");
            }
        }
    }
}
