//! All labels and their values.

use http::StatusCode;

use crate::metrics::series::{Label, labels};

labels! {
    /// What a request was for.
    RouteClass {
        /// A proxy's question.
        Verify "verify",
        /// The JSON API.
        Api "api",
        /// A page of ours, or what belongs to one.
        Page "page",
        /// An application behind the gateway.
        Application "application",
    }

    /// The first digit of a status.
    StatusClass {
        /// A protocol was switched to.
        Informational "1xx",
        /// It was done.
        Success "2xx",
        /// It goes on elsewhere.
        Redirection "3xx",
        /// It was refused.
        ClientError "4xx",
        /// It failed.
        ServerError "5xx",
    }

    /// Who asks whether a request may pass.
    Door {
        /// nginx.
        Nginx "nginx",
        /// Caddy.
        Caddy "caddy",
        /// Traefik.
        Traefik "traefik",
        /// `HAProxy`.
        Haproxy "haproxy",
        /// Envoy.
        Envoy "envoy",
        /// A service, by the JSON API.
        Api "api",
        /// The gateway itself, as a reverse proxy.
        Proxy "proxy",
    }

    /// What it was told.
    Decision {
        /// It may, with a user.
        Pass "pass",
        /// It may, without one.
        PassWithoutUser "pass_without_user",
        /// Somebody has to sign in first.
        SignIn "sign_in",
        /// The user has to prove again who they are.
        StepUp "step_up",
        /// The user may not.
        NotAllowed "not_allowed",
        /// Another site caused it.
        Forged "forged",
        /// The question cannot be answered, or not to whoever asks.
        Refused "refused",
        /// Sessions or accounts could not be read.
        Unavailable "unavailable",
    }

    /// What was done with a password.
    HashWork {
        /// It was checked.
        Check "check",
        /// Its hash was made.
        Make "make",
    }

    /// What a store was asked to do.
    StoreOperation {
        /// Find a session.
        Load "load",
        /// Begin one.
        Insert "insert",
        /// Write one.
        Replace "replace",
        /// Write down its activity.
        Touch "touch",
        /// End one.
        Revoke "revoke",
        /// Remove what has ended.
        Purge "purge",
        /// Count the revocations of a user.
        Fence "fence",
        /// Find the sessions of a user.
        List "list",
        /// Find some of everybody's.
        Page "page",
        /// End those of a user.
        RevokeSubject "revoke_subject",
        /// End everybody's.
        RevokeEveryone "revoke_everyone",
    }

    /// What became of it.
    Outcome {
        /// It was done, or found to be impossible.
        Done "done",
        /// It failed.
        Failed "failed",
        /// Nobody waited for the answer any more.
        Abandoned "abandoned",
    }

    /// How somebody signs in.
    SignInMethod {
        /// A password.
        Password "password",
        /// A passkey.
        Passkey "passkey",
        /// Two factors.
        TwoFactors "password_and_second_factor",
        /// A provider.
        Federated "federated",
        /// A link that was sent.
        OneTimeLink "one_time_link",
        /// A browser that is remembered.
        Remembered "remembered",
        /// A code of a device.
        OneTimeCode "one_time_code",
        /// A code that was written down.
        RecoveryCode "recovery_code",
        /// Anything else.
        Other "other",
    }

    /// What became of a sign-in.
    SignInOutcome {
        /// The user is signed in.
        Done "done",
        /// It was wrong.
        Refused "refused",
        /// It was not looked at.
        Throttled "throttled",
    }

    /// How a session began.
    Beginning {
        /// A user signed in.
        SignIn "sign_in",
        /// A browser was remembered.
        Restored "restored",
        /// A visitor's, before any sign-in.
        Visitor "visitor",
    }

    /// Why a session ended.
    Ending {
        /// Its user signed out.
        SignedOut "signed_out",
        /// Nothing came from it for too long.
        Idle "idle",
        /// It had lived for long enough.
        Absolute "absolute",
        /// Somebody ended it.
        Revoked "revoked",
        /// All of its user's were ended.
        SubjectRevoked "subject_revoked",
        /// Everybody's were ended.
        EveryoneRevoked "everyone_revoked",
        /// Its user ended all others.
        SignedOutOthers "signed_out_others",
        /// A token of it was used after it had been replaced.
        Reused "reused",
        /// It moved elsewhere.
        Moved "moved",
        /// Its user had too many.
        Evicted "evicted",
        /// Anything else.
        Other "other",
    }

    /// Whether a copy answered for the store.
    Copied {
        /// It did.
        Hit "hit",
        /// The store was asked.
        Miss "miss",
    }
}

impl From<StatusCode> for StatusClass {
    fn from(status: StatusCode) -> Self {
        match status.as_u16() / 100 {
            1 => Self::Informational,
            2 => Self::Success,
            3 => Self::Redirection,
            4 => Self::ClientError,
            _ => Self::ServerError,
        }
    }
}

/// The value of a word; the last, which stands for anything else, where there is none.
pub(super) fn of_word<L: Label>(word: Option<&str>) -> L {
    let last = L::ALL[L::ALL.len() - 1];
    L::ALL.iter().copied().find(|label| Some(label.as_str()) == word).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nobody_knows_makes_no_value() {
        assert_eq!(of_word::<Ending>(Some("idle")), Ending::Idle);
        assert_eq!(of_word::<Ending>(Some("\"} evil 1")), Ending::Other);
        assert_eq!(of_word::<SignInMethod>(None), SignInMethod::Other);
    }
}
