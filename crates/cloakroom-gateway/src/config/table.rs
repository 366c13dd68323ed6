//! Tables of the file, whatever they are about: what is wrong is said with its line.

use std::ops::Range;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::suggestion::nearest;
use crate::config::{ClientSecret, span};

/// What is wrong with a table, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableError {
    pub(super) at: Range<usize>,
    pub(super) message: String,
}

pub(super) type Entry<'a> = Spanned<DeValue<'a>>;

pub(super) fn tables<'a, 'b>(
    value: &'a Entry<'b>,
    name: &str,
) -> Result<impl Iterator<Item = (&'a DeTable<'b>, Range<usize>)>, TableError> {
    let wrong =
        || TableError { at: value.span(), message: format!("{name} is written [[{name}]], once for each") };
    let items = value.get_ref().as_array().ok_or_else(wrong)?;
    let tables: Option<Vec<_>> =
        items.iter().map(|item| item.get_ref().as_table().map(|table| (table, item.span()))).collect();
    tables.map(Vec::into_iter).ok_or_else(wrong)
}

pub(super) fn known(table: &DeTable<'_>, keys: &[&'static str]) -> Result<(), TableError> {
    let Some((name, _)) = table.iter().find(|(name, _)| !keys.contains(&name.get_ref().as_ref())) else {
        return Ok(());
    };
    let meant = match nearest(name.get_ref(), keys.iter().copied()) {
        Some(meant) => format!("; did you mean {meant:?}?"),
        None => format!("; the keys are {}", keys.join(", ")),
    };
    Err(TableError { at: name.span(), message: format!("unknown key {:?}{meant}", name.get_ref()) })
}

pub(super) fn parsed<T: std::str::FromStr>(
    value: &Entry<'_>,
    name: &str,
    expected: &str,
) -> Result<T, TableError> {
    let parsed = value.get_ref().as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| wrong(value, name, expected))
}

pub(super) fn flag(value: &Entry<'_>, name: &str) -> Result<bool, TableError> {
    value.get_ref().as_bool().ok_or_else(|| wrong(value, name, "true or false"))
}

pub(super) fn time(value: &Entry<'_>, name: &str) -> Result<Duration, TableError> {
    let span = value.get_ref().as_str().and_then(span::parse).filter(|span| !span.is_zero());
    span.ok_or_else(|| wrong(value, name, "a time such as 15m"))
}

pub(super) fn wrong(value: &Entry<'_>, name: &str, expected: &str) -> TableError {
    TableError { at: value.span(), message: format!("this {name} is not valid; expected {expected}") }
}

/// A secret that stands in the table, or in a file that it names; at most one of the two.
pub(super) fn secret(
    table: &DeTable<'_>,
    (inline, in_file): (&str, &str),
    expected: &str,
) -> Result<Option<ClientSecret>, TableError> {
    match (table.get(inline), table.get(in_file)) {
        (Some(value), None) => {
            let secret = value.get_ref().as_str().and_then(ClientSecret::new);
            secret.map(Some).ok_or_else(|| wrong(value, inline, expected))
        }
        (None, Some(value)) => {
            let content = zeroize::Zeroizing::new(content_of(value, in_file)?);
            let line = content.strip_suffix('\n').unwrap_or(&content);
            let secret = ClientSecret::new(line.strip_suffix('\r').unwrap_or(line));
            secret.map(Some).ok_or_else(|| wrong(value, in_file, "a file that holds the secret on one line"))
        }
        (None, None) => Ok(None),
        (Some(_), Some(value)) => {
            let message = format!("{in_file} does not go with {inline}; keep one of them");
            Err(TableError { at: value.span(), message })
        }
    }
}

fn content_of(value: &Entry<'_>, name: &str) -> Result<String, TableError> {
    let path = value.get_ref().as_str().ok_or_else(|| wrong(value, name, "the path of a file"))?;
    std::fs::read_to_string(path).map_err(|error| TableError {
        at: value.span(),
        message: format!("cannot read the {name} {path}: {error}"),
    })
}

/// The certificates of a file that a key names.
pub(super) fn authorities(value: &Entry<'_>, name: &str) -> Result<Vec<CertificateDer<'static>>, TableError> {
    let content = content_of(value, name)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(content.as_bytes()).collect();
    let certificates = certificates.ok().filter(|found| !found.is_empty());
    certificates.ok_or_else(|| wrong(value, name, "a file with certificates in PEM"))
}
