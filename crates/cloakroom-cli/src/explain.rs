//! `cloakroom explain`: what would become of a request.

use std::time::Duration;

use cloakroom_gateway::Installation;
use cloakroom_gateway::accounts::UserName;
use cloakroom_gateway::config::Settings;
use serde_json::json;

use crate::configuration::Output;
use crate::failure::Failure;
use crate::table;

pub(crate) async fn run(
    settings: &Settings,
    request: (&str, &str),
    user: Option<&str>,
    proof_age: Duration,
    output: Output,
) -> Result<(), Failure> {
    let user = user.map(str::parse::<UserName>).transpose().map_err(Failure::new)?;
    let installation = Installation::open(settings).await.map_err(Failure::new)?;
    let explanation = installation.explain(settings, request, user, proof_age).await.map_err(Failure::new)?;
    let said = [
        ("application", Some(explanation.app)),
        ("decided by", Some(explanation.decided_by)),
        ("cookie", Some(explanation.cookie)),
        ("limits", explanation.limits),
        ("verdict", Some(explanation.verdict)),
    ];
    let said = said.into_iter().filter_map(|(what, text)| Some((what.to_owned(), text?)));
    let rows: Vec<_> =
        said.chain(explanation.fields).map(|(what, text)| vec![json!(what), json!(text)]).collect();
    table::print(&["what", "value"], &rows, output)
}
