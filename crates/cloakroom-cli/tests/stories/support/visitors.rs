//! A gateway with people in front of it.

use super::browser::{Answer, Browser};
use super::gateway::Gateway;

/// A password that the policy takes.
pub(crate) const PASSWORD: &str = "gravel otter lantern fog";

pub(super) const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

impl Gateway {
    /// A gateway with the administrator `root`, whose password is [`PASSWORD`].
    pub(crate) fn set_up(arguments: &[&str]) -> Self {
        let gateway = Self::start(arguments);
        let link = gateway.setup_path.clone().unwrap();
        let mut browser = gateway.browser();
        let page = browser.get(&link);
        let fields = [("username", "root"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
        let done = browser.submit(&page, &link, &fields);
        assert_eq!(done.status, 303, "{}", done.body);
        gateway
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address, FIREFOX)
    }

    /// A browser in which `root` is signed in.
    pub(crate) fn signed_in(&self) -> Browser {
        let mut browser = self.browser();
        let answer: Answer = browser.sign_in("root", PASSWORD);
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }
}
