//! How somebody signed in, in words.

use cloakroom::Method;

use crate::pages::Words;

/// How a session was signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignedInBy {
    /// By something here.
    Method(Method),
    /// By a provider of this title.
    Provider(String),
}

impl SignedInBy {
    /// The method of this name; `None` for those of which there is nothing to be said.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let all = [
            Method::Password,
            Method::Passkey,
            Method::PasswordAndSecondFactor,
            Method::Federated,
            Method::OneTimeLink,
            Method::Remembered,
            Method::OneTimeCode,
            Method::RecoveryCode,
        ];
        all.into_iter().find(|method| method.as_str() == word).map(Self::Method)
    }

    /// In words, to follow the time or the event.
    pub(super) fn said(&self, words: &Words) -> String {
        let method = match self {
            Self::Provider(title) => return (words.by_named_provider)(title),
            Self::Method(method) => method,
        };
        let said = match method {
            Method::Password => words.by_password,
            Method::Passkey => words.by_passkey,
            Method::PasswordAndSecondFactor => words.by_two_factors,
            Method::OneTimeLink => words.by_link,
            Method::Remembered => words.by_memory,
            Method::OneTimeCode => words.by_code,
            Method::RecoveryCode => words.by_recovery_code,
            // Whatever else there may be one day was proved elsewhere too.
            _ => words.by_provider,
        };
        said.to_owned()
    }
}
