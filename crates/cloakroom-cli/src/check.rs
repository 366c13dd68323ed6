//! `cloakroom check`: the configuration in effect, and what an operator should know about it.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use cloakroom_gateway::accounts::Group;
use cloakroom_gateway::check::{self, Finding, Severity};
use cloakroom_gateway::config::{App, OidcProvider, Settings};
use serde_json::{Value, json};

use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;

/// How far it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The configuration and the files that it names.
    Files,
    /// Whatever it names.
    Network,
}

/// Prints every key with its value and where that comes from, the applications, providers and brand, and then what was found.
///
/// # Errors
/// [`Failure::Findings`] where there is a warning or an error.
pub(crate) async fn run(settings: &Settings, reach: Reach, output: Output) -> Result<(), Failure> {
    let mut found = check::findings(settings);
    if reach == Reach::Network {
        found.extend(check::probe(settings).await);
    }
    // The worst comes last, where it is seen.
    found.sort_by_key(|finding| finding.severity);
    let (columns, rows) = (["key", "value", "from"], in_effect(settings));
    let text = if output.json {
        let findings: Vec<Value> = found.iter().map(object).collect();
        format!("{:#}\n", json!({ "settings": table::objects(&columns, &rows), "findings": findings }))
    } else {
        table::text(&columns, &rows) + &found.iter().map(paragraph).collect::<String>()
    };
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(Failure::new(error)),
        _ => {}
    }
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => Ok(()),
        (errors, warnings) => Err(Failure::Findings { errors, warnings }),
    }
}

fn in_effect(settings: &Settings) -> Vec<Vec<Value>> {
    let keys =
        settings.in_effect.iter().map(|(key, value, origin)| row(key.name(), value, &origin.to_string()));
    let apps = settings.apps.iter().zip(&settings.file.apps);
    let apps =
        apps.map(|(app, place)| row(&format!("app {}", app.name), &described(app), &place.to_string()));
    let providers = settings.oidc.iter().zip(&settings.file.oidc).map(|(provider, place)| {
        row(&format!("oidc {}", provider.name), &issuer_of(provider), &place.to_string())
    });
    let brand = settings.brand.to_string();
    let brand = (!brand.is_empty()).then(|| row("brand", &brand, "file"));
    let hook = settings.hook.iter().map(|hook| row("sign_in.hook", &hook.url.to_string(), "file"));
    keys.chain(apps).chain(providers).chain(hook).chain(brand).collect()
}

fn object(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.as_str(),
        "place": finding.place,
        "what": finding.what,
        "advice": finding.advice,
    })
}

fn paragraph(finding: &Finding) -> String {
    let mut text = String::new();
    let Finding { severity, place, what, advice } = finding;
    // Writing to a text cannot fail.
    let _written =
        write!(text, "\n{} ({place})\n  {what}\n  To do: {advice}\n", severity.as_str().to_uppercase());
    text
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
