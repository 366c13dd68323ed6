//! `Content-Security-Policy`: what a page may load, run and be framed by.

use std::fmt;

use http::HeaderValue;
use thiserror::Error;

use super::Nonce;

/// What a page may load and do; [`ContentSecurityPolicy::strict`] to begin with, and then what the page needs.
///
/// ```
/// use cloakroom::headers::{ContentSecurityPolicy, Directive};
///
/// let policy = ContentSecurityPolicy::strict()
///     .allow(Directive::ImgSrc, "https://images.example")?
///     .allow(Directive::FormAction, "https://idp.example")?;
/// # Ok::<(), cloakroom::headers::InvalidSource>(())
/// ```
///
/// Source: Content Security Policy Level 3; ASVS 5.0 3.4.3, 3.4.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentSecurityPolicy {
    directives: Vec<(Directive, String)>,
}

/// What a source is allowed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// Whatever has no directive of its own.
    DefaultSrc,
    /// What relative addresses are resolved against.
    BaseUri,
    /// Where scripts may connect to.
    ConnectSrc,
    /// Fonts.
    FontSrc,
    /// Where forms may be sent to; in Chromium also where the answer may redirect to.
    FormAction,
    /// Who may frame the page.
    FrameAncestors,
    /// What the page may frame.
    FrameSrc,
    /// Images.
    ImgSrc,
    /// The web application's manifest.
    ManifestSrc,
    /// Audio and video.
    MediaSrc,
    /// Plug-ins.
    ObjectSrc,
    /// Scripts.
    ScriptSrc,
    /// Style sheets.
    StyleSrc,
    /// Workers.
    WorkerSrc,
}

/// A text that is no source, or one that takes the protection away.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidSource {
    /// It is no source expression.
    #[error(
        "{0:?} is no source: write an origin such as https://cdn.example, a scheme such as data:, 'self' or a hash"
    )]
    Malformed(String),
    /// It would let an injected script run, or anybody frame the page.
    #[error("{text:?} in {directive} takes the protection away; where it must be, there is `insecure_allow`")]
    Weak {
        /// The directive.
        directive: Directive,
        /// The source.
        text: String,
    },
}

/// Where the nonce goes; no source that is allowed has these octets.
const NONCE: &str = "\0";

impl ContentSecurityPolicy {
    /// Scripts and styles by nonce, scripts that those load, everything else from our own origin, no plug-ins, no frames
    /// around the page, no foreign base address, and forms that come back to us.
    #[must_use]
    pub fn strict() -> Self {
        let directives = [
            (Directive::DefaultSrc, "'self'"),
            (Directive::ScriptSrc, "'nonce-\0' 'strict-dynamic'"),
            (Directive::StyleSrc, "'self' 'nonce-\0'"),
            (Directive::ObjectSrc, "'none'"),
            (Directive::BaseUri, "'none'"),
            (Directive::FormAction, "'self'"),
            (Directive::FrameAncestors, "'none'"),
        ];
        Self { directives: directives.map(|(directive, sources)| (directive, sources.to_owned())).to_vec() }
    }

    /// Nothing at all: no script, no style, no form, no frame.
    #[must_use]
    pub fn nothing() -> Self {
        let directives =
            [Directive::DefaultSrc, Directive::BaseUri, Directive::FormAction, Directive::FrameAncestors];
        Self { directives: directives.map(|directive| (directive, "'none'".to_owned())).to_vec() }
    }

    /// Allows a source: an origin, `https://*.example`, `data:` or `blob:`, `'self'`, or a hash of an inline script.
    ///
    /// # Errors
    /// [`InvalidSource`] when it is no source, and when an injected script could use it.
    pub fn allow(self, directive: Directive, source: &str) -> Result<Self, InvalidSource> {
        if !is_source(source) {
            return Err(InvalidSource::Malformed(source.to_owned()));
        }
        if is_weak(directive, source) {
            return Err(InvalidSource::Weak { directive, text: source.to_owned() });
        }
        Ok(self.with(directive, source))
    }

    /// Allows a source that takes protection away, such as `'unsafe-inline'`.
    ///
    /// # Errors
    /// [`InvalidSource::Malformed`].
    ///
    /// # Security
    /// With `'unsafe-inline'` or `'unsafe-eval'` among the scripts an injected one runs.
    pub fn insecure_allow(self, directive: Directive, source: &str) -> Result<Self, InvalidSource> {
        let is_plain = !source.is_empty()
            && source.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b';' | b','));
        if is_plain {
            Ok(self.with(directive, source))
        } else {
            Err(InvalidSource::Malformed(source.to_owned()))
        }
    }

    fn with(mut self, directive: Directive, source: &str) -> Self {
        let place = self.place_of(directive).unwrap_or_else(|| {
            // A directive of its own takes the place of what holds for everything.
            let inherited =
                self.place_of(Directive::DefaultSrc).map(|place| self.directives[place].1.clone());
            self.directives.push((directive, inherited.unwrap_or_default()));
            self.directives.len() - 1
        });
        let sources = &mut self.directives[place].1;
        // `'none'` stands alone.
        if sources == "'none'" {
            sources.clear();
        }
        if !sources.is_empty() {
            sources.push(' ');
        }
        sources.push_str(source);
        self
    }

    fn place_of(&self, directive: Directive) -> Option<usize> {
        self.directives.iter().position(|(one, _)| *one == directive)
    }

    /// Whether a directive allows anything at all.
    pub(super) fn allows_any(&self, directive: Directive) -> bool {
        self.directives.iter().any(|(one, sources)| *one == directive && sources != "'none'")
    }

    /// The policy as a text to put a nonce into.
    pub(super) fn template(&self) -> Template {
        let text = self.to_string();
        Template { parts: text.split(NONCE).map(str::to_owned).collect() }
    }
}

impl Default for ContentSecurityPolicy {
    fn default() -> Self {
        Self::strict()
    }
}

/// As it stands in the field, with an octet that no field has where the nonce goes.
impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (directive, sources)) in self.directives.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{directive} {sources}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DefaultSrc => "default-src",
            Self::BaseUri => "base-uri",
            Self::ConnectSrc => "connect-src",
            Self::FontSrc => "font-src",
            Self::FormAction => "form-action",
            Self::FrameAncestors => "frame-ancestors",
            Self::FrameSrc => "frame-src",
            Self::ImgSrc => "img-src",
            Self::ManifestSrc => "manifest-src",
            Self::MediaSrc => "media-src",
            Self::ObjectSrc => "object-src",
            Self::ScriptSrc => "script-src",
            Self::StyleSrc => "style-src",
            Self::WorkerSrc => "worker-src",
        })
    }
}

/// A policy that waits for its nonce.
#[derive(Clone, Debug)]
pub(super) struct Template {
    parts: Vec<String>,
}

impl Template {
    /// The field's value.
    pub(super) fn filled(&self, nonce: Nonce) -> HeaderValue {
        let text = self.parts.join(nonce.as_str());
        HeaderValue::try_from(text).expect("a policy is made of visible characters")
    }
}

/// Whether a text is an origin, a scheme, a hash or `'self'`.
fn is_source(text: &str) -> bool {
    match text {
        "'self'" | "data:" | "blob:" | "https:" | "wss:" => true,
        _ => is_hash(text) || is_origin(text),
    }
}

fn is_hash(text: &str) -> bool {
    let quoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let digest = quoted.and_then(|text| {
        ["sha256-", "sha384-", "sha512-"].into_iter().find_map(|algorithm| text.strip_prefix(algorithm))
    });
    digest.is_some_and(|digest| {
        let is_base64 = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
        !digest.is_empty() && digest.bytes().all(is_base64)
    })
}

/// `scheme://host`, with a port if need be, and with `*.` before the host for all its sub-domains.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let host = host.strip_prefix("*.").unwrap_or(host);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    matches!(scheme, "https" | "wss" | "http" | "ws")
        && host.split('.').all(is_label)
        && port.parse::<u16>().is_ok()
}

/// Whether an injected element could make use of the source, or anybody frame the page.
fn is_weak(directive: Directive, source: &str) -> bool {
    let runs = matches!(
        directive,
        Directive::ScriptSrc | Directive::DefaultSrc | Directive::ObjectSrc | Directive::BaseUri
    );
    let is_broad = matches!(source, "data:" | "blob:" | "https:" | "wss:");
    let is_plain = source.starts_with("http://") || source.starts_with("ws://");
    let frames_us = directive == Directive::FrameAncestors || directive == Directive::FormAction;
    (runs || frames_us) && is_broad || runs && is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> ContentSecurityPolicy {
        ContentSecurityPolicy::strict()
    }

    #[test]
    fn the_nonce_stands_where_scripts_and_styles_are() {
        let filled = strict().template().filled(Nonce::from_octets([0; 16]));
        assert_eq!(
            filled,
            "default-src 'self'; script-src 'nonce-AAAAAAAAAAAAAAAAAAAAAA' 'strict-dynamic'; \
             style-src 'self' 'nonce-AAAAAAAAAAAAAAAAAAAAAA'; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
    }

    #[test]
    fn what_is_allowed_is_added_to_its_directive() {
        let policy = strict()
            .allow(Directive::ImgSrc, "https://images.example")
            .and_then(|policy| policy.allow(Directive::ImgSrc, "data:"))
            .and_then(|policy| policy.allow(Directive::FrameAncestors, "https://portal.example:8443"))
            .unwrap()
            .to_string();
        assert!(policy.contains("; img-src 'self' https://images.example data:"), "{policy}");
        assert!(policy.contains("; frame-ancestors https://portal.example:8443"), "{policy}");
    }

    #[test]
    fn from_nothing_only_what_is_allowed_is_allowed() {
        let policy = ContentSecurityPolicy::nothing()
            .allow(Directive::StyleSrc, "'self'")
            .and_then(|policy| policy.allow(Directive::FormAction, "'self'"));
        let expected = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'self'";
        assert_eq!(policy.unwrap().to_string(), expected);
    }

    #[test]
    fn a_source_cannot_bring_a_directive_along() {
        for text in [
            "",
            "*",
            "https://a; script-src *",
            "https://a,b",
            "a.example",
            "https://",
            "https://a/b",
            "'nonce-x'",
            "x\0y",
        ] {
            assert!(strict().allow(Directive::ImgSrc, text).is_err(), "{text:?}");
        }
        for text in ["", "a;b", "a,b", "a b", "a\0"] {
            assert!(strict().insecure_allow(Directive::ImgSrc, text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_takes_the_protection_away_needs_the_other_door() {
        for (directive, source) in [
            (Directive::ScriptSrc, "data:"),
            (Directive::ScriptSrc, "https:"),
            (Directive::ScriptSrc, "http://cdn.example"),
            (Directive::DefaultSrc, "blob:"),
            (Directive::FrameAncestors, "https:"),
        ] {
            let refused = strict().allow(directive, source);
            assert_eq!(refused, Err(InvalidSource::Weak { directive, text: source.to_owned() }));
            assert!(strict().insecure_allow(directive, source).is_ok());
        }
        assert!(strict().allow(Directive::ScriptSrc, "'unsafe-inline'").is_err());
        assert!(strict().insecure_allow(Directive::ScriptSrc, "'unsafe-inline'").is_ok());
    }
}
