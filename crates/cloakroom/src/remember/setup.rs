//! How remembering is set up.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::cookie::CookiePolicy;
use cloakroom_core::{SeriesTerms, hours, seconds};

use super::Remembering;
use crate::sessions::{Indexed, Sessions};

/// How long browsers are remembered, and by which cookie; see the [module](super) for what is promised.
#[derive(Clone, Debug)]
pub struct RememberMe {
    absolute: Duration,
    grace: Duration,
    cookie: CookiePolicy,
}

impl RememberMe {
    /// For so many days after the user signed in, however often the browser comes back; 30 seconds of grace; `__Host-remember`.
    ///
    /// # Panics
    /// When `days` is zero or above 400, which is as long as browsers keep a cookie.
    ///
    /// Source: RFC 6265bis 5.5 for the 400 days.
    pub fn for_days(days: u16) -> Self {
        assert!((1..=400).contains(&days), "a browser is remembered for 1 to 400 days");
        Self {
            absolute: hours(24 * u64::from(days)),
            grace: seconds(30),
            cookie: CookiePolicy::host("remember").into(),
        }
    }

    /// The same by another cookie, whose name is not the session's.
    #[must_use]
    pub fn cookie(self, policy: impl Into<CookiePolicy>) -> Self {
        Self { cookie: policy.into(), ..self }
    }

    /// The same with another grace: how long a replaced token is good once the new one has been shown, and how long an answer may take
    /// before it counts as lost. Counted in whole milliseconds.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }
}

impl Sessions<Indexed> {
    /// Lets users ask to be [remembered](crate::remember) at a sign-in. Without it: nobody is.
    ///
    /// Only where sessions are found by their subject: a user's browsers are forgotten with their sessions.
    /// ```compile_fail,E0599
    /// use cloakroom::{MemoryStore, Sessions, remember::RememberMe};
    /// let sessions = Sessions::plain(MemoryStore::new()).remember_me(RememberMe::for_days(30));
    /// ```
    #[must_use]
    pub fn remember_me(self, remember: RememberMe) -> Self {
        let RememberMe { absolute, grace, cookie } = remember;
        self.set(|engine| {
            engine.remember = Some(Arc::new(Remembering::new(cookie, SeriesTerms { absolute, grace })));
        })
    }
}
