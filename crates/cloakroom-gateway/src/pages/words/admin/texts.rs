//! How a table of texts is written down, and what holds for each.

/// A type with a field for each text: `plain` texts take nothing, and `made` ones are functions.
macro_rules! texts {
    ($(#[$about:meta])* $name:ident plain { $($plain:ident,)* } made { $($(#[$doc:meta])* $made:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $(pub(crate) $plain: &'static str,)*
            $($(#[$doc])* pub(crate) $made: $kind,)*
        }

        #[cfg(test)]
        impl $name {
            /// The texts that take nothing, by their names.
            fn plain(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($plain), self.$plain),)*]
            }
        }
    };
}

pub(super) use texts;

/// Every text is translated, no two names stand for one, and sentences end as such.
///
/// `shared` are the names of the texts that are the same in both languages.
#[cfg(test)]
pub(super) fn check([english, german]: [Vec<(&str, &str)>; 2], shared: &[&str]) {
    for ((name, english), (_, german)) in english.iter().zip(&german) {
        assert!(!english.is_empty() && !german.is_empty(), "{name}");
        assert_eq!(english == german, shared.contains(name), "{name}: {english}");
    }
    for texts in [&english, &german] {
        for (place, (name, text)) in texts.iter().enumerate() {
            let is_sentence = text.contains(". ") || name.ends_with("_text") || name.ends_with("_hint");
            assert!(!is_sentence || text.ends_with('.'), "{name}: {text}");
            assert!(text.trim() == *text && !text.contains("  "), "{name}: {text}");
            assert!(
                texts[..place].iter().all(|(_, earlier)| earlier != text),
                "{name} says what another says"
            );
        }
    }
}
