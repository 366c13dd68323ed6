//! The files that pages refer to, under names that change with their content.

use std::sync::LazyLock;

use cloakroom::headers::PAGE_GUARD;
use sha2::{Digest, Sha256};

/// A file that never changes under its name, so that browsers may keep it for good.
#[derive(Debug)]
pub(crate) struct StaticFile {
    /// The path it is served under.
    pub(crate) path: String,
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Its content.
    pub(crate) content: &'static str,
}

/// The one stylesheet.
pub(crate) static STYLE: LazyLock<StaticFile> =
    LazyLock::new(|| StaticFile::new("style", "css", "text/css; charset=utf-8", include_str!("style.css")));

/// The icon of browser tabs and page heads.
pub(crate) static ICON: LazyLock<StaticFile> =
    LazyLock::new(|| StaticFile::new("icon", "svg", "image/svg+xml", include_str!("icon.svg")));

/// The one script: it reloads a page that comes out of the browser's back-forward cache.
///
/// Story: in Chromium *Back* after a sign-out showed the account page again, since the page that a sign-in's redirect led to is
/// kept there in spite of `no-store`.
pub(crate) static GUARD: LazyLock<StaticFile> =
    LazyLock::new(|| StaticFile::new("page-guard", "js", "text/javascript; charset=utf-8", PAGE_GUARD));

impl StaticFile {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest = Sha256::digest(content);
        let hash = digest[..6].iter().fold(0_u64, |hash, octet| hash << 8 | u64::from(*octet));
        Self { path: format!("/_cloakroom/{stem}-{hash:012x}.{extension}"), content_type, content }
    }
}
