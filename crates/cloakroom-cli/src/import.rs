//! `cloakroom import`: users of another program, all or none, and configurations in our words.

use std::path::Path;

use cloakroom_gateway::accounts::{Group, ListedUser, UserList};
use cloakroom_gateway::import::{self, Translation, Untranslatable};

use crate::arguments::Source;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::user::{open, text_of};

pub(crate) async fn run(
    from: Source,
    file: &Path,
    dry_run: bool,
    configuration: Configuration,
) -> Result<(), Failure> {
    let text = text_of(file)?;
    let list = match from {
        Source::Authelia => UserList::authelia(&text),
        Source::Tinyauth => UserList::tinyauth(&text),
        Source::Htpasswd => UserList::parse(&text),
        Source::Oauth2Proxy => return translated(import::oauth2_proxy(&text)),
        Source::AutheliaRules => return translated(import::authelia_rules(&text)),
    };
    let list = list.map_err(Failure::new)?;
    if dry_run {
        for user in list.users() {
            println!("{}", described(user));
        }
        println!("Nobody was added; without --dry-run, whoever has no account yet would be.");
        return Ok(());
    }
    let imported = open(configuration).await?.import_users(list).await.map_err(Failure::new)?;
    println!("Added {}; {} had an account already.", imported.added, imported.there_already);
    Ok(())
}

/// Prints a configuration, and how much of the other is not in it.
fn translated(translation: Result<Translation, Untranslatable>) -> Result<(), Failure> {
    let translation = translation.map_err(Failure::new)?;
    print!("{}", translation.text());
    let left_out = translation.left_out().len();
    eprintln!("cloakroom: not taken over, or not exactly: {left_out}; the comments at the end say what");
    Ok(())
}

fn described(user: &ListedUser) -> String {
    let groups: Vec<&str> = user.profile.groups.iter().map(Group::as_str).collect();
    let groups = if groups.is_empty() { String::new() } else { format!(", in {}", groups.join(", ")) };
    let email = user.profile.email.as_ref().map(|email| format!(", {}", email.as_str())).unwrap_or_default();
    let state = if user.is_disabled { ", disabled" } else { "" };
    format!("{}{email}{groups}{state}", user.name)
}
