//! `cloakroom check`: the configuration in effect.

use cloakroom_gateway::config::Settings;
use serde_json::{Value, json};

use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;

pub(crate) fn run(settings: &Settings, output: Output) -> Result<(), Failure> {
    let row = |(key, value, origin): &_| -> Vec<Value> {
        let (key, value, origin): (
            &cloakroom_gateway::config::Key,
            &String,
            &cloakroom_gateway::config::Origin,
        ) = (key, value, origin);
        vec![json!(key.name()), json!(value), json!(origin.to_string())]
    };
    let rows: Vec<Vec<Value>> = settings.in_effect.iter().map(row).collect();
    table::print(&["key", "value", "from"], &rows, output)
}
