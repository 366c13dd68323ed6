//! Why a sign-in or sign-out by a provider is refused.

use thiserror::Error;

use crate::oidc::http::HttpError;

/// What is wrong with something that a provider has signed or sent. Never shows any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Flaw {
    /// It is too long, or not in three parts of base64url.
    #[error("is not a signed token")]
    NotAToken,
    /// It is no JSON object, or has a name twice.
    #[error("is not one JSON object")]
    NotAnObject,
    /// A member is missing.
    #[error("has no {0}")]
    Missing(&'static str),
    /// A member is of another type or out of bounds.
    #[error("has another {0} than is allowed")]
    Wrong(&'static str),
    /// Its algorithm is none that is allowed.
    #[error("is signed by an algorithm that is not allowed")]
    Algorithm,
    /// It demands an extension.
    #[error("demands an extension")]
    Critical,
    /// No key of the provider has its key's name.
    #[error("is signed by a key that the provider does not publish")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("has a wrong signature")]
    Signature,
    /// Somebody else made it.
    #[error("is from another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("is for another audience")]
    Audience,
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// It is from the future.
    #[error("is from the future")]
    NotYet,
    /// It answers another request.
    #[error("has another nonce")]
    Nonce,
    /// The access token beside it is another's.
    #[error("belongs to another access token")]
    AccessToken,
    /// It is about another user.
    #[error("is about another user")]
    Subject,
    /// The proof of who the user is was made before it was asked for.
    #[error("tells of a proof that is too old")]
    OldProof,
}

/// Why somebody is not signed in or out by a provider.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    /// The browser brings back something that it did not begin, or began too long ago.
    #[error("this browser began no such sign-in in the last ten minutes")]
    Flow,
    /// It was brought back before.
    #[error("the answer has been used before")]
    Used,
    /// It came from another provider than it was asked of.
    #[error("another provider answered")]
    MixedUp,
    /// The provider itself refuses.
    #[error("the provider refuses: {0}")]
    ByProvider(ErrorCode),
    /// The provider gave no answer that can be used.
    #[error("{what}: {source}")]
    Http {
        /// What was asked for.
        what: &'static str,
        /// What happened.
        source: HttpError,
    },
    /// What the provider says is not as it has to be.
    #[error("the {what} {flaw}")]
    Flaw {
        /// Which part of it.
        what: &'static str,
        /// What is wrong.
        flaw: Flaw,
    },
    /// Nobody here is linked to the user, and newcomers are turned away.
    #[error("nobody here is linked to the subject {subject:?}")]
    Unknown {
        /// Whom the provider vouches for.
        subject: String,
    },
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The provider vouches for somebody else than is signed in.
    #[error("the provider vouches for another user than is signed in")]
    SomebodyElse,
    /// The provider ended the session while it was being begun.
    #[error("the provider has ended the session meanwhile")]
    Ended,
}

/// The code of an error of OAuth, such as `access_denied`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub(crate) struct ErrorCode(String);

impl ErrorCode {
    /// Takes a code; whatever is no short word of ASCII is not repeated.
    pub(super) fn new(text: &str) -> Self {
        let is_code = (1..=64).contains(&text.len())
            && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_' || octet == b'-');
        Self(if is_code { text.to_owned() } else { "an unreadable error".to_owned() })
    }

    /// Whether the user themselves said no.
    pub(crate) fn is_denial(&self) -> bool {
        self.0 == "access_denied"
    }
}

impl Refused {
    /// Why, in a word that is always the same.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Flow => "no_such_flow",
            Self::Used => "answer_used",
            Self::MixedUp => "another_provider",
            Self::ByProvider(_) => "refused_by_provider",
            Self::Http { .. } | Self::Flaw { .. } => "provider_not_in_order",
            Self::Unknown { .. } => "not_linked",
            Self::Disabled => "disabled",
            Self::SomebodyElse => "somebody_else",
            Self::Ended => "ended_by_provider",
        }
    }

    pub(super) fn flaw(what: &'static str) -> impl Fn(Flaw) -> Self {
        move |flaw| Self::Flaw { what, flaw }
    }

    pub(super) fn http(what: &'static str) -> impl Fn(HttpError) -> Self {
        move |source| Self::Http { what, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_stranger_cannot_write_lines_into_a_log() {
        assert_eq!(ErrorCode::new("access_denied").to_string(), "access_denied");
        assert_eq!(ErrorCode::new("a\nb").to_string(), "an unreadable error");
        assert_eq!(ErrorCode::new("").to_string(), "an unreadable error");
    }
}
