//! How sessions are held to a profile.

use super::Profile;
use crate::sessions::Sessions;

impl<I> Sessions<I> {
    /// Holds all sessions to a profile. Limits that were or will be set apply where they are shorter; none raises the profile's.
    ///
    /// A sign-in or reauthentication without the factors that the profile asks for is refused with
    /// [`Error::TwoFactorsRequired`](crate::Error::TwoFactorsRequired).
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        self.set(|engine| {
            engine.profile = Some(profile);
            engine.rules.lifetime = profile.cap(engine.rules.lifetime);
        })
    }
}
