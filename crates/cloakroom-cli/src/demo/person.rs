//! Somebody with an account in the demo.

use cloakroom_gateway::Installation;
use cloakroom_gateway::accounts::{Group, Groups, Profile, Role};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Somebody with an account.
pub(super) struct Person {
    /// What they type when they sign in.
    pub(super) name: &'static str,
    /// How they want to be called.
    called: &'static str,
    /// What they are there for.
    pub(super) part: &'static str,
    pub(super) role: Role,
    groups: &'static [&'static str],
    /// Drawn at random for this demo.
    pub(super) password: Zeroizing<String>,
}

impl Person {
    /// Somebody with a password that is drawn now.
    pub(super) fn new(
        (name, called): (&'static str, &'static str),
        part: &'static str,
        role: Role,
        groups: &'static [&'static str],
    ) -> Result<Self, Failure> {
        let password = Installation::generate_password().map_err(Failure::new)?;
        Ok(Self { name, called, part, role, groups, password })
    }

    /// What applications are told.
    pub(super) fn profile(&self) -> Result<Profile, Failure> {
        let groups: Result<Vec<Group>, _> = self.groups.iter().map(|group| group.parse()).collect();
        Ok(Profile {
            display_name: Some(self.called.parse().map_err(Failure::new)?),
            email: Some(format!("{}@example.org", self.name).parse().map_err(Failure::new)?),
            groups: Groups::new(groups.map_err(Failure::new)?).map_err(Failure::new)?,
        })
    }
}
