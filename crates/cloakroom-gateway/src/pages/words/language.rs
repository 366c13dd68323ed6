//! The languages of the pages, and which of them a request asks for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;

use super::Words;
use super::english::ENGLISH;
use super::german::GERMAN;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// English, for everybody who asks for nothing that there is.
    #[default]
    English,
    /// German.
    German,
}

/// No browser asks for more languages; what follows is not looked at.
const RANGES_MAX: usize = 32;

impl Language {
    /// Every language, in the order of [`Language::index`].
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language that a request asks for before all others.
    ///
    /// A range counts for a language when its first part is the language's: `de-AT` for German. Of ranges that are wanted as much
    /// as each other, the first wins. A language that is refused by `q=0` is not chosen by `*`.
    ///
    /// Source: RFC 9110 12.4.2, 12.5.4; RFC 4647 3.4.
    pub(crate) fn asked_for(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT_LANGUAGE).into_iter().filter_map(|line| line.to_str().ok());
        let ranges: Vec<(&str, u16)> =
            lines.flat_map(|line| line.split(',')).take(RANGES_MAX).filter_map(range).collect();
        let is_refused = |language: Self| {
            let mut own = ranges.iter().filter(|(range, _)| language.is_meant_by(range)).peekable();
            own.peek().is_some() && own.all(|(_, weight)| *weight == 0)
        };
        let wanted = ranges.iter().filter(|(_, weight)| *weight > 0).filter_map(|(range, weight)| {
            let mut languages = Self::ALL.into_iter();
            let language = match *range {
                "*" => languages.find(|language| !is_refused(*language)),
                range => languages.find(|language| language.is_meant_by(range)),
            };
            Some((language?, *weight))
        });
        // `max_by_key` takes the last of equals.
        wanted
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or_else(Self::default, |(language, _)| language)
    }

    /// The language as `lang` and `Content-Language` name it.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What pages say in it.
    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    /// Its place among [`Language::ALL`].
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::English => 0,
            Self::German => 1,
        }
    }

    fn is_meant_by(self, range: &str) -> bool {
        range.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(self.tag()))
    }
}

/// A range and its weight in thousandths; `None` when the weight is none.
fn range(text: &str) -> Option<(&str, u16)> {
    let (range, parameter) = text.split_once(';').unwrap_or((text, "q=1"));
    let weight = parameter.trim().strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim_start();
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if !matches!(whole, "0" | "1") || part.len() > 3 || !part.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{whole}{part:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some((range.trim(), thousandths))
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::asked_for(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[&str]) -> Language {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_LANGUAGE, line.parse().unwrap());
        }
        Language::asked_for(&headers)
    }

    #[test]
    fn the_language_that_is_wanted_most_is_spoken() {
        for (lines, language) in [
            (&[][..], Language::English),
            (&["de"], Language::German),
            (&["de-AT, en;q=0.9"], Language::German),
            (&["DE-ch"], Language::German),
            (&["en-US,en;q=0.9,de;q=0.8"], Language::English),
            (&["fr, de;q=0.5, en;q=0.4"], Language::German),
            (&["fr, de;q=0.4, en;q=0.5"], Language::English),
            (&["de;q=0.500, en;q=0.5"], Language::German),
            (&["fr"], Language::English),
            (&["*"], Language::English),
            (&["en;q=0, *"], Language::German),
            (&["de;q=0"], Language::English),
            (&["fr", "de;q=0.1"], Language::German),
            (&["de;level=1"], Language::English),
            (&["de;q=2, en;q=0.1"], Language::English),
            (&["de;q=0.1234"], Language::English),
            (&["deutsch"], Language::English),
            (&[",;q=,de , "], Language::German),
        ] {
            assert_eq!(asked(lines), language, "{lines:?}");
        }
    }

    #[test]
    fn a_field_of_any_length_is_read_in_a_moment() {
        assert_eq!(asked(&[&format!("{}de", "xx,".repeat(RANGES_MAX))]), Language::English);
        assert_eq!(asked(&[&format!("{}de", "xx,".repeat(RANGES_MAX - 1))]), Language::German);
    }

    #[test]
    fn every_language_has_its_place() {
        for (index, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language.index(), index);
        }
    }
}
