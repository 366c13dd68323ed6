//! What can happen.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How much an event asks for somebody's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The ordinary course of things.
    Info,
    /// Somebody has changed something of weight.
    Notice,
    /// Something was refused, or did not go as it should.
    Warning,
    /// A sign of theft, or of a trail that is not whole.
    Alarm,
}

impl Severity {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Alarm => "alarm",
        }
    }

    /// The severity of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Info, Self::Notice, Self::Warning, Self::Alarm]
            .into_iter()
            .find(|known| known.as_str() == word)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no kind of this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no kind of event {0:?}; docs/events-and-metrics.md has a table of them")]
pub struct UnknownEventKind(String);

/// The kinds: variant, name, severity, and what happened. A mark says that strangers can cause it at will.
macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $variant:ident $name:literal $severity:ident $(by $strangers:ident)?;)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind { $($(#[doc = $about])+ $variant,)+ }

        impl EventKind {
            /// All that there are, in the order in which the manual explains them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, in the database, in logs and to programs. It is never changed.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How much it asks for attention.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// What happened, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($about),+),)+ }
            }

            /// Whether people without an account can cause it as often as they like.
            pub(super) const fn is_by_strangers(self) -> bool {
                match self { $(Self::$variant => false $(|| kinds!(@ $strangers))?,)+ }
            }
        }
    };
    (@ strangers) => { true };
}

kinds! {
    /// A user signed in; the reason is the method.
    SignedIn "signed_in" Info;
    /// Somebody tried to sign in and did not succeed; the reason says why, the subject whose account it was about.
    SignInFailed "sign_in_failed" Warning by strangers;
    /// A password was not looked at, since there had been too many wrong ones.
    Throttled "throttled" Warning by strangers;
    /// A user signed out.
    SignedOut "signed_out" Info;
    /// A session was ended by somebody else than its own sign-out, or by time; the reason says why.
    SessionEnded "session_ended" Notice;
    /// An application's origin took a session over.
    HandedOver "handed_over" Info;
    /// A user proved again who they are; the reason is the method.
    Reauthenticated "reauthenticated" Info;
    /// Such a proof was wrong.
    ReauthenticationFailed "reauthentication_failed" Warning;
    /// A browser is remembered beyond its session.
    Remembered "remembered" Info;
    /// A browser that was remembered got a session by no proof.
    Restored "restored" Info;
    /// What a session may do has changed.
    PrivilegesChanged "privileges_changed" Notice;
    /// A user got an account.
    UserAdded "user_added" Notice;
    /// A user got an account, with a hash of another program.
    UserImported "user_imported" Notice;
    /// What applications are told of a user was changed; the detail names the fields.
    UserEdited "user_edited" Notice;
    /// A user came into groups or left some; the detail says which.
    GroupsChanged "groups_changed" Notice;
    /// An account was disabled.
    UserDisabled "user_disabled" Notice;
    /// An account was enabled again.
    UserEnabled "user_enabled" Notice;
    /// What a user may do here was changed; the detail says from what to what.
    RoleChanged "role_changed" Notice;
    /// A one-time link was made by which a user sets a password.
    ResetLinkIssued "reset_link_issued" Notice;
    /// A password was changed by its user, set by somebody else, or set by a one-time link: the reason is `changed`, `reset` or `link`.
    PasswordChanged "password_changed" Notice;
    /// All sessions of a user were ended; the detail says how many.
    UserRevoked "user_revoked" Notice;
    /// All sessions of everybody were ended; the detail says how many.
    EveryoneRevoked "everyone_revoked" Warning;
    /// All sessions that were like this were ended; the detail says how many, why and which.
    SessionsEnded "sessions_ended" Notice;
    /// A user was linked to somebody at a provider.
    ProviderLinked "provider_linked" Notice;
    /// Such a link was taken away.
    ProviderUnlinked "provider_unlinked" Notice;
    /// A provider ended sessions; the detail says how many.
    ProviderSignedOut "provider_signed_out" Notice;
    /// A provider's wish to end sessions, or what passed itself off as one, was refused.
    ProviderSignOutRefused "provider_sign_out_refused" Warning by strangers;
    /// The first administrator was made by a set-up link.
    SetUp "set_up" Notice;
    /// A set-up link was printed.
    SetUpLinkIssued "set_up_link_issued" Notice;
    /// An API key was made; the detail says what it may do.
    ApiKeyCreated "api_key_created" Notice;
    /// An API key was revoked.
    ApiKeyRevoked "api_key_revoked" Notice;
    /// An API key was used for the first time.
    ApiKeyFirstUsed "api_key_first_used" Notice;
    /// An API key, or what passed itself off as one, opened nothing; the reason says why.
    ApiKeyRefused "api_key_refused" Warning by strangers;
    /// All keys that sign JWTs were retired.
    KeysRotated "keys_rotated" Notice;
    /// A token was used long after it had been replaced: a sign of theft.
    TokenReused "token_reused" Alarm;
    /// A request carried two different live tokens, and neither was believed.
    TokensAmbiguous "tokens_ambiguous" Alarm;
    /// A session moved to another address or browser.
    SessionMoved "session_moved" Warning;
    /// What the store held of a session could not be read, and the session was ended.
    SessionUnreadable "session_unreadable" Warning;
    /// An unsafe request that another site had caused was refused.
    CrossOriginRefused "cross_origin_refused" Warning by strangers;
    /// A proxy that is not among `trusted_proxies` asked whether a request may pass.
    UntrustedProxy "untrusted_proxy" Warning by strangers;
    /// A trusted proxy asked what cannot be answered, such as about an origin that is no application's.
    BadQuestion "bad_question" Warning by strangers;
    /// A sign-in was to lead on to an address that is none of ours.
    ReturnRefused "return_refused" Warning by strangers;
    /// A gateway has started.
    GatewayStarted "gateway_started" Info;
    /// A gateway has been told to end. One that was killed leaves none.
    GatewayEnded "gateway_ended" Info;
    /// More events came than the database took: the detail says how many are in the log alone.
    EventsLost "events_lost" Alarm;
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventKind {
    type Err = UnknownEventKind;

    fn from_str(text: &str) -> Result<Self, UnknownEventKind> {
        let found = Self::ALL.iter().copied().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownEventKind(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANUAL: &str = include_str!("../../../../docs/events-and-metrics.md");

    #[test]
    fn every_kind_is_found_by_its_name_and_fits_into_its_column() {
        for kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert!(
                kind.as_str().len() <= 40
                    && kind.as_str().bytes().all(|c| c.is_ascii_lowercase() || c == b'_')
            );
        }
        assert!("signed_up".parse::<EventKind>().is_err());
    }

    #[test]
    fn the_manual_has_every_kind_and_no_other() {
        let rows: Vec<&str> = MANUAL.lines().filter(|line| is_row(line)).collect();
        let right = |kind: &EventKind| {
            let mark = if kind.is_by_strangers() { "yes" } else { "" };
            format!("| `{kind}` | {} | {} | {mark} |", kind.severity(), kind.about().trim())
        };
        let right: Vec<String> = EventKind::ALL.iter().map(right).collect();
        assert_eq!(rows, right, "the rows that docs/events-and-metrics.md is to have:\n{}", right.join("\n"));
    }

    /// A row whose second column is a severity.
    fn is_row(line: &str) -> bool {
        line.starts_with("| `")
            && line.split(" | ").nth(1).is_some_and(|word| Severity::from_word(word).is_some())
    }
}
