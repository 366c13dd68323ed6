//! `cloakroom key`: the keys that sign JWTs, beside running gateways.

use cloakroom_gateway::ListedKey;
use serde_json::{Value, json};

use crate::arguments::KeyCommand;
use crate::failure::Failure;
use crate::table;
use crate::user::open;

const COLUMNS: [&str; 5] = ["id", "state", "made", "retired", "published_until"];

pub(crate) async fn run(command: KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::List { configuration, output } => {
            let keys = open(configuration).await?.keys().await.map_err(Failure::new)?;
            let rows: Vec<Vec<Value>> = keys.iter().map(row).collect();
            table::print(&COLUMNS, &rows, output)
        }
        KeyCommand::Rotate { configuration } => {
            let retired = open(configuration).await?.rotate_keys().await.map_err(Failure::new)?;
            println!("{retired} key{} retired.", if retired == 1 { "" } else { "s" });
            Ok(())
        }
    }
}

fn row(listed: &ListedKey) -> Vec<Value> {
    vec![
        json!(listed.key.id),
        json!(listed.state.as_str()),
        json!(listed.made_at_utc()),
        json!(listed.retired_at_utc()),
        json!(listed.published_until_utc()),
    ]
}
