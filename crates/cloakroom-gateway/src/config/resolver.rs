//! Which of the flags, the environment and the file has the word about a key, and what it says.

use std::net::SocketAddr;
use std::str::FromStr;

use cloakroom::client::Network;

use crate::config::{ConfigError, Given, Key, Layer, LogFormat, MetricsListener, Origin, Watch, span};
use crate::tls::CertificateFiles;

/// Finds the value of a key in the strongest layer that has one.
pub(super) struct Resolver {
    layers: Vec<Layer>,
    in_effect: Vec<(Key, String, Origin)>,
}

impl Resolver {
    /// A resolver of layers, the strongest first.
    pub(super) const fn over(layers: Vec<Layer>) -> Self {
        Self { layers, in_effect: Vec::new() }
    }

    /// The layers, for what is a table of its own.
    pub(super) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// What every key that was read says, as it may be shown, and where that stands.
    pub(super) fn in_effect(self) -> Vec<(Key, String, Origin)> {
        self.in_effect
    }

    /// The value of a key; of `default` when nothing is said.
    pub(super) fn read<T>(
        &mut self,
        key: Key,
        default: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let (given, origin) = self.find(key, default);
        let Some(value) = given.as_text().and_then(parse) else {
            return Err(ConfigError::WrongValue { origin, key, value: key.shown(given.to_string()) });
        };
        self.in_effect.push((key, key.shown(given.to_string()), origin));
        Ok(value)
    }

    /// The same of a key that need not say anything.
    pub(super) fn read_if_any<T: FromStr>(&mut self, key: Key) -> Result<Option<T>, ConfigError> {
        self.read(key, "", |text| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        })
    }

    /// Yes or no; no when nothing is said.
    pub(super) fn read_flag(&mut self, key: Key) -> Result<bool, ConfigError> {
        let (given, origin) = self.find(key, "false");
        let Some(flag) = given.as_flag() else {
            return Err(ConfigError::WrongValue { origin, key, value: given.to_string() });
        };
        self.in_effect.push((key, flag.to_string(), origin));
        Ok(flag)
    }

    /// Every item of a list; none when nothing is said.
    pub(super) fn read_all<T: FromStr, C: FromIterator<T>>(&mut self, key: Key) -> Result<C, ConfigError> {
        let (given, origin) = self.find(key, "");
        let items = given.items().into_iter().map(|item| {
            let wrong =
                || ConfigError::WrongValue { origin: origin.clone(), key, value: format!("{item:?}") };
            item.parse().map_err(|_| wrong())
        });
        let items = items.collect::<Result<C, ConfigError>>()?;
        self.in_effect.push((key, given.to_string(), origin));
        Ok(items)
    }

    /// A certificate and its key: both or none.
    pub(super) fn read_tls(&mut self) -> Result<Option<CertificateFiles>, ConfigError> {
        match (self.read_if_any(Key::TlsCertificate)?, self.read_if_any(Key::TlsKey)?) {
            (Some(chain), Some(key)) => Ok(Some(CertificateFiles { chain, key })),
            (None, None) => Ok(None),
            (chain, _) => {
                let missing = if chain.is_some() { Key::TlsKey } else { Key::TlsCertificate };
                let value = "\"\"".to_owned();
                Err(ConfigError::WrongValue { origin: self.origin(missing), key: missing, value })
            }
        }
    }

    /// Metrics are never to be had where browsers are answered, and off this machine only by those who are named.
    pub(super) fn read_watch(&mut self, gateway: SocketAddr) -> Result<Watch, ConfigError> {
        let log_format = self.read(Key::LogFormat, "text", LogFormat::from_word)?;
        let events_kept =
            self.read(Key::EventsKept, "90d", |text| span::parse(text).filter(|span| !span.is_zero()))?;
        let from: Vec<Network> = {
            let (given, _) = self.find(Key::MetricsFrom, "");
            given.items().iter().filter_map(|item| item.parse().ok()).collect()
        };
        let listen = self.read(Key::MetricsListen, "", |text| match text {
            "" => Some(None),
            text => {
                let address: Option<SocketAddr> = text.parse().ok();
                let may = |address: &SocketAddr| {
                    let is_apart = address.port() == 0 || address.port() != gateway.port();
                    is_apart && (address.ip().is_loopback() || !from.is_empty())
                };
                address.filter(may).map(Some)
            }
        })?;
        let from = self.read_all(Key::MetricsFrom)?;
        let metrics = listen.map(|listen| MetricsListener { listen, from });
        Ok(Watch { events_kept, metrics, log_format })
    }

    /// What a key says, or `default`, and where.
    pub(super) fn find(&self, key: Key, default: &str) -> (Given, Origin) {
        let found = self.layers.iter().find_map(|layer| layer.get(key)).cloned();
        found.unwrap_or_else(|| (Given::Text(default.to_owned()), Origin::Default))
    }

    /// Where a key says what it does.
    pub(super) fn origin(&self, key: Key) -> Origin {
        self.find(key, "").1
    }
}
