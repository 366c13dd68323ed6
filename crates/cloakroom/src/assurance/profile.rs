//! Profiles: limits of a standard that no setting can raise.

use std::time::Duration;

use cloakroom_core::{Authentication, Lifetime, Method, hours, minutes};

/// An authentication assurance level, and what it demands of sessions.
///
/// | | idle | absolute | to sign in | to reauthenticate |
/// |---|---|---|---|---|
/// | [`Aal2`](Self::Aal2) | 1 hour | 24 hours | two factors | any one |
/// | [`Aal3`](Self::Aal3) | 15 minutes | 12 hours | two factors | two factors |
///
/// The idle limit includes the touch window. A [`Method`] proves the factors that it names: where another system vouches, say what it
/// said of the user, such as [`Method::Passkey`], and not [`Method::Federated`]. That an authenticator is phishing-resistant, or kept in
/// hardware, as AAL3 asks for, is for the application to see to.
///
/// Source: NIST SP 800-63B-4 2.2.3, 2.3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// High confidence that the user controls the account's authenticators.
    Aal2,
    /// Very high confidence.
    Aal3,
}

impl Profile {
    /// The longest time without a request, touch window included.
    pub const fn idle_max(self) -> Duration {
        match self {
            Self::Aal2 => hours(1),
            Self::Aal3 => minutes(15),
        }
    }

    /// The longest time after the last proof.
    pub const fn absolute_max(self) -> Duration {
        match self {
            Self::Aal2 => hours(24),
            Self::Aal3 => hours(12),
        }
    }

    /// Its limits.
    pub const fn lifetime(self) -> Lifetime {
        Lifetime::idle_absolute(self.idle_max().saturating_sub(minutes(1)), self.absolute_max())
    }

    /// The same limits where they are within the profile's, and the profile's where they are not.
    pub(crate) fn cap(self, lifetime: Lifetime) -> Lifetime {
        let touch_window = lifetime.touch_window().min(minutes(1));
        let idle = lifetime.idle().min(self.idle_max().saturating_sub(touch_window));
        let absolute = lifetime.absolute().min(self.absolute_max());
        Lifetime::try_new(idle, absolute, touch_window).unwrap_or(self.lifetime())
    }

    pub(crate) fn accepts_sign_in(self, authentication: &Authentication) -> bool {
        match self {
            Self::Aal2 | Self::Aal3 => authentication.has_two_factors(),
        }
    }

    pub(crate) const fn accepts_reauthentication(self, method: Method) -> bool {
        match self {
            Self::Aal2 => method.proves_a_factor(),
            Self::Aal3 => method.proves_two_factors(),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloakroom_core::seconds;

    use super::*;

    #[test]
    fn no_setting_raises_the_limits_of_a_profile() {
        for profile in [Profile::Aal2, Profile::Aal3] {
            for lifetime in [
                Lifetime::idle_absolute(hours(100), hours(1000)),
                Lifetime::idle_absolute(hours(2), hours(3)).with_touch_window(hours(2)),
                profile.lifetime(),
                Lifetime::default(),
            ] {
                let capped = profile.cap(lifetime);
                assert!(capped.idle() + capped.touch_window() <= profile.idle_max(), "{capped:?}");
                assert!(capped.absolute() <= profile.absolute_max(), "{capped:?}");
            }
            let short = Lifetime::idle_absolute(seconds(60), minutes(5));
            assert_eq!(profile.cap(short), short, "what is shorter stays");
        }
    }
}
