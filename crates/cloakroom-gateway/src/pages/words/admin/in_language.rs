//! Which table is in which language.

use super::{ConsoleWords, SessionsWords, WatchWords};
use super::{
    console_english, console_german, sessions_english, sessions_german, watch_english, watch_german,
};
use crate::pages::Language;

impl Language {
    /// What the frame of the administration says in it, and its part about users.
    pub(crate) const fn console(self) -> &'static ConsoleWords {
        match self {
            Self::English => &console_english::ENGLISH,
            Self::German => &console_german::GERMAN,
        }
    }

    /// What the administration says of sessions in it.
    pub(crate) const fn sessions(self) -> &'static SessionsWords {
        match self {
            Self::English => &sessions_english::ENGLISH,
            Self::German => &sessions_german::GERMAN,
        }
    }

    /// What the overview and the events of the administration say in it.
    pub(crate) const fn watching(self) -> &'static WatchWords {
        match self {
            Self::English => &watch_english::ENGLISH,
            Self::German => &watch_german::GERMAN,
        }
    }
}
