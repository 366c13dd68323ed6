//! The files that pages refer to, under names that change with their content.

use std::sync::LazyLock;

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

impl StaticFile {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest = Sha256::digest(content);
        let hash = digest[..6].iter().fold(0_u64, |hash, octet| hash << 8 | u64::from(*octet));
        Self { path: format!("/_cloakroom/{stem}-{hash:012x}.{extension}"), content_type, content }
    }
}
