//! Where networks are, about, from a file that the operator has got from somewhere.
//!
//! It helps people to recognise their own sessions. Nothing is judged by it.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{MaxMindDbError, PathElement, Reader};
use thiserror::Error;

/// A file in `MaxMind`'s DB format, in memory; or none, which knows no place.
///
/// Source: `MaxMind` DB File Format Specification 2.0.
#[derive(Default)]
pub(crate) struct Places(Option<Reader<Vec<u8>>>);

/// The file cannot be used.
#[derive(Debug, Error)]
#[error("cannot use the geo_database {}", path.display())]
pub struct PlacesError {
    path: PathBuf,
    source: MaxMindDbError,
}

impl Places {
    /// The places of a file, if there is one.
    ///
    /// # Errors
    /// As [`Places::open`].
    pub(crate) fn of(file: Option<&Path>) -> Result<Self, PlacesError> {
        Ok(file.map(Self::open).transpose()?.unwrap_or_default())
    }

    /// The places of a file, which is read whole: it is larger than what is ever asked, and may be replaced while we run.
    ///
    /// # Errors
    /// [`PlacesError`] when it cannot be read, or is something else.
    pub(crate) fn open(path: &Path) -> Result<Self, PlacesError> {
        let failed = |source| PlacesError { path: path.to_owned(), source };
        Reader::open_readfile(path).map(|reader| Self(Some(reader))).map_err(failed)
    }

    /// The town and country of an address, or the country alone, in a language or else in English.
    pub(crate) fn name(&self, address: IpAddr, language: &str) -> Option<String> {
        let reader = self.0.as_ref()?;
        let names = ["city", "country"].into_iter().filter_map(|part| named(reader, address, part, language));
        let name = names.collect::<Vec<_>>().join(", ");
        (!name.is_empty()).then_some(name)
    }
}

/// A file that is damaged in one place says nothing of it.
fn named(reader: &Reader<Vec<u8>>, address: IpAddr, part: &str, language: &str) -> Option<String> {
    let found = reader.lookup(address).ok()?;
    [language, "en"].into_iter().find_map(|language| {
        let path = [part, "names", language].map(PathElement::Key);
        found.decode_path::<String>(&path).ok().flatten()
    })
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Places({})", if self.0.is_some() { "of a file" } else { "none" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloakroom_test_servers::networks_file;

    #[test]
    fn a_place_is_named_in_the_language_of_whoever_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("places.mmdb");
        std::fs::write(&path, networks_file([198, 51, 100, 0].into(), 24)).unwrap();
        let places = Places::open(&path).unwrap();
        let name = |address: &str, language| places.name(address.parse().unwrap(), language);
        assert_eq!(name("198.51.100.7", "en").as_deref(), Some("Zurich, Switzerland"));
        assert_eq!(name("198.51.100.7", "de").as_deref(), Some("Zürich, Schweiz"));
        assert_eq!(name("198.51.100.7", "fr").as_deref(), Some("Zurich, Switzerland"));
        assert_eq!(name("198.51.101.7", "en"), None);
        assert_eq!(name("2001:db8::1", "en"), None);
        assert_eq!(Places::default().name([198, 51, 100, 7].into(), "en"), None);
    }

    #[test]
    fn a_file_that_is_something_else_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "not a database").unwrap();
        let error = Places::open(file.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot use the geo_database {}", file.path().display()));
    }
}
