//! What is shown of providers that vouch for users: buttons, and what to do when something is not in order.

use maud::{Markup, html};

use crate::pages::site::{Width, request_number};
use crate::pages::{Site, Words};

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
    /// A heading and a sentence about it.
    const fn said(self, words: &Words) -> (&'static str, &'static str) {
        match self {
            Self::StartAgain => (words.start_again, words.start_again_text),
            Self::Denied => (words.denied, words.denied_text),
            Self::NoAccount => (words.no_account, words.no_account_text),
            Self::Disabled => (words.disabled, words.disabled_text),
            Self::SomebodyElse => (words.somebody_else, words.somebody_else_text),
            Self::NotInOrder => (words.not_in_order, words.not_in_order_text),
        }
    }
}

impl ProviderProblemPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let (title, text) = self.problem.said(words);
        let content = html! {
            @if let Some(provider) = self.provider { p.lead { ((words.sign_in_with)(provider)) } }
            p { (text) }
            a.button.full href="/_cloakroom/login" { (words.to_sign_in) }
            (request_number(words, self.request_id))
        };
        site.page(title, None, Width::Card, &content)
    }
}

impl SignedOutHerePage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { ((words.signed_out_here)(self.provider)) }
            a.button.full href=(self.url) { ((words.sign_out_of)(self.provider)) }
        };
        site.page(words.signed_out, None, Width::Card, &content)
    }
}

/// A button for each provider, apart from the form of the password if there is one.
pub(super) fn provider_buttons(said: fn(&str) -> String, links: &[ProviderLink]) -> Markup {
    html! {
        @for link in links { a.button.plain.full.apart href=(link.url) { (said(&link.title)) } }
    }
}
