//! A list of which some entries are marked, to do one thing with all of them, for a reason.

use maud::{Markup, html};

use crate::installation::EndReason;
use crate::pages::{FormToken, Site};

/// The form around such a list.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    /// Where it is posted.
    pub(crate) action: &'a str,
    /// What proves it.
    pub(crate) token: &'a FormToken,
    /// What its button says.
    pub(crate) button: &'a str,
}

impl Selection<'_> {
    /// The form around a list whose entries have a [`select_box`].
    pub(crate) fn render(&self, site: &Site, list: &Markup) -> Markup {
        html! {
            form.selection method="post" action=(self.action) {
                (self.token.field())
                (list)
                div.bar {
                    (needed_reason_field(site, "reason"))
                    button.danger type="submit" { (self.button) }
                }
            }
        }
    }
}

/// The field for why something is done, which goes into the trail; `id` is its own on the page.
pub(crate) fn reason_field(site: &Site, id: &str) -> Markup {
    field(site, id, false)
}

/// The same, without which nothing is done.
pub(crate) fn needed_reason_field(site: &Site, id: &str) -> Markup {
    field(site, id, true)
}

fn field(site: &Site, id: &str, is_needed: bool) -> Markup {
    let words = site.language.console();
    html! {
        div.field {
            label for=(id) { (words.reason) }
            input type="text" id=(id) name="reason" maxlength=(EndReason::CHARACTERS_MAX) autocomplete="off"
                required[is_needed] aria-describedby={ (id) "-hint" };
            p.hint id={ (id) "-hint" } { (words.reason_hint) }
        }
    }
}

/// The box that marks an entry; `label` says which to whoever does not see it beside the entry.
pub(crate) fn select_box(name: &str, value: &str, label: &str) -> Markup {
    html! { input type="checkbox" name=(name) value=(value) aria-label=(label); }
}
