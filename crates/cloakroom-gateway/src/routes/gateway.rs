//! What every route may need.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{Html, IntoResponse, Response};
use cloakroom::client::TrustedProxies;
use cloakroom::cookie::CookieName;
use cloakroom::{CrossOrigin, EntropyError};

use http::{HeaderValue, StatusCode};

use crate::apps::{Apps, Destination, Here};
use crate::config::{App, AppName, AppOrigin, CookieDomain, PublicUrl, RememberedDays, Settings};
use crate::followers::Followers;
use crate::hook::Hook;
use crate::installation::Installation;
use crate::lasting::Lasting;
use crate::oidc::Providers;
use crate::pages::{Assets, Language, Site};
use crate::places::Places;
use crate::rates::Rates;
use crate::routes::last_ready::LastReady;
use crate::tokens::{KeySet, Tokens};
use crate::web::{RequestIds, flow_cookie, headers};

/// This machine.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

/// The state of a running gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Gateway(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) installation: Installation,
    pub(crate) last_ready: LastReady,
    /// The site, in each language.
    sites: [Site; Language::ALL.len()],
    /// Where networks are, as far as anybody has said.
    pub(crate) places: Places,
    pub(crate) origins: CrossOrigin,
    pub(crate) public_url: PublicUrl,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) requests: RequestIds,
    pub(crate) apps: Apps,
    /// Sockets and streams that are open.
    pub(crate) lasting: Lasting,
    /// Who follows the trail live.
    pub(crate) followers: Followers,
    /// Providers that vouch for users.
    pub(crate) providers: Providers,
    /// Who knows passwords that are not ours.
    pub(crate) hook: Option<Hook>,
    /// For how many days a browser is remembered, where users may ask for it.
    pub(crate) remembered_days: Option<u16>,
    /// How often the API may be called.
    pub(crate) rates: Arc<Rates>,
    /// How long a proof of identity counts as recent.
    pub(crate) reauthentication_window: Duration,
    /// Proxies whose questions are answered: those that are trusted, and this machine's.
    pub(crate) asking_proxies: TrustedProxies,
    /// The names of our cookies, which no application sees.
    pub(crate) cookies: [CookieName; 4],
    /// The domain whose hosts share the session cookie.
    pub(crate) cookie_domain: Option<CookieDomain>,
    /// The policy of our pages.
    pub(crate) page_policy: HeaderValue,
    /// The public keys of all instances, whether or not this one signs.
    pub(crate) key_set: Arc<KeySet>,
    /// Mints what applications verify by themselves, where any of them is to.
    pub(crate) tokens: Option<Arc<Tokens>>,
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
        tokens: Option<Arc<Tokens>>,
        places: Places,
    ) -> Result<Self, EntropyError> {
        Self::made(settings, public_url, installation, tokens, places, None)
    }

    /// The same gateway under other settings. What the two have in common stays: connections to applications, what is known of providers.
    pub(crate) fn after(
        before: &Self,
        settings: &Settings,
        installation: Installation,
        tokens: Option<Arc<Tokens>>,
        places: Places,
    ) -> Result<Self, EntropyError> {
        Self::made(settings, before.public_url.clone(), installation, tokens, places, Some(before))
    }

    fn made(
        settings: &Settings,
        public_url: PublicUrl,
        installation: Installation,
        tokens: Option<Arc<Tokens>>,
        places: Places,
        before: Option<&Self>,
    ) -> Result<Self, EntropyError> {
        let cookies = [Installation::cookie(), flow_cookie(), Installation::remember_cookie()];
        // The shared one is ours even where none is shared any more: browsers still have it.
        let [session, flow, remember] = cookies.map(|policy| policy.name().clone());
        let cookies = [session, flow, remember, Installation::shared_cookie_name()];
        let only = settings.proxy.clone().map(|upstream| App {
            jwt: settings.jwt,
            ..App::open_to_users(AppName::of_the_only(), public_url.clone().into(), Some(upstream))
        });
        let apps = settings.apps.iter().cloned().chain(only).collect();
        let here = Here { origin: &public_url, cookie_domain: settings.cookie_domain.as_ref() };
        let apps = Apps::new(apps, here, installation.sessions(), &cookies);
        let apps = match before {
            Some(before) => apps.taking_over(&before.apps),
            None => apps,
        };
        let trusted = settings.trusted_proxies.iter().copied();
        let asking = trusted.clone().chain(LOOPBACK.map(|network| network.parse().expect("a network")));
        Ok(Self(Arc::new(Inner {
            key_set: before.map_or_else(
                || Arc::new(KeySet::new(installation.accounts().clone())),
                |before| Arc::clone(&before.key_set),
            ),
            tokens,
            installation,
            last_ready: LastReady::default(),
            sites: sites(settings),
            places,
            origins: origins(&public_url, &settings.trusted_origins),
            trusted_proxies: TrustedProxies::x_forwarded_for(trusted),
            asking_proxies: TrustedProxies::x_forwarded_for(asking),
            requests: RequestIds::new(u32::from_be_bytes(Installation::random()?)),
            page_policy: headers::page_policy(apps.iter().map(|app| app.origin.as_str())),
            apps,
            lasting: before.map_or_else(Lasting::new, |before| before.lasting.clone()),
            followers: before.map_or_else(Followers::default, |before| before.followers.clone()),
            providers: Providers::new(&settings.oidc, &public_url, before.map(|before| &before.providers)),
            hook: settings.hook.as_ref().map(Hook::new),
            remembered_days: settings.remember_me.map(RememberedDays::days),
            rates: before.map_or_else(Arc::default, |before| Arc::clone(&before.rates)),
            reauthentication_window: settings.reauthentication_window,
            cookies,
            cookie_domain: settings.cookie_domain.clone(),
            public_url,
        })))
    }

    /// The site, in the language of whoever reads its pages.
    pub(crate) fn site(&self, language: Language) -> &Site {
        &self.0.sites[language.index()]
    }

    /// The origins of the sign-in and of all applications, those of one host first.
    pub(crate) fn origins_of_all(&self) -> impl Iterator<Item = AppOrigin> {
        let of = |many: bool| {
            self.apps
                .iter()
                .map(|app| app.app.origin.clone())
                .filter(move |origin| origin.is_of_many() == many)
        };
        std::iter::once(self.public_url.clone().into()).chain(of(false)).chain(of(true))
    }

    /// Where somebody goes who has just proved who they are.
    pub(crate) fn after_proof(&self, next: Option<&Destination>) -> String {
        next.map_or_else(|| self.home().to_owned(), Destination::location)
    }

    /// Where somebody goes who has signed in and wanted nothing else.
    pub(crate) fn home(&self) -> &'static str {
        if self.0.apps.here().is_some() { "/" } else { "/_cloakroom/account" }
    }
}

/// The site in every language.
fn sites(settings: &Settings) -> [Site; Language::ALL.len()] {
    let (name, support) = (settings.name.as_str().into(), settings.brand.support.as_deref().map(Into::into));
    let (name, support): (Arc<str>, Option<Arc<str>>) = (name, support);
    let assets = Arc::new(Assets::of(&settings.brand));
    Language::ALL.map(|language| Site {
        name: Arc::clone(&name),
        support: support.clone(),
        assets: Arc::clone(&assets),
        language,
    })
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

/// A page with a form; its status says too whether what was sent was refused, for which the page has the words.
pub(crate) fn form_page(markup: maud::Markup, refused: Option<&str>) -> Response {
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, html(markup)).into_response()
}
