//! `cloakroom session`: sessions, beside a running gateway or without one.

use cloakroom_gateway::accounts::UserName;
use cloakroom_gateway::{Installation, ListedSession};
use serde_json::{Value, json};

use crate::arguments::SessionCommand;
use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;
use crate::user::{open, read, sessions};

const COLUMNS: [&str; 7] = ["id", "user", "client", "address", "created", "last_seen", "expires"];

pub(crate) async fn run(command: SessionCommand) -> Result<(), Failure> {
    match command {
        SessionCommand::List { user, filter, configuration, output } => {
            let filter = filter.read(user.as_deref()).map_err(Failure::new)?;
            let settings = configuration.into_source().load()?;
            let installation = Installation::open(&settings).await.map_err(Failure::new)?;
            print(&installation.sessions_like(&filter, &settings).await.map_err(Failure::new)?, output)?;
        }
        SessionCommand::Show { id, configuration, output } => {
            let id = read(&id)?;
            let session = open(configuration).await?.session(id).await.map_err(Failure::new)?;
            print(&[session], output)?;
        }
        SessionCommand::Revoke { id, configuration } => {
            let id = read(&id)?;
            open(configuration).await?.revoke_session(id).await.map_err(Failure::new)?;
            println!("Ended.");
        }
        SessionCommand::RevokeUser { user, configuration } => {
            let ended = open(configuration).await?.revoke_user(read(&user)?).await.map_err(Failure::new)?;
            println!("{} ended.", sessions(ended));
        }
        SessionCommand::RevokeAll { configuration } => {
            let ended = open(configuration).await?.revoke_everyone().await.map_err(Failure::new)?;
            println!("{} ended.", sessions(usize::try_from(ended).unwrap_or(usize::MAX)));
        }
    }
    Ok(())
}

fn print(listed: &[ListedSession], output: Output) -> Result<(), Failure> {
    let rows: Vec<Vec<Value>> = listed.iter().map(row).collect();
    table::print(&COLUMNS, &rows, output)
}

fn row(session: &ListedSession) -> Vec<Value> {
    vec![
        json!(session.info.id.to_string()),
        json!(session.user.as_ref().map(UserName::as_typed)),
        json!(session.client()),
        json!(session.info.address.map(|address| address.to_string())),
        json!(session.created_at_utc()),
        json!(session.last_seen_at_utc()),
        json!(session.expires_at_utc()),
    ]
}
