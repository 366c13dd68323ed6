//! What is shown of providers that vouch for users: buttons, and what to do when something is not in order.

use maud::{Markup, html};

use crate::pages::Site;
use crate::pages::layout::Width;

/// The way to a provider.
#[derive(Clone, Debug)]
pub(crate) struct ProviderLink {
    /// What it is called.
    pub(crate) title: String,
    /// Where a flow begins.
    pub(crate) url: String,
}

/// Why a sign-in by a provider does not go on, as far as its user is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProviderProblem {
    /// It took too long, came back twice, or was never begun.
    StartAgain,
    /// The user said no there.
    Denied,
    /// Nobody here is linked to them.
    NoAccount,
    /// Their account is disabled.
    Disabled,
    /// They are signed in as somebody else.
    SomebodyElse,
    /// What the provider says cannot be used.
    NotInOrder,
}

/// A page about a sign-in by a provider that does not go on.
#[derive(Debug)]
pub(crate) struct ProviderProblemPage<'a> {
    /// Why.
    pub(crate) problem: ProviderProblem,
    /// What the provider is called.
    pub(crate) provider: Option<&'a str>,
    /// What to quote to whoever runs the site.
    pub(crate) request_id: &'a str,
}

/// What is shown on the way to the end of the session with the provider.
#[derive(Debug)]
pub(crate) struct SignedOutHerePage<'a> {
    /// What the provider is called.
    pub(crate) provider: &'a str,
    /// Where its session is ended.
    pub(crate) url: &'a str,
}

impl ProviderProblem {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::StartAgain => (
                "Please sign in again",
                "This sign-in took longer than ten minutes, has been used already, or was begun in another browser.",
            ),
            Self::Denied => {
                ("Not signed in", "The sign-in was stopped before it was done. You can try again.")
            }
            Self::NoAccount => (
                "No account here",
                "You have proved who you are, but there is no account for you here. Please ask whoever runs this site for one, and \
                 quote the number below.",
            ),
            Self::Disabled => (
                "Account disabled",
                "Your account here is disabled. Whoever runs this site can enable it again.",
            ),
            Self::SomebodyElse => (
                "Somebody else",
                "You are signed in here as one user and there as another. Please sign out here first, or choose the other account there.",
            ),
            Self::NotInOrder => (
                "The sign-in does not work",
                "What came back was not in order, or nothing came back at all. Please try again in a minute. If it happens again, tell \
                 whoever runs this site, and quote the number below.",
            ),
        }
    }
}

impl ProviderProblemPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let (title, text) = self.problem.words();
        let content = html! {
            div.panel {
                @if let Some(provider) = self.provider { p.quiet.small { "Sign in with " (provider) } }
                p { (text) }
                a.button href="/_cloakroom/login" { "To the sign-in page" }
                p.quiet.small.apart { "Request " code { (self.request_id) } }
            }
        };
        site.page(title, None, Width::Form, &content)
    }
}

impl SignedOutHerePage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "You are signed out here. Your session with " strong { (self.provider) } " is ended next." }
                a.button href=(self.url) { "Sign out of " (self.provider) }
            }
        };
        site.page("You are signed out", None, Width::Form, &content)
    }
}

/// A button for each provider, apart from the form of the password if there is one.
pub(super) fn provider_buttons(verb: &str, links: &[ProviderLink]) -> Markup {
    html! {
        @for link in links {
            a.button.plain.full.apart href=(link.url) { (verb) " " (link.title) }
        }
    }
}
