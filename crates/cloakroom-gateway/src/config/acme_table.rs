//! The `[acme]` table: where certificates come from that nobody has brought.

use http::Uri;
use http::uri::Scheme;
use rustls::pki_types::CertificateDer;
use toml::de::DeTable;

use crate::config::table::authorities;
use crate::config::table::{Entry, TableError, flag, known, wrong};

const KEYS: [&str; 4] = ["contact", "directory", "terms_of_service_agreed", "ca_file"];

const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// An ACME server, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeSettings {
    /// Whom it writes to when a certificate is about to end, as `mailto:` addresses.
    pub contact: Vec<String>,
    /// Where it begins.
    pub directory: String,
    /// Authorities that vouch for the server itself instead of the well-known ones.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// Reads the table.
pub(super) fn acme(value: &Entry<'_>) -> Result<AcmeSettings, TableError> {
    let Some(table) = value.get_ref().as_table() else {
        return Err(TableError { at: value.span(), message: "acme is written [acme]".to_owned() });
    };
    known(table, &KEYS)?;
    if !table
        .get("terms_of_service_agreed")
        .map_or(Ok(false), |value| flag(value, "terms_of_service_agreed"))?
    {
        let message = "the terms of the ACME server have to be agreed to with terms_of_service_agreed = true";
        return Err(TableError { at: value.span(), message: message.to_owned() });
    }
    Ok(AcmeSettings {
        contact: table.get("contact").map_or_else(|| Ok(Vec::new()), contact)?,
        directory: directory(table)?,
        authorities: match table.get("ca_file") {
            Some(value) => authorities(value, "ca_file")?,
            None => Vec::new(),
        },
    })
}

fn contact(value: &Entry<'_>) -> Result<Vec<String>, TableError> {
    let wrong = || wrong(value, "contact", "an address such as \"ops@example.org\", or a list of them");
    let addresses: Vec<&str> = match (value.get_ref().as_str(), value.get_ref().as_array()) {
        (Some(address), _) => vec![address],
        (None, Some(items)) => {
            items.iter().map(|item| item.get_ref().as_str()).collect::<Option<_>>().ok_or_else(wrong)?
        }
        (None, None) => return Err(wrong()),
    };
    let addresses = addresses.into_iter().map(|address| {
        let address = address.strip_prefix("mailto:").unwrap_or(address);
        let is_plain =
            address.bytes().all(|octet| octet.is_ascii_graphic() && octet != b',' && octet != b'?');
        let has_parts =
            address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        (is_plain && has_parts).then(|| format!("mailto:{address}"))
    });
    addresses.collect::<Option<_>>().ok_or_else(wrong)
}

fn directory(table: &DeTable<'_>) -> Result<String, TableError> {
    let Some(value) = table.get("directory") else { return Ok(LETS_ENCRYPT.to_owned()) };
    let text = value.get_ref().as_str();
    let is_https = |text: &&str| {
        text.parse::<Uri>().is_ok_and(|uri| uri.scheme() == Some(&Scheme::HTTPS) && uri.authority().is_some())
    };
    let text = text
        .filter(is_https)
        .ok_or_else(|| wrong(value, "directory", "an address that begins with https://"));
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AcmeSettings, String> {
        let text = format!("[acme]\n{text}");
        let table = DeTable::parse(&text).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        acme(value).map_err(|error| error.message)
    }

    #[test]
    fn one_line_is_enough_and_it_is_the_agreement() {
        let acme = read("terms_of_service_agreed = true").unwrap();
        assert_eq!((acme.directory.as_str(), acme.contact.len()), (LETS_ENCRYPT, 0));
        assert!(read("").unwrap_err().ends_with("terms_of_service_agreed = true"));
        assert!(read("terms_of_service_agreed = false").is_err());
        let acme =
            read("terms_of_service_agreed = true\ncontact = [\"a@b.example\", \"mailto:c@d\"]").unwrap();
        assert_eq!(acme.contact, ["mailto:a@b.example", "mailto:c@d"]);
        for wrong in [
            "contact = \"a\"",
            "contact = 3",
            "directory = \"http://a.example\"",
            "directory = \"x\"",
            "dir = 1",
        ] {
            assert!(read(&format!("terms_of_service_agreed = true\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
