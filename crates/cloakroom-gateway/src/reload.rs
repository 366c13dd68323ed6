//! Another configuration for a gateway that runs.
//!
//! Everything that the new one needs is read, checked and opened first; then one pointer is replaced. Whoever asked before that is
//! answered under the configuration before, to the end.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::Mutex;

use crate::check::{Finding, findings};
use crate::config::{Key, Settings};
use crate::part_error::PartError;
use crate::places::Places;
use crate::routes::{Current, Gateway, Routes};
use crate::server::Redirect;
use crate::tls::Tls;
use crate::tokens::Tokens;

/// Gives a running gateway another configuration. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reloader {
    current: Current,
    redirect: Redirect,
    tls: Option<Tls>,
    in_effect: Arc<Mutex<InEffect>>,
}

/// The configuration of now, and what was made of it.
#[derive(Debug)]
struct InEffect {
    settings: Settings,
    gateway: Gateway,
}

/// What a reload has changed, each as a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reloaded(Vec<String>);

/// The new configuration cannot take effect; nothing has changed.
#[derive(Debug, Error)]
pub enum ReloadError {
    /// It says something else where a running gateway cannot change.
    #[error("{} cannot change while the gateway runs; restart it, or put the old value back", Keys(.0))]
    Fixed(Vec<Key>),
    /// It would order certificates elsewhere.
    #[error("[acme] cannot change while the gateway runs; restart it, or put the old table back")]
    FixedAcme,
    /// A part of it cannot be used.
    #[error(transparent)]
    Part(#[from] PartError),
}

/// Keys in one sentence.
struct Keys<'a>(&'a [Key]);

impl fmt::Display for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|key| key.name()).collect();
        f.write_str(&names.join(", "))
    }
}

impl Reloaded {
    /// What is different now.
    pub fn changes(&self) -> &[String] {
        &self.0
    }
}

impl Reloader {
    pub(crate) fn new(settings: &Settings, gateway: &Gateway, tls: Option<&Tls>) -> Self {
        let in_effect = InEffect { settings: settings.clone(), gateway: gateway.clone() };
        Self {
            current: Current::new(Routes::new(gateway)),
            redirect: Redirect::to(gateway.origins_of_all()),
            tls: tls.cloned(),
            in_effect: Arc::new(Mutex::new(in_effect)),
        }
    }

    /// What answers the next request.
    pub(crate) fn current(&self) -> Current {
        self.current.clone()
    }

    /// Where plain HTTP is led.
    pub(crate) fn redirect(&self) -> Redirect {
        self.redirect.clone()
    }

    /// Whoever mints tokens now, if anybody does.
    pub(crate) async fn tokens(&self) -> Option<Arc<Tokens>> {
        self.in_effect.lock().await.gateway.tokens.clone()
    }

    /// Takes these settings up. Requests under way end as they began; what goes on for long at an application whose table is different or gone,
    /// a `WebSocket` or a stream of events, ends within seconds.
    ///
    /// Two reloads follow each other.
    ///
    /// # Errors
    /// [`ReloadError`] when they cannot take effect: nothing has changed then, in no part.
    pub async fn reload(&self, settings: &Settings) -> Result<Reloaded, ReloadError> {
        let mut in_effect = self.in_effect.lock().await;
        let fixed = in_effect.settings.fixed_keys_changed(settings);
        if !fixed.is_empty() {
            return Err(ReloadError::Fixed(fixed));
        }
        if in_effect.settings.acme != settings.acme {
            return Err(ReloadError::FixedAcme);
        }
        let before = &in_effect.gateway;
        let certificates = self.tls.as_ref().map(|tls| Ok::<_, PartError>((tls, tls.read(settings)?)));
        let certificates = certificates.transpose()?;
        let gateway = after(before, settings).await?;
        findings(settings).iter().for_each(Finding::log);
        // From here on nothing can fail.
        self.current.replace(Routes::new(&gateway));
        self.redirect.lead_to(gateway.origins_of_all());
        if let Some((tls, read)) = certificates {
            tls.show(read, settings);
        }
        before.apps.retire_what_is_not_in(&gateway.apps);
        let changes = in_effect.settings.differences(settings);
        *in_effect = InEffect { settings: settings.clone(), gateway };
        Ok(Reloaded(changes))
    }
}

/// The gateway that another configuration makes of one.
async fn after(before: &Gateway, settings: &Settings) -> Result<Gateway, PartError> {
    let installation = before.installation.under(settings)?;
    let tokens = match &before.tokens {
        // They go on when nobody needs them any more: their key ends with the process.
        Some(tokens) => Some(Arc::clone(tokens)),
        None => Tokens::of(settings, &installation, &before.public_url).await?,
    };
    let places = Places::of(settings.geo_database.as_deref())?;
    Ok(Gateway::after(before, settings, installation, tokens, places)?)
}
