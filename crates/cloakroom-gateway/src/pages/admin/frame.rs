//! The frame of every page of the administration: its parts, and who looks at it.

use maud::{Markup, html};

use crate::accounts::Role;
use crate::pages::{Language, Site};

/// A part of the administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// How much is going on.
    Overview,
    /// Users.
    Users,
    /// Sessions.
    Sessions,
    /// What has happened.
    Events,
}

/// What is around a page of the administration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// What they may do.
    pub(crate) role: Role,
    /// Where they are.
    pub(crate) section: Section,
}

impl Section {
    /// Every part that there is, in the order of their links.
    const ALL: &[Self] = &[Self::Overview, Self::Users, Self::Sessions, Self::Events];

    /// Where it begins.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/_cloakroom/admin/overview",
            Self::Users => "/_cloakroom/admin/users",
            Self::Sessions => "/_cloakroom/admin/sessions",
            Self::Events => "/_cloakroom/admin/events",
        }
    }

    const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Overview => language.watching().overview,
            Self::Users => language.console().users,
            Self::Sessions => language.sessions().sessions,
            Self::Events => language.watching().events,
        }
    }
}

impl Frame<'_> {
    /// Whether a page offers to do anything.
    pub(crate) const fn may_act(&self) -> bool {
        self.role.may_act()
    }

    /// A whole page.
    pub(crate) fn page(&self, site: &Site, title: &str, content: &Markup) -> Markup {
        site.console_page(title, self.user, &self.navigation(site), content)
    }

    fn navigation(&self, site: &Site) -> Markup {
        let words = site.language.console();
        html! {
            nav.parts aria-label=(words.administration) {
                ul {
                    @for section in Section::ALL {
                        li {
                            a href=(section.path()) aria-current=[(*section == self.section).then_some("true")] {
                                (section.name(site.language))
                            }
                        }
                    }
                }
                @if !self.may_act() { span.badge { (words.role(self.role)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_is_is_marked_and_an_auditor_is_told_so() {
        let frame = |role| Frame { user: "alice", role, section: Section::Users };
        let page = |role| {
            let site = Site::sample("Acme", Language::English);
            frame(role).page(&site, "Users", &html! { p { "content" } }).into_string()
        };
        let [auditor, administrator] = [Role::Auditor, Role::Administrator].map(page);
        let marked = "<a href=\"/_cloakroom/admin/users\" aria-current=\"true\">Users</a>";
        assert!(auditor.contains(marked) && administrator.contains(marked), "{auditor}");
        assert!(auditor.contains("<span class=\"badge\">Auditor</span>"), "{auditor}");
        assert!(!administrator.contains("badge"), "{administrator}");
    }
}
