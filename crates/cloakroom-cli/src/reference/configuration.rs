//! The keys of the configuration.

use clap::CommandFactory as _;
use cloakroom_gateway::config::{Key, SettingsSource};
use cloakroom_test_servers::reference_page;

use super::table::{cell, code, page, table};
use crate::arguments::Arguments;

const LEAD: &str = "Every key that is one value, as the gateway reads it. A flag wins over the environment, which wins over the file. \
    What the keys mean together is in [the gateway](../gateway.md#configuration); tables of the file, such as `[[app]]`, `[[oidc]]`, `[brand]`, \
    `[acme]` and `[hook]`, are explained where they belong: [applications](../gateway.md#applications), [OpenID Connect](../oidc.md), \
    [the pages](../pages.md#brand), [certificates](../reverse-proxy.md#certificates), [the hook](../sign-in-hook.md).";

/// What the help of the command says of a key, and of its default, if it says one.
fn about(key: Key) -> (String, Option<String>) {
    let mut serve = Arguments::command().find_subcommand("serve").unwrap().clone();
    serve.build();
    let flag = serve.get_arguments().find(|argument| argument.get_long() == Some(&key.flag()[2..]));
    let help = flag.and_then(clap::Arg::get_help).unwrap().to_string();
    let (about, default) = help.split_once(" [default: ").unwrap_or((&help, ""));
    let default = default.strip_suffix(']').or_else(|| default.strip_suffix("].")).map(str::to_owned);
    (about.trim_end_matches('.').to_owned(), default)
}

/// The default in words where the help has some, else as it is in effect.
fn default(key: Key, in_effect: &str, said: Option<String>) -> String {
    let is_value =
        |said: &&String| !said.contains(' ') && !["never", "nothing", "nowhere"].contains(&said.as_str());
    if let Some(said) = said.as_ref().filter(is_value) {
        assert_eq!(said, in_effect, "the help of {key} is about another default");
    }
    match (said, in_effect) {
        (Some(said), "" | "[]") => cell(&said),
        (Some(said), _) if said.contains(' ') => cell(&said),
        (None, "" | "[]") => "none".to_owned(),
        (_, in_effect) => code(in_effect),
    }
}

#[test]
fn the_reference_has_every_key_of_the_configuration() {
    let settings = SettingsSource::default().load().unwrap();
    let in_effect = |key: Key| {
        let found = settings.in_effect.iter().find(|(known, ..)| *known == key);
        found.map(|(_, value, _)| value.trim_matches('"').to_owned()).unwrap_or_default()
    };
    let rows = Key::ALL.into_iter().map(|key| {
        let (about, said) = about(key);
        let spellings = [key.name().to_owned(), key.variable(), key.flag()].map(|spelling| code(&spelling));
        [spellings.join("<br>"), default(key, &in_effect(key), said), cell(&about), cell(key.expected())]
    });
    let body = table(["key, variable, flag", "default", "what", "value"], rows);
    reference_page("configuration.md", &page("Configuration keys", LEAD, &body));
}
