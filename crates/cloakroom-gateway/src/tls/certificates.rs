//! Which certificate a host shows.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::task::JoinSet;

use crate::config::Settings;
use crate::tls::{CertificateFiles, Shown, TlsError};

/// The certificates of all hosts.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    by_host: HashMap<String, Shown>,
    /// For every other host, and for one that has none yet.
    other: Option<Shown>,
    files: Vec<(CertificateFiles, Shown)>,
}

impl Certificates {
    /// Reads the files of these settings; hosts that get theirs by ACME show what there was `before`, if anything.
    ///
    /// # Errors
    /// [`TlsError`] when one cannot be used.
    pub(crate) fn load(
        settings: &Settings,
        before: impl Fn(&str) -> Option<Shown>,
    ) -> Result<Self, TlsError> {
        let mut all = Self::default();
        if let Some(files) = &settings.tls {
            all.other = Some(all.read(files)?);
        }
        for app in &settings.apps {
            if let Some(files) = &app.tls {
                let shown = all.read(files)?;
                all.by_host.insert(app.origin.host_pattern(), shown);
            }
        }
        for host in settings.acme_hosts() {
            let shown = before(&host).unwrap_or_default();
            all.by_host.insert(host, shown);
        }
        Ok(all)
    }

    fn read(&mut self, files: &CertificateFiles) -> Result<Shown, TlsError> {
        let shown = Shown::now(files.read()?);
        self.files.push((files.clone(), shown.clone()));
        Ok(shown)
    }

    /// What a host shows that has a certificate of its own, or will have.
    pub(crate) fn of(&self, host: &str) -> Option<Shown> {
        self.by_host.get(host).cloned()
    }

    /// Looks after the files until the set is dropped.
    pub(crate) fn keep_current(&self) -> JoinSet<()> {
        let files = self.files.iter().cloned();
        files.map(|(files, shown)| files.keep_current(shown)).collect()
    }
}

impl ResolvesServerCert for Certificates {
    /// By the name that the client asks for, which is the only thing that it has said so far: its own, else that of all hosts beside it.
    ///
    /// Source: RFC 6066 3.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let own = hello.server_name().and_then(|name| {
            let name = name.to_ascii_lowercase();
            let beside = || self.by_host.get(&format!("*.{}", name.split_once('.')?.1));
            self.by_host.get(&name).or_else(beside)
        });
        own.and_then(Shown::get).or_else(|| self.other.as_ref()?.get())
    }
}
