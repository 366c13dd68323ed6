//! The site that pages belong to, and what all of them have in common.

use std::sync::Arc;

use maud::{DOCTYPE, Markup, html};

use crate::apps::Destination;
use crate::pages::icons::{Icon, icon};
use crate::pages::{Assets, Language, Words};

/// The site that pages belong to, in the language of whoever reads them. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The name that they bear.
    pub(crate) name: Arc<str>,
    /// Where one is helped.
    pub(crate) support: Option<Arc<str>>,
    /// What they load.
    pub(crate) assets: Arc<Assets>,
    /// The language.
    pub(crate) language: Language,
}

/// What a form carries to prove that our own page made it.
#[derive(Clone, Debug)]
pub(crate) struct FormToken(pub(crate) String);

/// How much room a page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One thing to read or do, on a card.
    Card,
    /// A list.
    List,
}

impl Site {
    /// What the pages say.
    pub(crate) const fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// A whole page around its content; `user` is named in its head.
    pub(super) fn page(&self, title: &str, user: Option<&str>, width: Width, content: &Markup) -> Markup {
        let main = match width {
            Width::Card => html! { main { div.panel { h1 { (title) } (content) } } },
            Width::List => html! { main.wide { h1 { (title) } (content) } },
        };
        self.document(title, user, &main)
    }

    /// A whole page of the administration, as wide as its tables need, below the links to its parts.
    pub(super) fn console_page(
        &self,
        title: &str,
        user: &str,
        navigation: &Markup,
        content: &Markup,
    ) -> Markup {
        self.document(
            title,
            Some(user),
            &html! { (navigation) main.wide.console { h1 { (title) } (content) } },
        )
    }

    fn document(&self, title: &str, user: Option<&str>, main: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (self.name) }
                    link rel="stylesheet" href=(self.assets.style.path);
                    link rel="icon" type="image/svg+xml" href=(self.assets.icon.path);
                    script src=(self.assets.script.path) {}
                }
                body {
                    (self.head(user))
                    (main)
                    @if let Some(support) = &self.support { footer { a href=(support) { (self.words().help) } } }
                }
            }
        }
    }

    fn head(&self, user: Option<&str>) -> Markup {
        html! {
            header {
                @match &self.assets.logo {
                    Some(logo) => { img.logo src=(logo.path) alt=(self.name) width="176" height="40"; }
                    None => {
                        img.mark src=(self.assets.icon.path) alt="" width="28" height="28";
                        span.site { (self.name) }
                    }
                }
                @if let Some(user) = user { a.who href="/_cloakroom/account" { (user) } }
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

/// A message above a form that was not taken.
pub(super) fn refusal(text: &str) -> Markup {
    html! { p.notice.bad role="alert" id="refusal" { (icon(Icon::Alert)) span { (text) } } }
}

/// A message about what has just been done.
pub(super) fn success(text: &str) -> Markup {
    html! { p.notice role="status" { (icon(Icon::Check)) span { (text) } } }
}

/// What to quote to whoever runs the site.
pub(super) fn request_number(words: &Words, request_id: &str) -> Markup {
    html! { p.number { (words.request) " " code { (request_id) } } }
}

#[cfg(test)]
impl Site {
    /// A site without a brand.
    pub(super) fn sample(name: &str, language: Language) -> Self {
        let assets = Arc::new(Assets::of(&crate::config::Brand::default()));
        Self { name: name.into(), support: None, assets, language }
    }
}
