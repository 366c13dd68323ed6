//! What would become of a request, without sending it.

use std::time::Duration;

use http::{HeaderValue, Method, Uri};
use thiserror::Error;

use crate::accounts::UserName;
use crate::apps::{Decider, Demand, Met};
use crate::config::{App, PublicUrl, Settings, render_span};
use crate::installation::{Installation, InstallationError};
use crate::proxy::{Identity, UserFields, fields_of, fields_of_oauth2_proxy};

/// What decides about a request, and what the application would be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The application.
    pub app: String,
    /// What in its table decides.
    pub decided_by: String,
    /// Which cookie brings the session.
    pub cookie: String,
    /// Limits of the application's own, where it has some.
    pub limits: Option<String>,
    /// What becomes of the request.
    pub verdict: String,
    /// The fields that leave with it, if it does.
    pub fields: Vec<(String, String)>,
}

/// The request cannot be explained.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// The text is no URL of an application.
    #[error("{0:?} is not the URL of a page: write https://, a host and a path")]
    NoUrl(String),
    /// The text is no method.
    #[error("{0:?} is no method, such as GET")]
    NoMethod(String),
    /// No application is at this origin.
    #[error("no [[app]] has the origin {0}")]
    NoApp(PublicUrl),
    /// The user cannot be looked up.
    #[error(transparent)]
    Installation(#[from] InstallationError),
}

impl Installation {
    /// Says which rule decides about a request of a user, or of somebody who is not signed in, and which fields leave with it.
    ///
    /// The user is taken to have signed in a moment ago; `proof_age` says otherwise.
    ///
    /// # Errors
    /// [`ExplainError`].
    pub async fn explain(
        &self,
        settings: &Settings,
        (method, url): (&str, &str),
        user: Option<UserName>,
        proof_age: Duration,
    ) -> Result<Explanation, ExplainError> {
        let method: Method = method.parse().map_err(|_| ExplainError::NoMethod(method.to_owned()))?;
        let (origin, path) = parse(url).ok_or_else(|| ExplainError::NoUrl(url.to_owned()))?;
        let app = settings.app_at(&origin).ok_or_else(|| ExplainError::NoApp(origin.clone()))?;
        let user = match user {
            Some(name) => Some(self.user(name).await?),
            None => None,
        };
        let demand = Demand::of(app, &path);
        let has_lapsed =
            [app.idle_timeout, app.absolute_timeout].into_iter().flatten().any(|most| proof_age >= most);
        let met = user.as_ref().map(|user| demand.met_by(&user.profile.groups, proof_age));
        let is_disabled = user.as_ref().is_some_and(|user| user.disabled_at.is_some());
        let verdict = match (&demand, met) {
            (Demand::User(_), _) if is_disabled => {
                "sign in: the account is disabled, and its sessions have ended"
            }
            (Demand::Nothing, _) => "pass: everybody may",
            (Demand::User(_), None) => "sign in: a page is led there, anything else gets 401",
            (Demand::User(_), Some(_)) if has_lapsed => {
                "step up: a limit of the application's own has passed, unless the user was there since"
            }
            (Demand::User(_), Some(Met::Yes)) => "pass",
            (Demand::User(_), Some(Met::WithNewProof)) => "step up: the last proof of who it is, is too old",
            (Demand::User(_), Some(Met::No)) => "not allowed: 403, since the user is in none of the groups",
        };
        let passes = verdict.starts_with("pass");
        let identity = user.filter(|user| user.disabled_at.is_none()).map(|user| {
            let proven_at = self.now().before(proof_age);
            let session = HeaderValue::from_static("(the session ID)");
            Identity::of(&UserFields::of(&user), session, proven_at, None)
        });
        let more = fields_of_oauth2_proxy(identity.as_ref()).into_iter().filter(|_| app.x_auth_request);
        let fields = fields_of(identity).into_iter().chain(more);
        let fields =
            fields.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
        Ok(Explanation {
            app: app.name.to_string(),
            decided_by: decided_by(app, &method, &path),
            cookie: cookie(settings, &origin),
            limits: limits(app),
            verdict: verdict.to_owned(),
            fields: fields.filter(|_| passes).collect(),
        })
    }
}

fn cookie(settings: &Settings, origin: &PublicUrl) -> String {
    let here = settings.public_url_on(settings.listen.port());
    match &settings.cookie_domain {
        Some(domain) if domain.covers(origin) => {
            format!("{}, which every host below {domain} is sent", Installation::shared_cookie_name())
        }
        _ if *origin == here => format!("{}, of the sign-in", Installation::cookie().name()),
        _ => {
            format!("{}, of this host alone, by a hand-over from the sign-in", Installation::cookie().name())
        }
    }
}

fn limits(app: &App) -> Option<String> {
    let idle = app.idle_timeout.map(|idle| format!("{} without a use of {}", render_span(idle), app.name));
    let absolute = app.absolute_timeout.map(|most| format!("{} after the last proof", render_span(most)));
    let said: Vec<String> = idle.into_iter().chain(absolute).collect();
    (!said.is_empty()).then(|| format!("a new proof is asked for {}", said.join(", and ")))
}

fn decided_by(app: &App, method: &Method, path: &str) -> String {
    match Decider::of(app, path) {
        Decider::Rule(rule) => format!("the rule of {}", rule.path),
        Decider::Table => format!("the table of {}, since no rule is about {method} {path}", app.name),
        Decider::Everything => {
            format!(
                "the table of {} and all of its rules, since programs read {path} in different ways",
                app.name
            )
        }
    }
}

fn parse(url: &str) -> Option<(PublicUrl, String)> {
    let uri: Uri = url.parse().ok()?;
    let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
    Some((origin.parse().ok()?, uri.path().to_owned()))
}
