//! A hook that asks an application's own user database: the `[sign_in.hook]` table.

use std::time::Duration;

use toml::de::DeTable;

use crate::config::table::{Entry, TableError, flag, known, parsed, time, wrong};
use crate::config::table::{authorities, secret};
use crate::config::{ClientSecret, IssuerUrl, Newcomers};
use rustls::pki_types::CertificateDer;

/// Whom to ask for passwords that are not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookSettings {
    /// Where it answers: over TLS, or on this machine.
    pub url: IssuerUrl,
    /// What signs our questions.
    pub key: ClientSecret,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether somebody who comes for the first time gets an account.
    pub newcomers: Newcomers,
    /// Certificates that stand for its own; the well-known authorities when there are none.
    pub authorities: Vec<CertificateDer<'static>>,
}

const KEYS: [&str; 6] = ["url", "key", "key_file", "timeout", "create_users", "ca_file"];

/// What it may take when nothing is said; somebody waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// The fewest octets of a key: as many as the digest of an HMAC (RFC 2104, 3).
const KEY_LEN_MIN: usize = 32;

/// Reads the `[sign_in]` table.
pub(super) fn sign_in(value: &Entry<'_>) -> Result<Option<HookSettings>, TableError> {
    let table = value.get_ref().as_table();
    let table = table.ok_or_else(|| wrong(value, "sign_in", "a table, such as [sign_in.hook]"))?;
    known(table, &["hook"])?;
    let Some(hook) = table.get("hook") else { return Ok(None) };
    let within = hook.get_ref().as_table();
    within
        .ok_or_else(|| wrong(hook, "sign_in.hook", "a table"))
        .and_then(|within| read(within, hook))
        .map(Some)
}

fn read(table: &DeTable<'_>, whole: &Entry<'_>) -> Result<HookSettings, TableError> {
    known(table, &KEYS)?;
    let missing =
        |what: &str| TableError { at: whole.span(), message: format!("[sign_in.hook] has no {what}") };
    let url = table.get("url").ok_or_else(|| missing("url"))?;
    let url = parsed(
        url,
        "url",
        "an address such as https://shop.example.org/sign-in; http:// for localhost only",
    )?;
    let key = secret(table, ("key", "key_file"), "a text on one line")?
        .ok_or_else(|| missing("key and no key_file"))?;
    if key.expose().len() < KEY_LEN_MIN {
        let message = format!("the key of [sign_in.hook] has fewer than {KEY_LEN_MIN} characters");
        return Err(TableError { at: whole.span(), message });
    }
    let timeout = match table.get("timeout") {
        Some(value) => {
            let span = time(value, "timeout")?;
            (span <= TIMEOUT_MAX)
                .then_some(span)
                .ok_or_else(|| wrong(value, "timeout", "a time up to 30s"))?
        }
        None => TIMEOUT,
    };
    let newcomers = match table.get("create_users").map(|value| flag(value, "create_users")).transpose()? {
        Some(false) => Newcomers::TurnedAway,
        Some(true) | None => Newcomers::Created,
    };
    let authorities =
        table.get("ca_file").map_or_else(|| Ok(Vec::new()), |value| authorities(value, "ca_file"))?;
    Ok(HookSettings { url, key, timeout, newcomers, authorities })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(text: &str) -> Result<Option<HookSettings>, String> {
        let table = DeTable::parse(text).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        sign_in(value).map_err(|error| error.message)
    }

    const KEY: &str = "key = \"0123456789abcdef0123456789abcdef\"";

    #[test]
    fn a_hook_needs_an_address_that_nobody_listens_to_and_a_key() {
        let read =
            hook(&format!("[sign_in.hook]\nurl = \"https://shop.example.org/in\"\n{KEY}")).unwrap().unwrap();
        assert_eq!((read.timeout, read.newcomers), (TIMEOUT, Newcomers::Created));
        assert!(!format!("{read:?}").contains("0123"));
        for (text, message) in [
            (format!("url = \"http://shop.example.org/in\"\n{KEY}"), "this url is not valid"),
            (KEY.to_owned(), "has no url"),
            ("url = \"http://127.0.0.1:1/\"".to_owned(), "has no key and no key_file"),
            ("url = \"http://127.0.0.1:1/\"\nkey = \"short\"".to_owned(), "fewer than 32"),
            (format!("url = \"http://127.0.0.1:1/\"\n{KEY}\ntimeout = \"1h\""), "a time up to 30s"),
            (format!("url = \"http://127.0.0.1:1/\"\n{KEY}\nretries = 3"), "unknown key"),
        ] {
            let refused = hook(&format!("[sign_in.hook]\n{text}")).unwrap_err();
            assert!(refused.contains(message), "{refused}");
        }
        assert_eq!(hook("[sign_in]\n"), Ok(None));
    }
}
