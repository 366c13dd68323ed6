//! `cloakroom api-key`: keys of services for the JSON API, beside a running gateway or without one.

use cloakroom_gateway::accounts::api_key::{ApiKey, Scope};
use serde_json::{Value, json};

use crate::api_key_arguments::ApiKeyCommand;
use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;
use crate::user::{open, read};

const COLUMNS: [&str; 7] = ["id", "name", "scopes", "state", "created", "expires", "last_used"];

pub(crate) async fn run(command: ApiKeyCommand) -> Result<(), Failure> {
    match command {
        ApiKeyCommand::Create { key_name, scopes, expires, configuration } => {
            let name = read(&key_name)?;
            let scopes = scopes.iter().map(|scope| read(scope)).collect::<Result<_, Failure>>()?;
            let lifetime = expires.map(|span| span.0);
            let installation = open(configuration).await?;
            let (key, text) =
                installation.create_api_key(name, scopes, lifetime).await.map_err(Failure::new)?;
            eprintln!("Made {} ({}). The key is shown this once, and kept nowhere:", key.id, key.name);
            println!("{}", *text.reveal());
        }
        ApiKeyCommand::List { configuration, output } => {
            let keys = open(configuration).await?.api_keys().await.map_err(Failure::new)?;
            list(&keys, output)?;
        }
        ApiKeyCommand::Revoke { id, configuration } => {
            let id = read(&id)?;
            open(configuration).await?.revoke_api_key(id).await.map_err(Failure::new)?;
            println!("Revoked.");
        }
    }
    Ok(())
}

fn list(keys: &[(ApiKey, &str)], output: Output) -> Result<(), Failure> {
    let row = |(key, state): &(ApiKey, &str)| -> Vec<Value> {
        vec![
            json!(key.id.to_string()),
            json!(key.name.as_str()),
            json!(key.scopes.iter().map(Scope::as_str).collect::<Vec<_>>()),
            json!(state),
            json!(key.created_at_utc()),
            json!(key.expires_at_utc()),
            json!(key.last_used_at_utc()),
        ]
    };
    table::print(&COLUMNS, &keys.iter().map(row).collect::<Vec<_>>(), output)
}
