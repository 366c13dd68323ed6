//! `cloakroom user`: accounts, beside a running gateway or without one.

use cloakroom_gateway::Installation;
use cloakroom_gateway::accounts::{Role, User, UserName};
use serde_json::{Value, json};

use crate::arguments::{Configuration, Output, RoleArgument, UserCommand};
use crate::failure::Failure;
use crate::{password, table};

pub(crate) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { user, role, configuration } => {
            let role = match role {
                RoleArgument::Member => Role::Member,
                RoleArgument::Administrator => Role::Administrator,
            };
            let (installation, name) = (open(configuration).await?, parse(&user)?);
            let added =
                installation.add_user(name, role, &password::read_new()?).await.map_err(Failure::new)?;
            println!("Added {} ({}).", added.name, added.role.as_str());
        }
        UserCommand::Passwd { user, configuration } => {
            let (installation, name) = (open(configuration).await?, parse(&user)?);
            installation.user(name.clone()).await.map_err(Failure::new)?;
            let ended =
                installation.reset_password(name, &password::read_new()?).await.map_err(Failure::new)?;
            println!("Password set; {} ended.", sessions(ended));
        }
        UserCommand::Disable { user, configuration } => {
            let ended = open(configuration).await?.disable_user(parse(&user)?).await.map_err(Failure::new)?;
            println!("Disabled; {} ended.", sessions(ended));
        }
        UserCommand::Enable { user, configuration } => {
            open(configuration).await?.enable_user(parse(&user)?).await.map_err(Failure::new)?;
            println!("Enabled.");
        }
        UserCommand::List { configuration, output } => {
            list(&open(configuration).await?.users().await.map_err(Failure::new)?, output)?;
        }
    }
    Ok(())
}

pub(crate) async fn open(configuration: Configuration) -> Result<Installation, Failure> {
    let settings = configuration.into_source().load()?;
    Installation::open(&settings).await.map_err(Failure::new)
}

pub(crate) fn parse(name: &str) -> Result<UserName, Failure> {
    name.parse().map_err(Failure::new)
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
        ]
    };
    let rows: Vec<Vec<Value>> = users.iter().map(row).collect();
    table::print(&["name", "role", "state", "created", "id"], &rows, output)
}
