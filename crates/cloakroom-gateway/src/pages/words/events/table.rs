//! What a language says of events.

use crate::events::EventKind;

/// What a language says of events.
#[derive(Debug)]
pub(crate) struct EventWords {
    /// What happened, of the account of whoever reads or of somebody else's.
    pub(crate) kind: fn(EventKind) -> &'static str,
    /// Why, for the words that people can make something of; `None` for those that only programs know.
    pub(crate) reason: fn(&str) -> Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::events::EventKind;
    use crate::pages::Language;

    #[test]
    fn every_kind_has_a_text_of_its_own_in_every_language() {
        for language in Language::ALL {
            let said = language.words().events.kind;
            let texts: HashSet<&str> = EventKind::ALL.iter().map(|kind| said(*kind)).collect();
            assert_eq!(texts.len(), EventKind::ALL.len(), "{language:?}");
            assert!(
                texts.iter().all(|text| !text.is_empty() && text.trim() == *text && !text.ends_with('.'))
            );
        }
        let [english, german] = Language::ALL.map(|language| language.words().events.kind);
        assert!(EventKind::ALL.iter().all(|kind| english(*kind) != german(*kind)));
    }

    #[test]
    fn a_reason_is_told_in_every_language_or_in_none() {
        let [english, german] = Language::ALL.map(|language| language.words().events.reason);
        for reason in ["wrong_password", "idle", "absolute", "signed_out_others", "reset", "no_such_reason"] {
            assert_eq!(english(reason).is_some(), german(reason).is_some(), "{reason}");
            assert_eq!(english(reason).is_some(), reason != "no_such_reason", "{reason}");
        }
    }
}
