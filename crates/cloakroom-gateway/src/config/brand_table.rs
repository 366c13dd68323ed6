//! The `[brand]` table as it stands in the file.

use std::io::Read as _;
use std::ops::Range;

use crate::config::table::{Entry, TableError, known, parsed, wrong};
use crate::config::{Accent, Brand, Colour, Logo};

const KEYS: [&str; 5] = ["name", "logo", "accent", "accent_dark", "support"];

/// What the table says.
#[derive(Debug, Default)]
pub(super) struct BrandTable {
    /// What is not a key of its own.
    pub(super) brand: Brand,
    /// The same as the key `name`, and where it stands.
    pub(super) name: Option<(String, Range<usize>)>,
}

/// Reads the table, and the file of the logo.
pub(super) fn brand(value: &Entry<'_>) -> Result<BrandTable, TableError> {
    let table = value.get_ref().as_table().ok_or_else(|| TableError {
        at: value.span(),
        message: "brand is written [brand], with name, logo, accent, accent_dark and support below"
            .to_owned(),
    })?;
    known(table, &KEYS)?;
    let colour = |key: &str| {
        table
            .get(key)
            .map(|value| parsed::<Colour>(value, key, "# and six hex digits, such as #1f6357"))
            .transpose()
    };
    let (light, dark) = (colour("accent")?, colour("accent_dark")?);
    let accent = match (light, table.get("accent_dark")) {
        (Some(light), _) => Some(Accent::new(light, dark).map_err(|error| TableError {
            at: table.get("accent").map_or_else(|| value.span(), Entry::span),
            message: format!("this accent cannot be read: {error}"),
        })?),
        (None, Some(dark)) => {
            let message = "accent_dark is the accent by night, and needs accent".to_owned();
            return Err(TableError { at: dark.span(), message });
        }
        (None, None) => None,
    };
    let name = table.get("name").map(|value| {
        let text =
            value.get_ref().as_str().ok_or_else(|| wrong(value, "name", "1 to 60 characters on one line"))?;
        Ok((text.to_owned(), value.span()))
    });
    Ok(BrandTable {
        brand: Brand {
            logo: table.get("logo").map(logo).transpose()?,
            accent,
            support: table.get("support").map(support).transpose()?,
        },
        name: name.transpose()?,
    })
}

fn logo(value: &Entry<'_>) -> Result<Logo, TableError> {
    let path = value.get_ref().as_str().ok_or_else(|| wrong(value, "logo", "the path of a file"))?;
    let unreadable = |error: std::io::Error| TableError {
        at: value.span(),
        message: format!("cannot read the logo {path}: {error}"),
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut content = Vec::new();
    // One octet more than is taken, to know whether there is more.
    let most = u64::try_from(Logo::OCTETS_MAX + 1).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut content).map_err(unreadable)?;
    let expected = "a picture in SVG, PNG or WebP of at most 64 KiB";
    Logo::read(content).ok_or_else(|| wrong(value, "logo", expected))
}

/// A link that a page may have: a page, or an address to write to. Others, such as `javascript:`, are no help.
fn support(value: &Entry<'_>) -> Result<String, TableError> {
    let text = value.get_ref().as_str().filter(|text| text.bytes().all(|octet| octet.is_ascii_graphic()));
    let is_link = |rest: &str| (1..=2000).contains(&rest.len());
    let text = text.filter(|text| {
        ["https://", "mailto:"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(is_link))
    });
    text.map(str::to_owned).ok_or_else(|| {
        wrong(value, "support", "a link such as https://help.example.org or mailto:help@example.org")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    fn read(text: &str) -> Result<BrandTable, String> {
        let table = DeTable::parse(text).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        brand(value).map_err(|error| error.message)
    }

    #[test]
    fn a_brand_may_be_whole_or_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
        let whole = format!(
            "[brand]\nname = \"Acme\"\nlogo = {:?}\naccent = \"#7a1fa2\"\naccent_dark = \"#e0b0ff\"\nsupport = \"mailto:a@b.example\"",
            file.path()
        );
        let whole = read(&whole).unwrap();
        assert_eq!(whole.name.unwrap().0, "Acme");
        assert!(whole.brand.logo.is_some() && whole.brand.accent.is_some());
        assert_eq!(whole.brand.support.as_deref(), Some("mailto:a@b.example"));
        assert_eq!(read("[brand]").unwrap().brand, Brand::default());
    }

    #[test]
    fn whatever_is_wrong_says_what_would_be_right() {
        for (text, message) in [
            ("brand = 3", "brand is written [brand], with name, logo, accent, accent_dark and support below"),
            (
                "[brand]\ncolor = \"#000000\"",
                "unknown key \"color\"; the keys are name, logo, accent, accent_dark, support",
            ),
            ("[brand]\nacent = \"#000000\"", "unknown key \"acent\"; did you mean \"accent\"?"),
            (
                "[brand]\naccent = \"teal\"",
                "this accent is not valid; expected # and six hex digits, such as #1f6357",
            ),
            ("[brand]\naccent_dark = \"#ffffff\"", "accent_dark is the accent by night, and needs accent"),
            (
                "[brand]\nsupport = \"javascript:alert(1)\"",
                "this support is not valid; expected a link such as https://help.example.org or mailto:help@example.org",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), message);
        }
        assert!(
            read("[brand]\naccent = \"#ffff00\"")
                .unwrap_err()
                .starts_with("this accent cannot be read: #ffff00 has")
        );
        assert!(read("[brand]\nlogo = \"/none\"").unwrap_err().starts_with("cannot read the logo /none: "));
    }

    #[test]
    fn a_logo_that_is_none_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for content in [b"GIF89a".to_vec(), vec![b'x'; Logo::OCTETS_MAX + 10]] {
            std::fs::write(file.path(), content).unwrap();
            assert_eq!(
                read(&format!("[brand]\nlogo = {:?}", file.path())).unwrap_err(),
                "this logo is not valid; expected a picture in SVG, PNG or WebP of at most 64 KiB"
            );
        }
    }
}
