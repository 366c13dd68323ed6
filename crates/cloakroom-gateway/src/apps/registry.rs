//! Which applications there are, and which one a request is for.

use std::sync::Arc;

use cloakroom::audience::{Audience, AudienceLimits, AudienceRules, AudienceTokens};
use cloakroom::cookie::CookieName;
use cloakroom::{CrossOrigin, Sessions};
use cloakroom_jwt::Audience as TokenAudience;

use crate::apps::by_host::ByHost;
use crate::config::{App, AppName, CookieDomain, PublicUrl};
use crate::installation::Installation;
use crate::lasting::Retirement;
use crate::proxy::Application;
use crate::tokens::audience_of;

/// An application, and how it is reached: at one origin, or as the pattern of those at many.
#[derive(Clone, Debug)]
pub(crate) struct AppEntry {
    pub(crate) app: App,
    /// Its name, for what is recorded of its requests.
    pub(crate) label: Arc<str>,
    /// Its origin as text, which is a pattern where there are many.
    pub(crate) origin: String,
    /// Whether that is the origin of the sign-in.
    pub(crate) is_here: bool,
    /// What its origin is called where sessions are offered to it, whose tokens are good there, and for how long it sees them. The tokens
    /// are those of the sign-in where the two share a cookie.
    pub(crate) audience: AudienceRules,
    /// Whether hosts that are not ours could have set its session cookie.
    pub(crate) cookie_is_shared: bool,
    /// The application itself, if requests are handed on to it from here.
    pub(crate) upstream: Option<Application>,
    /// The sessions as its origin sees them.
    pub(crate) sessions: Sessions,
    /// Which origins may open sockets to it.
    pub(crate) origins: CrossOrigin,
    /// Whom its tokens are for: its origin, if it gets any.
    pub(crate) token_audience: Option<TokenAudience>,
    /// Comes when a reloaded configuration has no such table any more.
    pub(crate) retirement: Retirement,
}

impl AppEntry {
    /// The same application at one of its many hosts: what is for an origin is for that one, and all else is shared.
    fn at_host(&self, origin: PublicUrl) -> Self {
        let text = origin.to_string();
        let audience = AudienceRules { audience: Audience::of(&text), ..self.audience };
        Self {
            audience,
            sessions: self.sessions.at(audience),
            origins: CrossOrigin::new().served_as(&text).expect("an origin as browsers write it"),
            token_audience: self.app.jwt.then(|| audience_of(&origin)),
            upstream: self.upstream.as_ref().map(|upstream| upstream.at_origin(&origin)),
            app: App { origin: origin.into(), ..self.app.clone() },
            origin: text,
            ..self.clone()
        }
    }

    /// Whether sessions have one name for its origin, which is another than the sign-in's.
    fn has_one_audience(&self) -> bool {
        !self.is_here && !self.app.origin.is_of_many()
    }

    /// Whether it sees sessions for less long than the sign-in does.
    pub(crate) fn has_limits(&self) -> bool {
        !self.is_here && self.app.limits() != AudienceLimits::none()
    }

    /// Whether a session has to be handed over before its origin sees it.
    pub(crate) fn needs_hand_over(&self) -> bool {
        !self.is_here && self.audience.tokens == AudienceTokens::ItsOwn
    }
}

/// Where the sign-in is, beside applications.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here<'a> {
    /// Its origin.
    pub(crate) origin: &'a PublicUrl,
    /// The domain whose hosts share its cookie.
    pub(crate) cookie_domain: Option<&'a CookieDomain>,
}

/// All applications.
#[derive(Debug)]
pub(crate) struct Apps {
    entries: Vec<Arc<AppEntry>>,
    here: PublicUrl,
    /// Applications of many hosts, at those of them that were asked for.
    met: ByHost<Arc<AppEntry>>,
}

impl Apps {
    /// Applications, beside a sign-in. `cookies` are the names of ours, which no application sees.
    pub(crate) fn new(apps: Vec<App>, here: Here<'_>, sessions: &Sessions, cookies: &[CookieName]) -> Self {
        let entries = apps.into_iter().map(|app| {
            let (origin, is_here) = (app.origin.to_string(), app.origin == *here.origin);
            let host = app.origin.host_pattern();
            let cookie_is_shared = here.cookie_domain.is_some_and(|domain| domain.covers_host(&host));
            let upstream = app.upstream.clone();
            let upstream = upstream.map(|upstream| Application::new(upstream, cookies, &app));
            let tokens = if cookie_is_shared { AudienceTokens::TheSessions } else { AudienceTokens::ItsOwn };
            let audience = AudienceRules::from(Audience::of(&origin)).by(tokens).within(app.limits());
            let sessions = match tokens {
                _ if is_here => sessions.clone(),
                AudienceTokens::TheSessions => sessions.at(audience),
                AudienceTokens::ItsOwn => sessions.at(audience).cookie(Installation::cookie()),
            };
            // Those of many hosts are for none of them, until one is asked for.
            let sample = app.origin.sample();
            let origins =
                CrossOrigin::new().served_as(&sample.to_string()).expect("an origin as browsers write it");
            let token_audience = app.jwt.then(|| audience_of(&sample));
            let label = app.name.as_str().into();
            let retirement = Retirement::default();
            Arc::new(AppEntry {
                app,
                label,
                origin,
                is_here,
                audience,
                cookie_is_shared,
                upstream,
                sessions,
                origins,
                token_audience,
                retirement,
            })
        });
        Self { entries: entries.collect(), here: here.origin.clone(), met: ByHost::default() }
    }

    /// The same, with what an application that is there already has going on: connections to it, and what ends if its table ever changes.
    pub(crate) fn taking_over(self, before: &Self) -> Self {
        let entries = self.entries.into_iter().map(|entry| match before.with_table(&entry.app) {
            Some(same) => Arc::new(AppEntry {
                upstream: same.upstream.clone(),
                retirement: same.retirement.clone(),
                ..Arc::unwrap_or_clone(entry)
            }),
            None => entry,
        });
        Self { entries: entries.collect(), here: self.here, met: self.met }
    }

    /// Ends what goes on for long at the applications whose tables are not among these.
    pub(crate) fn retire_what_is_not_in(&self, now: &Self) {
        for entry in self.iter().filter(|entry| now.with_table(&entry.app).is_none()) {
            entry.retirement.come();
        }
    }

    /// The one of this very table.
    fn with_table(&self, app: &App) -> Option<&Arc<AppEntry>> {
        self.iter().find(|entry| entry.app == *app)
    }

    /// Every one, those of many hosts as one each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<AppEntry>> {
        self.entries.iter()
    }

    /// The one at the origin of the sign-in.
    pub(crate) fn here(&self) -> Option<&Arc<AppEntry>> {
        self.iter().find(|app| app.is_here)
    }

    /// The one at this origin: the one that is there alone, else the one of many hosts, which the sign-in's own is never among.
    pub(crate) fn at(&self, origin: &PublicUrl) -> Option<Arc<AppEntry>> {
        let alone = self.iter().find(|app| app.app.origin == *origin);
        alone.cloned().or_else(|| self.at_one_of_many(origin))
    }

    /// By what sessions are known that the application of this name has taken over, at an origin of its own. One of many hosts has as
    /// many, and is not told by them.
    pub(crate) fn audience_of(&self, name: &AppName) -> Option<Audience> {
        let app = self.iter().find(|app| app.app.name == *name)?;
        app.has_one_audience().then(|| app.audience.audience)
    }

    /// The one of many hosts that is at the origin of this authority, which a `Host` field has.
    pub(crate) fn at_authority(&self, authority: &str) -> Option<Arc<AppEntry>> {
        let many = self.iter().filter(|app| app.app.origin.is_of_many());
        many.filter_map(|app| app.app.origin.at_authority(authority)).find_map(|origin| self.at(&origin))
    }

    /// The one at whose origin a URL is, and what follows the origin.
    pub(crate) fn of_url<'u>(&self, url: &'u str) -> Option<(Arc<AppEntry>, &'u str)> {
        let (origin, path) = self.iter().find_map(|app| app.app.origin.split_url(url))?;
        Some((self.at(&origin)?, path))
    }

    /// The one of this name; of many hosts, at the one of this label.
    pub(crate) fn named(&self, name: &str, label: Option<&str>) -> Option<Arc<AppEntry>> {
        let app = self.iter().find(|app| app.app.name.as_str() == name)?;
        let Some(label) = label else {
            return Some(Arc::clone(app)).filter(|app| !app.app.origin.is_of_many());
        };
        let found = self.at(&app.app.origin.of_label(label)?)?;
        Some(found).filter(|found| found.label == app.label)
    }

    /// The names of those that have taken over a session of these audiences; of many hosts, as far as this process was asked for them.
    pub(crate) fn seeing<'a>(&'a self, audiences: &'a [Audience]) -> impl Iterator<Item = &'a str> {
        let is_among = |app: &AppEntry| audiences.contains(&app.audience.audience);
        let is_met = move |app: &AppEntry| {
            app.app.origin.is_of_many() && self.met.any(|met| met.label == app.label && is_among(met))
        };
        let sees = move |app: &&Arc<AppEntry>| (app.has_one_audience() && is_among(app)) || is_met(app);
        self.entries.iter().filter(sees).map(|app| app.app.name.as_str())
    }

    /// What tells an application's host from the others that it has, if it has any.
    pub(crate) fn label_of<'e>(&self, entry: &'e AppEntry) -> Option<&'e str> {
        let of_all = self.iter().find(|app| app.label == entry.label)?;
        of_all.app.origin.label(entry.app.origin.one()?.authority())
    }

    fn at_one_of_many(&self, origin: &PublicUrl) -> Option<Arc<AppEntry>> {
        let app = self.iter().find(|app| app.app.origin.is_of_many() && app.app.origin.is_at(origin))?;
        if *origin == self.here {
            return None;
        }
        Some(self.met.get_or_make(origin.authority(), || Arc::new(app.at_host(origin.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use cloakroom::MemoryStore;

    use super::*;

    fn apps() -> Apps {
        let app = |name: &str, origin: &str| {
            App::open_to_users(name.parse().unwrap(), origin.parse().unwrap(), None)
        };
        let apps = vec![
            app("any", "https://*.example.org"),
            app("wiki", "https://wiki.example.org"),
            app("ports", "https://*.example.org:8443"),
            app("deep", "https://*.deep.example.org"),
        ];
        let here = "https://login.example.org".parse().unwrap();
        let here = Here { origin: &here, cookie_domain: None };
        Apps::new(apps, here, &Sessions::indexed(MemoryStore::new()), &[])
    }

    #[test]
    fn the_one_that_is_there_alone_comes_before_the_one_of_many_and_the_sign_in_is_nobodys() {
        let apps = apps();
        for (origin, name) in [
            ("https://wiki.example.org", Some("wiki")),
            ("https://shop.example.org", Some("any")),
            ("https://wiki.example.org:8443", Some("ports")),
            ("https://deep.example.org", Some("any")),
            ("https://a.deep.example.org", Some("deep")),
            ("https://login.example.org", None),
            ("https://login.example.org:8443", Some("ports")),
            ("https://a.b.example.org", None),
            ("https://example.org", None),
        ] {
            let origin: PublicUrl = origin.parse().unwrap();
            let found = apps.at(&origin);
            assert_eq!(found.as_ref().map(|app| app.app.name.as_str()), name, "{origin}");
            assert!(found.is_none_or(|app| app.origin == origin.to_string() && app.app.origin == origin));
        }
        assert_eq!(apps.at_authority("shop.example.org").unwrap().origin, "https://shop.example.org");
        assert!(
            apps.at_authority("login.example.org").is_none() && apps.at_authority("example.org").is_none()
        );
    }

    #[test]
    fn one_of_many_is_named_by_its_label() {
        let apps = apps();
        let named = |name, label| apps.named(name, label).map(|app| app.origin.clone());
        assert_eq!(named("any", Some("shop")).as_deref(), Some("https://shop.example.org"));
        assert_eq!(named("wiki", None).as_deref(), Some("https://wiki.example.org"));
        for (name, label) in [
            ("any", None),
            ("any", Some("wiki")),
            ("any", Some("login")),
            ("any", Some("a.b")),
            ("any", Some("")),
            ("wiki", Some("a")),
        ] {
            assert_eq!(named(name, label), None, "{name} {label:?}");
        }
    }

    #[test]
    fn each_host_of_many_has_sessions_of_its_own() {
        let apps = apps();
        let audience = |origin: &str| apps.at(&origin.parse().unwrap()).unwrap().audience;
        assert_ne!(audience("https://a.example.org"), audience("https://b.example.org"));
        assert_eq!(
            audience("https://a.example.org"),
            AudienceRules::from(Audience::of("https://a.example.org"))
        );
        let audiences = ["https://b.example.org", "https://wiki.example.org"].map(Audience::of);
        assert_eq!(apps.seeing(&audiences).collect::<Vec<_>>(), ["any", "wiki"]);
        assert_eq!(apps.seeing(&[]).count(), 0);
    }
}
