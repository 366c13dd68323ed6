//! The fields of forms, as password managers, keyboards of phones and screen readers know them.

use maud::{Markup, html};

use crate::pages::Words;
use crate::pages::icons::{Icon, icon};

/// Whether what was typed before has been refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing was.
    Fresh,
    /// The message above the form says why.
    Refused,
}

/// Whether a page opens with the cursor in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    /// It does, in this one.
    Here,
    /// Not in this one.
    Elsewhere,
}

impl Typed {
    pub(super) const fn of(refused: Option<&str>) -> Self {
        if refused.is_some() { Self::Refused } else { Self::Fresh }
    }

    fn is_refused(self) -> Option<&'static str> {
        (self == Self::Refused).then_some("true")
    }

    fn described_by(self) -> Option<&'static str> {
        (self == Self::Refused).then_some("refusal")
    }
}

/// The name of a user, to be typed.
pub(super) fn user_name(words: &Words, value: &str, longest: usize, typed: Typed, cursor: Cursor) -> Markup {
    html! {
        div.field {
            label for="username" { (words.user_name) }
            input type="text" id="username" name="username" value=(value) autocomplete="username" autocapitalize="none"
                autocorrect="off" spellcheck="false" required autofocus[cursor == Cursor::Here] maxlength=(longest)
                aria-invalid=[typed.is_refused()] aria-describedby=[typed.described_by()];
        }
    }
}

/// A name that is known, for password managers to learn whose password it is.
pub(super) fn known_user(name: &str) -> Markup {
    html! { input type="text" name="username" value=(name) autocomplete="username" hidden readonly; }
}

/// The password that a user has.
pub(super) fn current_password(words: &Words, label: &str, typed: Typed, cursor: Cursor) -> Markup {
    html! {
        div.field {
            label for="password" { (label) }
            div.secret {
                input type="password" id="password" name="password" autocomplete="current-password" required
                    autofocus[cursor == Cursor::Here] maxlength="1024" aria-invalid=[typed.is_refused()]
                    aria-describedby=[typed.described_by()];
                (reveal(words, "password"))
            }
        }
    }
}

/// A new password, typed twice, with the rule that it has to meet.
pub(super) fn new_password(words: &Words, length_min: usize) -> Markup {
    html! {
        div.field {
            label for="new_password" { (words.new_password) }
            div.secret {
                input type="password" id="new_password" name="new_password" autocomplete="new-password" required
                    minlength=(length_min) maxlength="1024" aria-describedby="rule";
                (reveal(words, "new_password"))
            }
            p.hint id="rule" { ((words.password_rule)(length_min)) }
        }
        div.field {
            label for="repeated" { (words.new_password_again) }
            input type="password" id="repeated" name="repeated" autocomplete="new-password" required maxlength="1024";
        }
    }
}

/// Shows what is typed. The page's script brings it out, since nothing else could do it.
fn reveal(words: &Words, field: &str) -> Markup {
    html! {
        button.reveal type="button" hidden aria-pressed="false" aria-controls=(field) aria-label=(words.show_password) {
            (icon(Icon::Eye))
        }
    }
}
