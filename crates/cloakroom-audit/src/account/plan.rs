//! What an audit with an account does, as a small TOML file describes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// What to do. Everything is optional: without a file, forms are found on the pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// How to sign in.
    #[serde(default)]
    pub sign_in: SignIn,
    /// How to tell that somebody is signed in.
    #[serde(default)]
    pub signed_in: SignedIn,
    /// How to sign out.
    pub sign_out: Option<Step>,
    /// How to change the password. Only with this section is it changed, and then changed back.
    pub password_change: Option<Step>,
    /// A request that only the site's own pages may make. Only with this section is it made.
    pub forged: Option<Step>,
    /// After how long without a request a session is to end. Only with this section is that waited for.
    pub idle: Option<Idle>,
}

/// How to sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The page with the form; the named URL when it is not said.
    pub page: Option<String>,
    /// The field of the user's name; the form's first text field when it is not said.
    pub user_field: Option<String>,
    /// The field of the password.
    pub password_field: Option<String>,
    /// More fields to send.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// How to tell that somebody is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedIn {
    /// A page; the one that the sign-in leads to when it is not said.
    pub page: Option<String>,
    /// A text that only those see there who are signed in.
    pub shows: Option<String>,
}

/// A form to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The page with the form, whose hidden fields are sent along; none when it is not said.
    pub page: Option<String>,
    /// Where the form is sent.
    pub action: String,
    /// Fields to send. `{user}`, `{password}` and `{new_password}` stand for what they say.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    /// Seconds without a request, after which a session is to have ended.
    pub seconds: u64,
}

/// Who signs in.
#[derive(Clone)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
    /// What the password is changed to, and back, where the plan says so.
    pub new_password: Option<String>,
}

/// The file cannot be read.
#[derive(Debug, Error)]
#[error("the plan cannot be read: {0}")]
pub struct InvalidPlan(String);

impl Plan {
    /// Reads a plan.
    pub fn parse(text: &str) -> Result<Self, InvalidPlan> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            InvalidPlan(format!("line {line}: {}", error.message()))
        })
    }
}

impl Credentials {
    pub(super) fn fill(&self, text: &str) -> String {
        let new = self.new_password.as_deref().unwrap_or_default();
        let filled = text.replace("{user}", &self.user).replace("{password}", &self.password);
        filled.replace("{new_password}", new)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_says_what_it_says_and_nothing_unknown() {
        let plan = Plan::parse("[sign_in]\npage = \"/in\"\n[sign_out]\naction = \"/out\"\n").unwrap();
        assert_eq!(
            (plan.sign_in.page.as_deref(), plan.sign_out.unwrap().action.as_str()),
            (Some("/in"), "/out")
        );
        assert!(plan.password_change.is_none() && plan.forged.is_none() && plan.idle.is_none());
        assert!(
            Plan::parse("[sign_in]\n\npages = \"/in\"\n")
                .unwrap_err()
                .to_string()
                .contains("line 3: unknown field")
        );
    }
}
