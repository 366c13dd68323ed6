//! English.

use super::EventWords;
use crate::events::EventKind;

/// What happened, in English.
pub(in crate::pages::words) const ENGLISH: EventWords = EventWords { kind, reason };

const fn kind(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::SignedIn => "Signed in",
        K::SignInFailed => "Sign-in failed",
        K::Throttled => "Sign-in held back after too many tries",
        K::SignedOut => "Signed out",
        K::SessionEnded => "Session ended",
        K::HandedOver => "Application opened",
        K::Reauthenticated => "Identity proved again",
        K::ReauthenticationFailed => "Proof of identity failed",
        K::Remembered => "Browser remembered",
        K::Restored => "Remembered browser came back",
        K::PrivilegesChanged => "Rights of a session changed",
        K::UserAdded => "Account made",
        K::UserImported => "Account taken over from another system",
        K::UserEdited => "Profile changed",
        K::GroupsChanged => "Groups changed",
        K::UserDisabled => "Account disabled",
        K::UserEnabled => "Account enabled again",
        K::RoleChanged => "Role changed",
        K::ResetLinkIssued => "Link for a new password made",
        K::PasswordChanged => "Password changed",
        K::UserRevoked => "All sessions of the account ended",
        K::EveryoneRevoked => "Everybody’s sessions ended",
        K::SessionsEnded => "All sessions that were like this ended",
        K::ProviderLinked => "Linked to a provider",
        K::ProviderUnlinked => "Link to a provider removed",
        K::ProviderSignedOut => "Signed out by a provider",
        K::ProviderSignOutRefused => "Sign-out by a provider refused",
        K::SetUp => "First administrator set up",
        K::SetUpLinkIssued => "Set-up link printed",
        K::ApiKeyCreated => "API key made",
        K::ApiKeyRevoked => "API key revoked",
        K::ApiKeyFirstUsed => "API key used for the first time",
        K::ApiKeyRefused => "API key refused",
        K::KeysRotated => "Signing keys rotated",
        K::TokenReused => "Old token used, a sign of theft",
        K::TokensAmbiguous => "Two tokens in one request",
        K::SessionMoved => "Session moved",
        K::SessionUnreadable => "Session could not be read",
        K::CrossOriginRefused => "Request of another site refused",
        K::UntrustedProxy => "Unknown proxy refused",
        K::BadQuestion => "Question of a proxy refused",
        K::ReturnRefused => "Way to a foreign address refused",
        K::GatewayStarted => "Gateway started",
        K::GatewayEnded => "Gateway ended",
        K::EventsLost => "Events lost",
    }
}

fn reason(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "wrong_password" => "wrong password",
        "unknown_name" => "unknown name",
        "disabled" => "account disabled",
        "idle" => "not used for too long",
        "absolute" => "lasted as long as a session may",
        "revoked" => "ended by hand",
        "signed_out_others" => "with all other sessions",
        "subject_revoked" => "with all sessions of the account",
        "reused" => "an old token was used",
        "moved" => "it had moved",
        "evicted" => "there were too many sessions",
        "changed" => "by its owner",
        "reset" => "set anew",
        "link" => "by a one-time link",
        "vouched_for" => "on a provider’s word",
        "repeated" => "many more of the kind",
        "no_account" => "nobody has an account for it",
        "refused_by_provider" => "refused by the provider",
        "not_linked" => "linked to no account",
        "somebody_else" => "somebody else’s identity",
        _ => return None,
    })
}
