//! What sessions are looked for, as the pages carry it along.

use cloakroom::Method;
use maud::{Markup, html};

use crate::pages::admin::{Choice, Filter, FilterField};
use crate::pages::{Language, SignedInBy, Site};

/// The words of a filter as they were typed, without those that are empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilterWords(pub(crate) Vec<(&'static str, String)>);

/// The spans that the form offers, as the filter writes them.
const SPANS: [&str; 4] = ["1h", "1d", "7d", "30d"];

/// The ways to sign in that the form offers: those that there are at a gateway.
const METHODS: [Method; 3] = [Method::Password, Method::Federated, Method::Remembered];

/// The most characters of a network as text.
const ADDRESS_MAX: usize = 49;

/// The most characters of a user's name.
const USER_MAX: usize = crate::accounts::UserName::LEN_MAX;

impl FilterWords {
    fn word(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| *field == name).map_or("", |(_, word)| word.as_str())
    }

    /// Whether nothing is said.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A query that says the same; empty, or with its question mark.
    pub(crate) fn query(&self, more: &[(&str, &str)]) -> String {
        let words = self.0.iter().map(|(field, word)| (*field, word.as_str())).chain(more.iter().copied());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(words).finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// Hidden fields that say the same.
    pub(super) fn hidden(&self) -> Markup {
        html! { @for (field, word) in &self.0 { input type="hidden" name=(field) value=(word); } }
    }

    /// What is looked for, to be read.
    pub(super) fn told(&self, language: Language) -> Markup {
        html! {
            dl.facts {
                @for (field, word) in &self.0 { div { dt { (label(language, field)) } dd { (said(language, field, word)) } } }
            }
        }
    }

    /// The form that asks for them; `apps` are the names of applications at origins of their own.
    pub(super) fn form(&self, site: &Site, action: &str, apps: &[&str]) -> Markup {
        let language = site.language;
        let label = |field| label(language, field);
        let text = |name: &'static str, longest| FilterField::Text {
            name,
            label: label(name),
            value: self.word(name),
            longest,
        };
        let method_words = METHODS.map(|method| SignedInBy::Method(method).said(language.words()));
        let methods =
            METHODS.iter().zip(&method_words).map(|(method, label)| (method.as_str(), label.as_str()));
        let mut fields = vec![text("user", USER_MAX), text("address", ADDRESS_MAX)];
        if !apps.is_empty() || !self.word("app").is_empty() {
            fields.push(self.choice(language, "app", apps.iter().map(|app| (*app, *app))));
        }
        fields.push(self.choice(language, "method", methods));
        for name in ["younger", "older", "unseen"] {
            fields.push(self.choice(
                language,
                name,
                SPANS.into_iter().map(|span| (span, span_in_words(language, span))),
            ));
        }
        Filter { action, fields }.render(site)
    }

    /// A choice between everything, what there is to choose from, and what an address of the page says.
    fn choice<'a>(
        &'a self,
        language: Language,
        name: &'static str,
        offered: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> FilterField<'a> {
        let chosen = self.word(name);
        let any = Choice { value: "", label: language.sessions().any };
        let mut choices: Vec<Choice<'a>> =
            [any].into_iter().chain(offered.map(|(value, label)| Choice { value, label })).collect();
        if choices.iter().all(|choice| choice.value != chosen) {
            choices.push(Choice { value: chosen, label: chosen });
        }
        FilterField::Choice { name, label: label(language, name), choices, chosen }
    }
}

fn label(language: Language, field: &str) -> &'static str {
    let words = language.sessions();
    match field {
        "user" => words.user,
        "address" => words.address_or_network,
        "app" => words.app,
        "method" => words.signed_in,
        "younger" => words.begun_within,
        "older" => words.begun_before,
        _ => words.not_used_for,
    }
}

/// A word of the filter as people read it.
fn said(language: Language, field: &str, word: &str) -> String {
    match field {
        "younger" | "older" | "unseen" => span_in_words(language, word).to_owned(),
        "method" => {
            let method = METHODS.into_iter().find(|method| method.as_str() == word);
            method.map_or_else(|| word.to_owned(), |method| SignedInBy::Method(method).said(language.words()))
        }
        _ => word.to_owned(),
    }
}

fn span_in_words(language: Language, span: &str) -> &str {
    let words = language.sessions();
    match span {
        "1h" => words.an_hour,
        "1d" => words.a_day,
        "7d" => words.a_week,
        "30d" => words.a_month,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> FilterWords {
        FilterWords(vec![
            ("user", "a&b".to_owned()),
            ("older", "3d".to_owned()),
            ("method", "password".to_owned()),
        ])
    }

    #[test]
    fn what_was_looked_for_is_in_the_form_in_links_and_in_words() {
        let site = Site::sample("Acme", Language::English);
        let form = words().form(&site, "/list", &["wiki"]).into_string();
        for part in [
            "name=\"user\" value=\"a&amp;b\"",
            "<option value=\"3d\" selected>3d</option>",
            "<option value=\"password\" selected>by password</option>",
            "<option value=\"wiki\">wiki</option>",
            "<option value=\"\" selected>Any</option>",
        ] {
            assert!(form.contains(part), "{part}: {form}");
        }
        assert_eq!(words().query(&[("after", "x")]), "?user=a%26b&older=3d&method=password&after=x");
        assert_eq!(FilterWords::default().query(&[]), "");
        let told = words().told(Language::German).into_string();
        assert!(told.contains("<dt>Angemeldet</dt><dd>mit Passwort</dd>"), "{told}");
    }

    #[test]
    fn applications_are_asked_for_where_there_are_some() {
        let site = Site::sample("Acme", Language::English);
        assert!(!FilterWords::default().form(&site, "/list", &[]).into_string().contains("name=\"app\""));
    }
}
