//! `cloakroom user`: accounts, beside a running gateway or without one.

use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::{fs, io};

use cloakroom_gateway::Installation;
use cloakroom_gateway::accounts::{
    DisplayName, Edit, Email, Group, Groups, Profile, ProfileEdit, Role, User, UserList, UserName,
};
use serde_json::{Value, json};

use crate::arguments::{Changes, RoleArgument, UserCommand};
use crate::configuration::{Configuration, Output};
use crate::failure::Failure;
use crate::{password, table};

const COLUMNS: [&str; 8] = ["name", "role", "state", "created", "id", "display_name", "email", "groups"];

pub(crate) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { user, role, display_name, email, groups, configuration } => {
            let (name, role, profile) =
                (read(&user)?, role.into(), profile(display_name.as_deref(), email.as_deref(), &groups)?);
            let installation = open(configuration).await?;
            let password = password::read_new()?;
            let added = installation.add_user(name, role, profile, &password).await.map_err(Failure::new)?;
            println!("Added {} ({}).", added.name, added.role.as_str());
        }
        UserCommand::Import { file, configuration } => {
            let list = UserList::parse(&text_of(&file)?).map_err(Failure::new)?;
            let imported = open(configuration).await?.import_users(list).await.map_err(Failure::new)?;
            println!("Added {}; {} had an account already.", imported.added, imported.there_already);
        }
        UserCommand::Edit { user, changes, configuration } => {
            let (name, edit) = (read(&user)?, edit(&changes)?);
            let user = open(configuration).await?.edit_user(name, &edit).await.map_err(Failure::new)?;
            println!("Changed {}.", user.name);
        }
        UserCommand::Passwd { user, configuration } => {
            let (installation, name) = (open(configuration).await?, read::<UserName>(&user)?);
            installation.user(name.clone()).await.map_err(Failure::new)?;
            let ended =
                installation.reset_password(name, &password::read_new()?).await.map_err(Failure::new)?;
            println!("Password set; {} ended.", sessions(ended));
        }
        UserCommand::Disable { user, configuration } => {
            let ended = open(configuration).await?.disable_user(read(&user)?).await.map_err(Failure::new)?;
            println!("Disabled; {} ended.", sessions(ended));
        }
        UserCommand::Enable { user, configuration } => {
            open(configuration).await?.enable_user(read(&user)?).await.map_err(Failure::new)?;
            println!("Enabled.");
        }
        UserCommand::Role { user, role, configuration } => {
            let name = read(&user)?;
            let user = open(configuration).await?.set_role(name, role.into()).await.map_err(Failure::new)?;
            println!("{} has the role {} now.", user.name, user.role.as_str());
        }
        UserCommand::Link { user, identity, configuration } => {
            let (name, identity) = (read(&user)?, identity.read().map_err(Failure::new)?);
            let user = open(configuration).await?.link_user(name, &identity).await.map_err(Failure::new)?;
            println!("Linked {}.", user.name);
        }
        UserCommand::Unlink { user, identity, configuration } => {
            let (name, identity) = (read(&user)?, identity.read().map_err(Failure::new)?);
            let ended =
                open(configuration).await?.unlink_user(name, &identity).await.map_err(Failure::new)?;
            println!("Unlinked; {} ended.", sessions(ended));
        }
        UserCommand::Show { user, configuration, output } => {
            let name = read(&user)?;
            let user = open(configuration).await?.user(name).await.map_err(Failure::new)?;
            list(&[user], output)?;
        }
        UserCommand::List { configuration, output } => {
            list(&open(configuration).await?.users().await.map_err(Failure::new)?, output)?;
        }
    }
    Ok(())
}

impl From<RoleArgument> for Role {
    fn from(argument: RoleArgument) -> Self {
        match argument {
            RoleArgument::Member => Self::Member,
            RoleArgument::Auditor => Self::Auditor,
            RoleArgument::Administrator => Self::Administrator,
        }
    }
}

pub(crate) async fn open(configuration: Configuration) -> Result<Installation, Failure> {
    let settings = configuration.into_source().load()?;
    Installation::open(&settings).await.map_err(Failure::new)
}

/// A file, or standard input for `-`.
pub(crate) fn text_of(file: &Path) -> Result<String, Failure> {
    if file == Path::new("-") {
        return io::read_to_string(io::stdin()).map_err(Failure::new);
    }
    let named = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
    fs::read_to_string(file).map_err(named)
}

/// Reads an argument as what it has to be.
pub(crate) fn read<T: FromStr<Err: Error + Send + Sync + 'static>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(Failure::new)
}

fn profile(display_name: Option<&str>, email: Option<&str>, groups: &[String]) -> Result<Profile, Failure> {
    Ok(Profile {
        display_name: display_name.map(read).transpose()?,
        email: email.map(read).transpose()?,
        groups: Groups::new(read_groups(groups)?).map_err(Failure::new)?,
    })
}

fn edit(changes: &Changes) -> Result<ProfileEdit, Failure> {
    Ok(ProfileEdit {
        display_name: edit_of(changes.display_name.as_deref(), changes.no_display_name)?,
        email: edit_of(changes.email.as_deref(), changes.no_email)?,
        add_groups: read_groups(&changes.add_groups)?,
        remove_groups: read_groups(&changes.remove_groups)?,
    })
}

fn edit_of<T: FromStr<Err: Error + Send + Sync + 'static>>(
    set: Option<&str>,
    clear: bool,
) -> Result<Edit<T>, Failure> {
    match set {
        Some(text) => read(text).map(Edit::Set),
        None => Ok(if clear { Edit::Clear } else { Edit::Keep }),
    }
}

fn read_groups(groups: &[String]) -> Result<Vec<Group>, Failure> {
    groups.iter().map(|group| read(group)).collect()
}

/// "1 session", "2 sessions".
pub(crate) fn sessions(count: usize) -> String {
    format!("{count} session{}", if count == 1 { "" } else { "s" })
}

fn list(users: &[User], output: Output) -> Result<(), Failure> {
    let row = |user: &User| -> Vec<Value> {
        let state = if user.disabled_at.is_some() { "disabled" } else { "enabled" };
        vec![
            json!(user.name.as_typed()),
            json!(user.role.as_str()),
            json!(state),
            json!(user.created_at_utc()),
            json!(user.id.to_string()),
            json!(user.profile.display_name.as_ref().map(DisplayName::as_str)),
            json!(user.profile.email.as_ref().map(Email::as_str)),
            json!(user.profile.groups.iter().map(Group::as_str).collect::<Vec<_>>()),
        ]
    };
    let rows: Vec<Vec<Value>> = users.iter().map(row).collect();
    table::print(&COLUMNS, &rows, output)
}
