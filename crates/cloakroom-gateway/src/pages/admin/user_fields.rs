//! The fields of a user's profile.

use maud::{Markup, html};

use crate::accounts::{DisplayName, Email, Role, User};
use crate::pages::words::ConsoleWords;

/// What was typed about a user, or what is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypedUser {
    /// How they want to be called.
    pub(crate) display_name: String,
    /// Their e-mail address.
    pub(crate) email: String,
    /// Names, separated by commas.
    pub(crate) groups: String,
}

impl TypedUser {
    /// What is known of a user.
    pub(crate) fn of(user: &User) -> Self {
        let profile = &user.profile;
        let groups: Vec<String> = profile.groups.iter().map(ToString::to_string).collect();
        Self {
            display_name: profile.display_name.as_ref().map(DisplayName::to_string).unwrap_or_default(),
            email: profile.email.as_ref().map(Email::to_string).unwrap_or_default(),
            groups: groups.join(", "),
        }
    }

    /// The fields.
    pub(super) fn fields(&self, words: &ConsoleWords) -> Markup {
        html! {
            (field("display_name", words.display_name, &self.display_name, DisplayName::LEN_MAX, None))
            (field("email", words.email, &self.email, Email::LEN_MAX, None))
            (field("groups", words.groups, &self.groups, 4400, Some(words.groups_hint)))
        }
    }
}

/// A field of one line, about somebody else than who types.
pub(super) fn field(name: &str, label: &str, value: &str, longest: usize, hint: Option<&str>) -> Markup {
    let described_by = hint.map(|_| format!("{name}-hint"));
    html! {
        div.field {
            label for=(name) { (label) }
            input type="text" id=(name) name=(name) value=(value) maxlength=(longest) autocomplete="off"
                autocapitalize="none" spellcheck="false" aria-describedby=[described_by.as_deref()];
            @if let Some(hint) = hint { p.hint id=[described_by.as_deref()] { (hint) } }
        }
    }
}

/// The choice of a role.
pub(super) fn role_field(words: &ConsoleWords, chosen: Role) -> Markup {
    html! {
        div.field {
            label for="role" { (words.role_column) }
            select id="role" name="role" aria-describedby="role-hint" {
                @for role in Role::ALL { option value=(role.as_str()) selected[role == chosen] { (words.role(role)) } }
            }
            p.hint id="role-hint" { (words.role_hint) }
        }
    }
}
