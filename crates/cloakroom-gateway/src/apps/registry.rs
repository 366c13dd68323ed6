//! Which applications there are, and which one a request is for.

use std::sync::Arc;

use cloakroom::audience::{Audience, AudienceRules};
use cloakroom::cookie::CookieName;
use cloakroom::{CrossOrigin, Sessions};
use cloakroom_jwt::Audience as TokenAudience;

use crate::config::{App, AppName, PublicUrl};
use crate::lasting::Retirement;
use crate::proxy::Application;
use crate::tokens::audience_of;

/// An application, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct AppEntry {
    pub(crate) app: App,
    /// Its name, for what is recorded of its requests.
    pub(crate) label: Arc<str>,
    /// Its origin as text.
    pub(crate) origin: String,
    /// Whether that is the origin of the sign-in.
    pub(crate) is_here: bool,
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
    /// What its origin is called where sessions are offered to it, and for how long it sees them.
    pub(crate) fn audience(&self) -> AudienceRules {
        AudienceRules::from(Audience::of(&self.origin)).within(self.app.limits())
    }
}

/// All applications.
#[derive(Debug, Default)]
pub(crate) struct Apps(Vec<Arc<AppEntry>>);

impl Apps {
    /// Applications, beside a sign-in at `here`. `cookies` are the names of ours, which no application sees.
    pub(crate) fn new(apps: Vec<App>, here: &PublicUrl, sessions: &Sessions, cookies: &[CookieName]) -> Self {
        let entries = apps.into_iter().map(|app| {
            let (origin, is_here) = (app.origin.to_string(), app.origin == *here);
            let upstream = app.upstream.clone();
            let upstream = upstream.map(|upstream| Application::new(upstream, cookies, &app));
            let rules = AudienceRules::from(Audience::of(&origin)).within(app.limits());
            let sessions = if is_here { sessions.clone() } else { sessions.at(rules) };
            let origins = CrossOrigin::new().served_as(&origin).expect("an origin as browsers write it");
            let token_audience = app.jwt.then(|| audience_of(&app.origin));
            let label = app.name.as_str().into();
            let retirement = Retirement::default();
            Arc::new(AppEntry {
                app,
                label,
                origin,
                is_here,
                upstream,
                sessions,
                origins,
                token_audience,
                retirement,
            })
        });
        Self(entries.collect())
    }

    /// The same, with what an application that is there already has going on: connections to it, and what ends if its table ever changes.
    pub(crate) fn taking_over(self, before: &Self) -> Self {
        let entries = self.0.into_iter().map(|entry| match before.with_table(&entry.app) {
            Some(same) => Arc::new(AppEntry {
                upstream: same.upstream.clone(),
                retirement: same.retirement.clone(),
                ..Arc::unwrap_or_clone(entry)
            }),
            None => entry,
        });
        Self(entries.collect())
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

    /// Every one.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<AppEntry>> {
        self.0.iter()
    }

    /// The one at the origin of the sign-in.
    pub(crate) fn here(&self) -> Option<&Arc<AppEntry>> {
        self.iter().find(|app| app.is_here)
    }

    /// The one at this origin.
    pub(crate) fn at(&self, origin: &PublicUrl) -> Option<&Arc<AppEntry>> {
        self.iter().find(|app| app.app.origin == *origin)
    }

    /// By what sessions are known that the application of this name has taken over, at an origin of its own.
    pub(crate) fn audience_of(&self, name: &AppName) -> Option<Audience> {
        let elsewhere = self.named(name.as_str()).filter(|app| !app.is_here);
        elsewhere.map(|app| app.audience().audience)
    }

    /// The names of those that have taken over a session of these audiences.
    pub(crate) fn seeing<'a>(&'a self, audiences: &'a [Audience]) -> impl Iterator<Item = &'a str> {
        let sees = |app: &&Arc<AppEntry>| !app.is_here && audiences.contains(&app.audience().audience);
        // Most sessions have no audience, and naming one takes a digest.
        let all = if audiences.is_empty() { &[] } else { self.0.as_slice() };
        all.iter().filter(sees).map(|app| app.app.name.as_str())
    }

    /// The one of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<AppEntry>> {
        self.iter().find(|app| app.app.name.as_str() == name)
    }
}
