//! What all pages have in common.

use maud::{DOCTYPE, Markup, html};

use crate::apps::Destination;
use crate::pages::{GUARD, ICON, STYLE};

/// The site that pages belong to.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The name that they bear.
    pub(crate) name: String,
}

/// What a form carries to prove that our own page made it.
#[derive(Clone, Debug)]
pub(crate) struct FormToken(pub(crate) String);

/// How much room a page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One form.
    Form,
    /// A list.
    List,
}

impl Site {
    /// A whole page around its content; `user` is named in its head.
    pub(super) fn page(&self, title: &str, user: Option<&str>, width: Width, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (title) " · " (self.name) }
                    link rel="stylesheet" href=(STYLE.path);
                    link rel="icon" type="image/svg+xml" href=(ICON.path);
                    script src=(GUARD.path) {}
                }
                body {
                    header {
                        img src=(ICON.path) alt="" width="28" height="28";
                        span.site { (self.name) }
                        @if let Some(user) = user { span.who { (user) } }
                    }
                    main.wide[width == Width::List] {
                        h1 { (title) }
                        (content)
                    }
                }
            }
        }
    }
}

impl FormToken {
    pub(super) fn field(&self) -> Markup {
        html! { input type="hidden" name="csrf_token" value=(self.0); }
    }
}

/// The field that says where a form leads.
pub(super) fn destination_field(destination: Option<&Destination>) -> Markup {
    html! {
        @if let Some((name, value)) = destination.map(Destination::field) {
            input type="hidden" name=(name) value=(value);
        }
    }
}

/// What is said when no more passwords are looked at for a while.
pub(crate) const TOO_MANY: &str =
    "There were too many tries from where you are. Please wait a minute and try again.";

/// A message above a form that was not taken.
pub(super) fn refusal(text: &str) -> Markup {
    html! { p.notice.bad role="alert" id="refusal" { (text) } }
}

/// The field of a password that is typed twice, with the rule it has to meet.
pub(super) fn new_password_fields(length_min: usize) -> Markup {
    html! {
        div.field {
            label for="new_password" { "New password" }
            input type="password" id="new_password" name="new_password" autocomplete="new-password"
                required minlength=(length_min) maxlength="1024" aria-describedby="rule";
            p.hint id="rule" {
                "At least " (length_min) " characters. A few unrelated words are easy to remember and hard to guess."
            }
        }
        div.field {
            label for="repeated" { "New password again" }
            input type="password" id="repeated" name="repeated" autocomplete="new-password" required maxlength="1024";
        }
    }
}
