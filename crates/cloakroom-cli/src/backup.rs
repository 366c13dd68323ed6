//! `cloakroom backup`: a copy of the accounts, beside a running gateway.

use std::path::Path;

use cloakroom_gateway::backup::{CopiedSessions, back_up};
use cloakroom_gateway::config::Settings;

use crate::failure::Failure;

pub(crate) fn run(settings: &Settings, file: &Path, sessions: CopiedSessions) -> Result<(), Failure> {
    back_up(settings, file, sessions).map_err(Failure::new)?;
    let rest = match sessions {
        CopiedSessions::None => "Everybody signs in again where it is put back.",
        CopiedSessions::All => "Sessions that end from now on live again where it is put back.",
    };
    println!("Copied {} to {}. {rest}", settings.accounts, file.display());
    Ok(())
}
