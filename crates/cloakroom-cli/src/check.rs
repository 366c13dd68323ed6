//! `cloakroom check`: the configuration in effect.

use cloakroom_gateway::accounts::Group;
use cloakroom_gateway::config::{App, OidcProvider, Settings};
use serde_json::{Value, json};

use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;

/// Prints every key with its value and where that comes from, then the applications, providers and brand, which only a file can name.
pub(crate) fn run(settings: &Settings, output: Output) -> Result<(), Failure> {
    let keys =
        settings.in_effect.iter().map(|(key, value, origin)| row(key.name(), value, &origin.to_string()));
    let apps = settings.apps.iter().map(|app| row(&format!("app {}", app.name), &described(app), "file"));
    let providers = settings.oidc.iter();
    let providers =
        providers.map(|provider| row(&format!("oidc {}", provider.name), &issuer_of(provider), "file"));
    let hook = settings.hook.iter().map(|hook| row("sign_in.hook", &hook.url.to_string(), "file"));
    let brand = settings.brand.to_string();
    let brand = (!brand.is_empty()).then(|| row("brand", &brand, "file"));
    let rows: Vec<Vec<Value>> = keys.chain(apps).chain(providers).chain(hook).chain(brand).collect();
    table::print(&["key", "value", "from"], &rows, output)
}

fn row(key: &str, value: &str, from: &str) -> Vec<Value> {
    vec![json!(key), json!(value), json!(from)]
}

/// Where an application is, and who may use it where no rule says otherwise.
fn described(app: &App) -> String {
    let upstream = app.upstream.as_ref().map(|upstream| format!(" to {upstream}")).unwrap_or_default();
    let groups: Vec<&str> = app.access.groups.iter().map(Group::as_str).collect();
    let who = if groups.is_empty() { "every user".to_owned() } else { groups.join(", ") };
    let rules = match app.rules.len() {
        0 => String::new(),
        1 => ", 1 rule".to_owned(),
        rules => format!(", {rules} rules"),
    };
    let limits = match (app.idle_timeout, app.absolute_timeout) {
        (None, None) => "",
        _ => ", with limits of its own",
    };
    format!("{}{upstream}, for {who}{rules}{limits}", app.origin)
}

fn issuer_of(provider: &OidcProvider) -> String {
    provider.issuer.to_string()
}
