//! How a site looks: its logo, its colour, and where one is helped.

use std::fmt;

use crate::config::{Colour, Contrast};

/// What makes pages look like those of whoever runs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// The logo, in the place of our mark and the name.
    pub logo: Option<Logo>,
    /// The colour of buttons and links.
    pub accent: Option<Accent>,
    /// Where whoever has trouble is helped: a page or an e-mail address.
    pub support: Option<String>,
}

/// A picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// What its content is.
    pub kind: PictureKind,
    /// The picture itself.
    pub content: Vec<u8>,
}

/// What kind of picture a file holds, by its first octets and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// Portable Network Graphics.
    Png,
    /// Scalable Vector Graphics.
    Svg,
    /// `WebP`.
    WebP,
}

/// One colour by day and one by night, each of which can be read on its ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    light: Colour,
    dark: Colour,
}

/// What text needs of its ground.
///
/// Source: WCAG 2.2, 1.4.3.
const READABLE: Contrast = Contrast::from_hundredths(450);

/// What a shade made by us has, where the operator has chosen none.
const COMFORTABLE: Contrast = Contrast::from_hundredths(650);

/// The ground of pages by day, the darkest that text of the accent stands on.
const PAPER: Colour = Colour::new(0xf5, 0xf5, 0xf2);

/// The ground of cards by night, the lightest that text of the accent stands on.
const NIGHT_CARD: Colour = Colour::new(0x1b, 0x22, 0x20);

/// A colour cannot be read on its ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{colour} has a contrast of {contrast} to the {ground} ground {on}, and text needs {READABLE} (WCAG 2.2, 1.4.3); {nearest} has it"
)]
pub struct Unreadable {
    colour: Colour,
    contrast: Contrast,
    ground: &'static str,
    on: Colour,
    nearest: Colour,
}

#[cfg(test)]
impl Brand {
    /// The colours, by day and by night, that an accent is held against; the stylesheet has to have them.
    pub(crate) const fn grounds() -> [Colour; 2] {
        [PAPER, NIGHT_CARD]
    }
}

impl Accent {
    /// An accent of a colour by day, and by night of another or of a lighter shade of the same.
    ///
    /// # Errors
    /// [`Unreadable`] when text of that colour, or on it, could not be read; it names the nearest shade that can.
    pub fn new(light: Colour, dark: Option<Colour>) -> Result<Self, Unreadable> {
        let check = |colour: Colour, ground, on: Colour, towards| match colour.contrast(on) {
            contrast if contrast < READABLE => {
                let nearest = colour.shade(towards, |shade| shade.contrast(on) >= READABLE);
                Err(Unreadable { colour, contrast, ground, on, nearest })
            }
            _ => Ok(colour),
        };
        let light = check(light, "light", PAPER, Colour::BLACK)?;
        let dark = match dark {
            Some(dark) => check(dark, "dark", NIGHT_CARD, Colour::WHITE)?,
            None => light.shade(Colour::WHITE, |shade| shade.contrast(NIGHT_CARD) >= COMFORTABLE),
        };
        Ok(Self { light, dark })
    }

    /// What follows our stylesheet. Text on the accent is white by day and nearly black by night, which each ground's check covers.
    pub(crate) fn style(self) -> String {
        let (light, dark) = (self.light, self.dark);
        format!(
            ":root {{ --accent: {light}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}\n"
        )
    }
}

impl Logo {
    /// The most octets of a logo: it is loaded before the first sign-in, on a phone too.
    pub const OCTETS_MAX: usize = 64 * 1024;

    /// A logo of this content; `None` when it is none of the pictures that pages show, or too large.
    ///
    /// # Security
    /// A drawing is never part of a page: it is shown as `<img>`, where browsers run nothing and load nothing, and is served with a policy
    /// under which it can do nothing when it is opened alone.
    pub fn read(content: Vec<u8>) -> Option<Self> {
        let kind = PictureKind::of(&content)?;
        (content.len() <= Self::OCTETS_MAX).then_some(Self { kind, content })
    }
}

impl PictureKind {
    fn of(content: &[u8]) -> Option<Self> {
        if content.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
            return Some(Self::WebP);
        }
        let text = std::str::from_utf8(content).ok()?.trim_start_matches('\u{feff}').trim_start();
        let is_markup = text.starts_with("<svg") || text.starts_with("<?xml") || text.starts_with("<!");
        (is_markup && text.contains("<svg")).then_some(Self::Svg)
    }

    /// The media type.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::WebP => "image/webp",
        }
    }

    /// The usual end of a file's name.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::WebP => "webp",
        }
    }
}

/// Nothing where nothing is said.
impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.logo
                .as_ref()
                .map(|logo| format!("logo {} of {} octets", logo.kind.extension(), logo.content.len())),
            self.accent.map(|accent| format!("accent {} and {} by night", accent.light, accent.dark)),
            self.support.as_ref().map(|support| format!("support {support}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({:?}, {} octets)", self.kind, self.content.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accent(light: &str, dark: Option<&str>) -> Result<Accent, String> {
        let colour = |text: &str| text.parse::<Colour>().unwrap();
        Accent::new(colour(light), dark.map(colour)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_one_that_can() {
        assert_eq!(
            accent("#ffcc00", None).unwrap_err(),
            "#ffcc00 has a contrast of 1.38 to the light ground #f5f5f2, and text needs 4.50 (WCAG 2.2, 1.4.3); #876c00 has it"
        );
        assert!(accent("#876c00", None).is_ok());
        let refusal = accent("#1f6357", Some("#1f6357")).unwrap_err();
        assert!(refusal.contains("to the dark ground #1b2220"), "{refusal}");
    }

    #[test]
    fn a_dark_colour_gets_a_lighter_shade_for_the_night() {
        for light in ["#1f6357", "#0000ee", "#000000", "#b3001b"] {
            let accent = accent(light, None).unwrap();
            assert!(accent.dark.contrast(NIGHT_CARD) >= COMFORTABLE, "{light}");
        }
        let chosen = accent("#000000", Some("#ffffff")).unwrap();
        assert!(chosen.style().contains("--accent: #ffffff"));
        let brand = Brand { accent: Some(chosen), ..Brand::default() };
        assert_eq!(
            (brand.to_string().as_str(), Brand::default().to_string().as_str()),
            ("accent #000000 and #ffffff by night", "")
        );
    }

    #[test]
    fn a_picture_is_known_by_its_content() {
        let read = |content: &[u8]| Logo::read(content.to_vec()).map(|logo| logo.kind);
        assert_eq!(read(b"\x89PNG\r\n\x1a\n..."), Some(PictureKind::Png));
        assert_eq!(read(b"RIFF\x10\0\0\0WEBPVP8 "), Some(PictureKind::WebP));
        assert_eq!(read(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Some(PictureKind::Svg));
        assert_eq!(read("\u{feff}<?xml version=\"1.0\"?>\n<svg/>".as_bytes()), Some(PictureKind::Svg));
        for wrong in [&b"<html><svg/></html>"[..], b"GIF89a", b"", b"\xff\xd8\xff", b"<?xml?><html/>"] {
            assert_eq!(read(wrong), None);
        }
        assert_eq!(read(&[b"<svg>".to_vec(), vec![b' '; Logo::OCTETS_MAX]].concat()), None);
    }
}
