//! The form above a list that says what is to be in it.

use maud::{Markup, html};

use crate::pages::Site;

/// One question of a filter.
#[derive(Debug)]
pub(crate) enum FilterField<'a> {
    /// Something to type.
    Text {
        /// The parameter.
        name: &'a str,
        /// What it is.
        label: &'a str,
        /// What was typed.
        value: &'a str,
        /// The most characters.
        longest: usize,
    },
    /// A minute, in UTC.
    Minute {
        /// The parameter.
        name: &'a str,
        /// What it is.
        label: &'a str,
        /// What was typed.
        value: &'a str,
    },
    /// Something to choose.
    Choice {
        /// The parameter.
        name: &'a str,
        /// What it is.
        label: &'a str,
        /// What there is to choose from.
        choices: Vec<Choice<'a>>,
        /// The value that is chosen.
        chosen: &'a str,
    },
}

/// One thing to choose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'a> {
    /// As the parameter says it; empty for everything.
    pub(crate) value: &'a str,
    /// As people read it.
    pub(crate) label: &'a str,
}

/// The form: a `GET`, so that what it finds has an address.
#[derive(Debug)]
pub(crate) struct Filter<'a> {
    /// The path of the list.
    pub(crate) action: &'a str,
    /// The questions.
    pub(crate) fields: Vec<FilterField<'a>>,
}

impl Filter<'_> {
    /// The form.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        html! {
            search {
                form.filter method="get" action=(self.action) {
                    @for field in &self.fields { div.field { (field.render()) } }
                    button.plain type="submit" { (words.find) }
                }
            }
        }
    }
}

impl FilterField<'_> {
    fn render(&self) -> Markup {
        match self {
            Self::Text { name, label, value, longest } => html! {
                label for={ "by-" (name) } { (label) }
                input type="search" id={ "by-" (name) } name=(name) value=(value) maxlength=(longest) autocomplete="off"
                    autocapitalize="none" autocorrect="off" spellcheck="false";
            },
            Self::Minute { name, label, value } => html! {
                label for={ "by-" (name) } { (label) }
                input type="datetime-local" id={ "by-" (name) } name=(name) value=(value);
            },
            Self::Choice { name, label, choices, chosen } => html! {
                label for={ "by-" (name) } { (label) }
                select id={ "by-" (name) } name=(name) {
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == *chosen] { (choice.label) }
                    }
                }
            },
        }
    }
}
