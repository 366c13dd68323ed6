//! Ending sessions that somebody has picked, for a reason that is written down.

use std::fmt;
use std::str::FromStr;

use cloakroom::SessionId;
use thiserror::Error;

use crate::events;
use crate::installation::{Installation, InstallationError};

/// Why sessions are ended, in somebody's own words: one line of 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndReason(String);

/// The text is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a reason is one line of 1 to {} characters", EndReason::CHARACTERS_MAX)]
pub(crate) struct InvalidEndReason;

impl EndReason {
    /// The most characters of a reason.
    pub(crate) const CHARACTERS_MAX: usize = 100;

    /// The words.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EndReason {
    type Err = InvalidEndReason;

    fn from_str(text: &str) -> Result<Self, InvalidEndReason> {
        let text = text.trim();
        let fits = (1..=Self::CHARACTERS_MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEndReason)
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Installation {
    /// Ends the sessions that are still there; returns how many. Each has its event, with the reason.
    ///
    /// # Errors
    /// [`InstallationError::Sessions`]; some may have ended then.
    pub(crate) async fn end_sessions(
        &self,
        ids: &[SessionId],
        reason: &EndReason,
    ) -> Result<usize, InstallationError> {
        events::stating(reason.as_str());
        let mut ended = 0;
        for id in ids {
            ended += usize::from(self.sessions.revoke(*id).await?);
        }
        Ok(ended)
    }

    /// Ends all sessions of everybody for a reason; returns how many.
    ///
    /// # Errors
    /// As [`Installation::revoke_everyone`].
    pub(crate) async fn end_everyones(&self, reason: &EndReason) -> Result<u64, InstallationError> {
        events::stating(reason.as_str());
        self.revoke_everyone().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_that_somebody_can_read_later() {
        assert_eq!("  stolen laptop ".parse::<EndReason>().unwrap().as_str(), "stolen laptop");
        assert!("é".repeat(100).parse::<EndReason>().is_ok());
        for wrong in ["", " ", "a\nb", &"x".repeat(101)] {
            assert_eq!(wrong.parse::<EndReason>(), Err(InvalidEndReason), "{wrong}");
        }
    }
}
