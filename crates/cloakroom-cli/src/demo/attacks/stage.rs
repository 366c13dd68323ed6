//! Where attacks are played: the site, its people, and one attack at a time.

use std::net::{IpAddr, Ipv4Addr};

use tokio::sync::{Mutex, MutexGuard};

use crate::demo::browser::{Browser, Device};
use crate::demo::people::People;
use crate::demo::place::Site;

/// What all attacks and pages of the demo need.
pub(in crate::demo) struct Stage {
    pub(in crate::demo) site: Site,
    pub(in crate::demo) people: People,
    /// The port of the guide and of the other site.
    pub(in crate::demo) guide_port: u16,
    in_turn: Mutex<()>,
}

impl Stage {
    pub(in crate::demo) fn new(site: Site, people: People, guide_port: u16) -> Self {
        Self { site, people, guide_port, in_turn: Mutex::default() }
    }

    /// The origin of the guide.
    pub(in crate::demo) fn guide_origin(&self) -> String {
        format!("http://localhost:{}", self.guide_port)
    }

    /// The origin of the other site, which is another one as browsers see it.
    pub(in crate::demo) fn other_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.guide_port)
    }

    /// Waits for one's turn: passwords are checked, which takes the machine's memory.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.in_turn.lock().await
    }

    /// The victim's browser, not signed in.
    pub(super) fn victim(&self) -> Browser {
        Browser::new(self.site.clone(), Device::ChromeOnMac, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 5)))
    }

    /// The attacker's browser, of the same kind as the victim's and elsewhere.
    pub(super) fn attacker(&self) -> Browser {
        Browser::new(self.site.clone(), Device::ChromeOnMac, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66)))
    }

    /// A program of the attacker's that is no browser.
    pub(super) fn program(&self) -> Browser {
        Browser::new(self.site.clone(), Device::Curl, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66)))
    }
}
