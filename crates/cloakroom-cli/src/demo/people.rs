//! Who has an account in the demo, and the browsers that they are signed in with when it begins.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use cloakroom_gateway::Installation;
use cloakroom_gateway::accounts::Role;
use cloakroom_gateway::accounts::password::Password;
use cloakroom_gateway::config::Settings;

use crate::demo::browser::{Browser, Device};
use crate::demo::person::Person;
use crate::demo::place::Site;
use crate::failure::Failure;

/// Everybody. Their passwords are shown, as they open nothing but this demo.
pub(super) struct People {
    /// You, and the victim.
    pub(super) alice: Person,
    /// Somebody else.
    pub(super) bob: Person,
    /// The attacker, who has an account like everybody.
    pub(super) mallory: Person,
    /// Who runs the place.
    pub(super) admin: Person,
}

/// Which browsers are signed in from the beginning, and where they are.
const SIGNED_IN: [(&str, Device, u8); 3] = [
    ("alice", Device::FirefoxOnWindows, 2),
    ("alice", Device::SafariOnIphone, 3),
    ("bob", Device::ChromeOnAndroid, 4),
];

impl People {
    /// Draws passwords, and adds everybody to the accounts of these settings, where nobody is yet.
    pub(super) async fn settle(settings: &Settings) -> Result<Self, Failure> {
        let people = Self {
            alice: Person::new(
                ("alice", "Alice"),
                "you, and the victim of the attacks",
                Role::Member,
                &["staff"],
            )?,
            bob: Person::new(("bob", "Bob"), "somebody else", Role::Member, &["staff"])?,
            mallory: Person::new(
                ("mallory", "Mallory"),
                "the attacker, with an account like everybody",
                Role::Member,
                &[],
            )?,
            admin: Person::new(("admin", "Ada"), "the administrator", Role::Administrator, &["ops"])?,
        };
        let installation = Installation::open(settings).await.map_err(Failure::new)?;
        if !installation.users().await.map_err(Failure::new)?.is_empty() {
            return Err(Failure::new("there are accounts already where the demo wants to make its own"));
        }
        for person in people.all() {
            let name = person.name.parse().map_err(Failure::new)?;
            let password = Password::new(&person.password).map_err(Failure::new)?;
            installation
                .add_user(name, person.role, person.profile()?, &password)
                .await
                .map_err(Failure::new)?;
        }
        Ok(people)
    }

    /// Everybody, in the order in which they are shown.
    pub(super) fn all(&self) -> [&Person; 4] {
        [&self.alice, &self.bob, &self.mallory, &self.admin]
    }

    /// Signs the sample browsers in, as browsers do it.
    pub(super) async fn sign_in(&self, site: &Site) -> io::Result<()> {
        for (name, device, last_octet) in SIGNED_IN {
            let person = self.all().into_iter().find(|person| person.name == name);
            let person = person.ok_or(io::ErrorKind::NotFound)?;
            let mut browser =
                Browser::new(site.clone(), device, IpAddr::V4(Ipv4Addr::new(127, 0, 0, last_octet)));
            browser.sign_in(person).await?;
            browser.get("/").await?;
        }
        Ok(())
    }
}
