//! Who vouches for users.

use crate::import::decision::group;
use crate::import::fragment::{UNDECIDED, app_name};
use crate::import::oauth2_proxy::reading::{Allowed, Reading};

/// What nobody signs in by.
const TO_BE_FILLED_IN: &str = "to-be-filled-in";

impl Reading {
    /// The groups that are let in, under names that they can have here.
    pub(super) fn groups(&mut self) -> Vec<Allowed> {
        let mut groups: Vec<Allowed> = Vec::new();
        for theirs in self.list("allowed_groups") {
            let plain: String = theirs
                .chars()
                .map(
                    |letter| {
                        if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '-' }
                    },
                )
                .collect();
            let ours = group(&theirs).or_else(|| group(plain.trim_matches('-')));
            let ours =
                ours.filter(|ours| groups.iter().all(|other| other.ours != *ours)).unwrap_or_else(|| {
                    self.fragment.left_out(format!(
                        "{theirs:?} of allowed_groups has no name that it could have here beside the others"
                    ));
                    format!("{UNDECIDED}-{}", groups.len())
                });
            groups.push(Allowed { theirs, ours });
        }
        groups
    }

    /// Who vouches; whether nobody but those who are let in by hand may come.
    pub(super) fn provider(&mut self, groups: &[Allowed]) -> bool {
        let kind = self.text("provider").unwrap_or_else(|| "google".to_owned());
        let issuer = self.text("oidc_issuer_url");
        let issuer = match (kind.as_str(), issuer) {
            (_, Some(issuer)) => Some(issuer),
            ("google", None) => Some("https://accounts.google.com".to_owned()),
            _ => None,
        };
        let (emails, emails_file) = (self.list("email_domains"), self.text("authenticated_emails_file"));
        let is_open = emails.iter().any(|domain| domain == "*") && emails_file.is_none();
        let Some(issuer) = issuer else {
            self.fragment.left_out(format!(
                "provider = {kind:?} has no oidc_issuer_url: only providers of OpenID Connect are taken over, so that nobody can sign in by it"
            ));
            for key in [
                "client_id",
                "client_secret",
                "client_secret_file",
                "scope",
                "provider_display_name",
                "oidc_groups_claim",
            ] {
                self.table.remove(key);
            }
            return true;
        };
        self.fragment.table("[[oidc]]");
        self.fragment.entry("name", app_name(&kind, &mut Vec::new()));
        if let Some(title) = self.text("provider_display_name") {
            self.fragment.entry("title", title);
        }
        self.fragment.entry("issuer", issuer);
        let id = self.text("client_id").unwrap_or_else(|| self.missing("client_id"));
        self.fragment.entry("client_id", id);
        match (self.text("client_secret"), self.text("client_secret_file")) {
            (_, Some(file)) => self.fragment.entry("client_secret_file", file),
            (Some(secret), None) => {
                self.fragment.table_remark("client_secret_file = \"...\" keeps it apart from the rest.");
                self.fragment.entry("client_secret", secret);
            }
            (None, None) => {
                let secret = self.missing("client_secret");
                self.fragment.entry("client_secret", secret);
            }
        }
        let has_groups = !groups.is_empty();
        let claim = self.text("oidc_groups_claim");
        let scope = self.text("scope");
        match (scope, has_groups) {
            (Some(scope), _) => {
                let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
                self.fragment.entry("scopes", scopes);
            }
            (None, true) => self
                .fragment
                .entry("scopes", ["openid", "email", "profile", "groups"].map(str::to_owned).to_vec()),
            (None, false) => {}
        }
        if has_groups || claim.is_some() {
            self.fragment.entry("groups_claim", claim.unwrap_or_else(|| "groups".to_owned()));
        }
        if groups.iter().any(|group| group.theirs != group.ours) {
            self.fragment.table_remark("What the provider calls them, and what they are called here. Other groups are not taken over.");
            let pairs = groups.iter().map(|group| (group.theirs.clone(), group.ours.clone()));
            self.fragment.entry("groups", pairs.collect::<Vec<_>>());
        }
        match self.list("provider_ca_files").as_slice() {
            [] => {}
            [one] => self.fragment.entry("ca_file", one.clone()),
            several => self
                .fragment
                .left_out(format!("provider_ca_files names {}: put them into one ca_file", several.len())),
        }
        if is_open {
            self.fragment
                .table_remark("email_domains = [\"*\"]: whoever the provider knows gets an account.");
            self.fragment.entry("create_users", true);
        } else {
            self.fragment.table_remark("Addresses decided who may sign in, which they do not here: users are added and linked by hand.");
            self.fragment.entry("create_users", false);
            let who = match (&emails_file, emails.join(", ")) {
                (Some(file), _) => format!("authenticated_emails_file = {file:?}"),
                (None, domains) => format!("email_domains ({domains})"),
            };
            self.fragment.left_out(format!(
                "{who} let people in by their address. Nobody gets an account by themselves here: cloakroom user add, and cloakroom user link"
            ));
        }
        false
    }

    /// What stands for a value that is kept elsewhere, such as in the environment, until somebody puts it in.
    fn missing(&mut self, key: &str) -> String {
        self.fragment
            .left_out(format!("{key} is not in the file; put it in the place of {TO_BE_FILLED_IN:?}"));
        TO_BE_FILLED_IN.to_owned()
    }
}
