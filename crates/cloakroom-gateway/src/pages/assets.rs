//! The files that pages refer to, under names that change with their content.

use std::borrow::Cow;

use cloakroom::headers::PAGE_GUARD;
use sha2::{Digest, Sha256};

use crate::config::Brand;

/// A file that never changes under its name, so that browsers may keep it for good.
#[derive(Clone, Debug)]
pub(crate) struct StaticFile {
    /// The path it is served under.
    pub(crate) path: String,
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Its content.
    pub(crate) content: Cow<'static, [u8]>,
}

/// Every file that the pages of one site refer to.
#[derive(Clone, Debug)]
pub(crate) struct Assets {
    /// The one stylesheet, with the site's own accent at its end.
    pub(crate) style: StaticFile,
    /// The one script.
    ///
    /// Its first half reloads a page that comes out of the browser's back-forward cache. Story: in Chromium *Back* after a sign-out
    /// showed the account page again, since the page that a sign-in's redirect led to is kept there in spite of `no-store`.
    pub(crate) script: StaticFile,
    /// The icon of browser tabs, and of page heads without a logo.
    pub(crate) icon: StaticFile,
    /// The site's own logo.
    pub(crate) logo: Option<StaticFile>,
}

impl Assets {
    /// The files of a site of this brand.
    pub(crate) fn of(brand: &Brand) -> Self {
        let style = include_str!("style.css");
        let style = match &brand.accent {
            Some(accent) => Cow::Owned(format!("{style}{}", accent.style()).into_bytes()),
            None => Cow::Borrowed(style.as_bytes()),
        };
        let script = Cow::Owned(format!("{PAGE_GUARD}{}", include_str!("script.js")).into_bytes());
        let icon = Cow::Borrowed(include_bytes!("icon.svg").as_slice());
        let logo = brand.logo.as_ref().map(|logo| {
            let kind = logo.kind;
            StaticFile::new("logo", kind.extension(), kind.content_type(), Cow::Owned(logo.content.clone()))
        });
        Self {
            style: StaticFile::new("style", "css", "text/css; charset=utf-8", style),
            script: StaticFile::new("page", "js", "text/javascript; charset=utf-8", script),
            icon: StaticFile::new("icon", "svg", "image/svg+xml", icon),
            logo,
        }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &StaticFile> {
        [&self.style, &self.script, &self.icon].into_iter().chain(&self.logo)
    }
}

impl StaticFile {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: Cow<'static, [u8]>) -> Self {
        let digest = Sha256::digest(&content);
        let hash = digest[..6].iter().fold(0_u64, |hash, octet| hash << 8 | u64::from(*octet));
        Self { path: format!("/_cloakroom/{stem}-{hash:012x}.{extension}"), content_type, content }
    }

    /// Whether it is a picture, which a browser may open like a page of ours.
    pub(crate) fn is_picture(&self) -> bool {
        self.content_type.starts_with("image/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_loads_is_small() {
        let octets: usize = Assets::of(&Brand::default()).iter().map(|file| file.content.len()).sum();
        assert!(octets < 22 * 1024, "{octets}, and a page comes to it");
    }

    #[test]
    fn the_style_names_nothing_elsewhere_and_has_the_colours_that_accents_are_checked_against() {
        let style = include_str!("style.css");
        for wrong in ["url(", "@import", "http"] {
            assert!(!style.contains(wrong), "{wrong}");
        }
        let [light, dark] = Brand::grounds();
        let dark_at = style.find("prefers-color-scheme: dark").unwrap();
        assert!(style[..dark_at].contains(&format!("--paper: {light};")), "{light}");
        assert!(style[dark_at..].contains(&format!("--card: {dark};")), "{dark}");
    }
}
