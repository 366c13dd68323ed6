//! How long an application may take, and by whom its certificate is vouched for.

use std::time::Duration;

use rustls::pki_types::CertificateDer;
use toml::de::DeTable;

use crate::config::span;
use crate::config::table::authorities;
use crate::config::table::{Entry, TableError, wrong};

/// The keys of an `[[app]]` table that are read here.
pub(super) const KEYS: [&str; 4] =
    ["upstream_ca", "upstream_connect_timeout", "upstream_answer_timeout", "upstream_silence_timeout"];

/// On what terms requests are handed on to an application.
///
/// None of the limits is one of the whole: whatever goes on may go on for days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamTerms {
    /// How long connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// How long it may take from the last octet that moved until an answer begins; `None` for as long as it likes.
    pub answer_timeout: Option<Duration>,
    /// How long an answer may be silent once it has begun; `None` for as long as it likes. Sockets and streams of events may
    /// always.
    pub silence_timeout: Option<Duration>,
    /// Authorities that vouch for its certificate instead of the well-known ones.
    pub authorities: Vec<CertificateDer<'static>>,
}

impl Default for UpstreamTerms {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Some(Duration::from_mins(1)),
            silence_timeout: Some(Duration::from_mins(5)),
            authorities: Vec::new(),
        }
    }
}

/// Reads the keys of an `[[app]]` table.
pub(super) fn read(table: &DeTable<'_>) -> Result<UpstreamTerms, TableError> {
    let by_default = UpstreamTerms::default();
    let limit = |name: &str, by_default| table.get(name).map_or(Ok(by_default), |value| limit(value, name));
    let name = "upstream_connect_timeout";
    let connect_timeout = match (limit(name, Some(by_default.connect_timeout))?, table.get(name)) {
        (None, Some(value)) => return Err(wrong(value, name, "a time such as 5s")),
        (limit, _) => limit.unwrap_or(by_default.connect_timeout),
    };
    Ok(UpstreamTerms {
        connect_timeout,
        answer_timeout: limit("upstream_answer_timeout", by_default.answer_timeout)?,
        silence_timeout: limit("upstream_silence_timeout", by_default.silence_timeout)?,
        authorities: match table.get("upstream_ca") {
            Some(value) => authorities(value, "upstream_ca")?,
            None => Vec::new(),
        },
    })
}

fn limit(value: &Entry<'_>, name: &str) -> Result<Option<Duration>, TableError> {
    let span = value.get_ref().as_str().and_then(span::parse);
    let span = span.ok_or_else(|| wrong(value, name, "a time such as 90s or 10m, or 0s for no limit"))?;
    Ok((!span.is_zero()).then_some(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<UpstreamTerms, String> {
        read(DeTable::parse(text).unwrap().get_ref()).map_err(|error| error.message)
    }

    #[test]
    fn a_limit_of_nothing_is_no_limit_but_for_connecting() {
        assert_eq!(of(""), Ok(UpstreamTerms::default()));
        let terms = of("upstream_answer_timeout = \"10m\"\nupstream_silence_timeout = \"0s\"").unwrap();
        assert_eq!((terms.answer_timeout, terms.silence_timeout), (Some(Duration::from_mins(10)), None));
        assert!(of("upstream_connect_timeout = \"0s\"").unwrap_err().ends_with("expected a time such as 5s"));
        assert!(of("upstream_answer_timeout = 3").is_err());
    }

    #[test]
    fn a_file_of_authorities_that_is_not_there_is_refused() {
        assert!(of("upstream_ca = \"/nowhere/ca.pem\"").is_err());
    }
}
