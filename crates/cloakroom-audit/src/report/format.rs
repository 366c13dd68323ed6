//! The ways to write a report.

use std::str::FromStr;

use super::content::Report;
use super::{html, json, junit, sarif, table};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal of 80 columns.
    Table,
    /// For programs; its schema has a version.
    Json,
    /// SARIF 2.1.0, which code hosts show beside the code.
    Sarif,
    /// `JUnit`, which pipelines show beside their tests.
    Junit,
    /// One page for browsers.
    Html,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "table" => Self::Table,
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            "junit" => Self::Junit,
            "html" => Self::Html,
            _ => return Err(()),
        })
    }
}

impl Report<'_> {
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Table => table::render(self),
            Format::Json => json::render(self),
            Format::Sarif => sarif::render(self),
            Format::Junit => junit::render(self),
            Format::Html => html::render(self),
        }
    }
}
