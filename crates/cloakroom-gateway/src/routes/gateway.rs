//! What every route may need.

use std::sync::Arc;

use axum::response::Html;
use cloakroom::client::TrustedProxies;
use cloakroom::{CrossOrigin, EntropyError};

use crate::config::{PublicUrl, Settings};
use crate::installation::Installation;
use crate::pages::Site;
use crate::proxy::Application;
use crate::web::RequestIds;

/// The state of a running gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Gateway(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) installation: Installation,
    pub(crate) site: Site,
    pub(crate) origins: CrossOrigin,
    pub(crate) public_url: PublicUrl,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) requests: RequestIds,
    pub(crate) application: Option<Application>,
}

impl std::ops::Deref for Gateway {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Gateway {
    /// A gateway of these settings, reached under `public_url`.
    pub(crate) fn new(
        settings: &Settings,
        public_url: PublicUrl,
        installation: Installation,
    ) -> Result<Self, EntropyError> {
        let cookie = Installation::cookie();
        let application = settings.proxy.clone();
        Ok(Self(Arc::new(Inner {
            installation,
            site: Site { name: settings.name.clone() },
            origins: origins(&public_url, &settings.trusted_origins),
            trusted_proxies: TrustedProxies::x_forwarded_for(settings.trusted_proxies.iter().copied()),
            requests: RequestIds::new(u32::from_be_bytes(Installation::random()?)),
            application: application.map(|app| Application::new(app, cookie.name().as_str(), &public_url)),
            public_url,
        })))
    }

    /// Where somebody goes who has signed in and wanted nothing else.
    pub(crate) fn home(&self) -> &'static str {
        if self.0.application.is_some() { "/" } else { "/_cloakroom/account" }
    }
}

/// Which origins may post our forms.
fn origins(public_url: &PublicUrl, trusted: &[PublicUrl]) -> CrossOrigin {
    let own = CrossOrigin::new().served_as(&public_url.to_string());
    let all =
        own.and_then(|own| trusted.iter().try_fold(own, |rules, origin| rules.trust(&origin.to_string())));
    all.expect("a public URL is an origin as browsers write it")
}

/// A page as a response body.
pub(crate) fn html(markup: maud::Markup) -> Html<String> {
    Html(markup.into_string())
}
