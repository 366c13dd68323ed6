//! Colours, and how well one can be read on another.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::hex;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// How much lighter one of two colours is, from 1 to 21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contrast {
    hundredths: u32,
}

/// The text is not a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a colour is # and six hex digits")]
pub struct InvalidColour;

/// In how many steps a shade is looked for.
const STEPS: u16 = 64;

impl Colour {
    /// Black.
    pub(super) const BLACK: Self = Self::new(0, 0, 0);
    /// White.
    pub(super) const WHITE: Self = Self::new(255, 255, 255);

    /// A colour of these parts.
    pub(super) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// The contrast to another colour.
    ///
    /// Source: WCAG 2.2, "contrast ratio".
    pub fn contrast(self, other: Self) -> Contrast {
        let (one, other) = (self.luminance(), other.luminance());
        let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
        // Rounded down, so that nothing passes that is not there; from 100 to 2100.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 100 to 2100")]
        let hundredths = (ratio * 100.0) as u32;
        Contrast { hundredths }
    }

    /// The shade nearest to this colour, on the way to another, of which something is so; that other when nothing is.
    pub(super) fn shade(self, towards: Self, is_so: impl Fn(Self) -> bool) -> Self {
        let mixed = (0..STEPS).map(|step| self.mixed(towards, step));
        mixed.into_iter().find(|shade| is_so(*shade)).unwrap_or(towards)
    }

    fn mixed(self, other: Self, step: u16) -> Self {
        let mix = |(one, other): (u8, u8)| {
            let sum = u16::from(one) * (STEPS - step) + u16::from(other) * step;
            u8::try_from(sum / STEPS).unwrap_or(u8::MAX)
        };
        Self(std::array::from_fn(|part| mix((self.0[part], other.0[part]))))
    }

    /// Source: WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl Contrast {
    /// A contrast of so many hundredths.
    pub(super) const fn from_hundredths(hundredths: u32) -> Self {
        Self { hundredths }
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').ok_or(InvalidColour)?;
        hex::octets(digits).map(Self).ok_or(InvalidColour)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.hundredths / 100, self.hundredths % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_those_that_others_measure() {
        let contrast = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| text.parse::<Colour>().unwrap());
            assert_eq!(one.contrast(other), other.contrast(one));
            one.contrast(other).to_string()
        };
        assert_eq!(contrast("#000000", "#ffffff"), "21.00");
        assert_eq!(contrast("#ffffff", "#ffffff"), "1.00");
        assert_eq!(contrast("#767676", "#ffffff"), "4.54");
        assert_eq!(contrast("#777777", "#ffffff"), "4.47");
        assert_eq!(contrast("#ff0000", "#ffffff"), "3.99");
    }

    #[test]
    fn a_colour_is_written_in_one_way() {
        assert_eq!("#A0b1C2".parse::<Colour>().unwrap().to_string(), "#a0b1c2");
        for wrong in ["", "#fff", "1f6357", "#1f635", "#1f63577", "#+f6357", "red"] {
            assert_eq!(wrong.parse::<Colour>(), Err(InvalidColour), "{wrong}");
        }
    }
}
