//! Whether a request may reach an application, and what becomes of it when it may not.

use std::sync::Arc;

use cloakroom::{Presented, Rejection, Session};
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, COOKIE, REFERER};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri};

use crate::apps::{AppEntry, AppPath, Demand, Destination, Met};
use crate::config::CrossSite;
use crate::events::EventKind;
use crate::metrics::Decision;
use crate::proxy::{Kind, is_web_socket, kind};
use crate::routes::gateway::Gateway;
use crate::routes::member::Member;
use crate::routes::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A request, as the application would get it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Which application.
    pub(crate) app: &'a Arc<AppEntry>,
    /// The method.
    pub(crate) method: &'a Method,
    /// Path and query, as they came.
    pub(crate) target: &'a str,
    /// The fields.
    pub(crate) headers: &'a HeaderMap,
}

/// What is to become of it.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It goes on; with a user, when one is signed in.
    Pass(Option<Box<Member>>),
    /// Somebody has to sign in first.
    SignIn,
    /// The user has to prove again who they are first.
    StepUp,
    /// The user may not.
    NotAllowed(Box<Member>),
    /// The page that caused it may not.
    Forged,
    /// The browser sent two live sessions, of which a neighbour has set one: neither is believed, and no sign-in would help.
    TwoSessions,
}

impl Asked<'_> {
    /// The path without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether the browser asks if a script of another origin may send a request; it never sends a cookie with it.
    fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS
            && self.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
            && !self.headers.contains_key(COOKIE)
    }

    /// Whether a page that may not cause such a request has caused it, as far as the browser says.
    ///
    /// A handshake of a `WebSocket` is a GET, and yet neither `SameSite` nor the same-origin policy stops a sibling sub-domain.
    fn is_forged(&self) -> bool {
        if is_web_socket(self.headers) {
            let uri = Uri::default();
            return self.app.origins.judge(&Method::POST, &uri, self.headers).is_err();
        }
        if self.method.is_safe() {
            return false;
        }
        let said = |sites: &[&str]| {
            self.headers.get_all(FETCH_SITE).iter().any(|site| sites.iter().any(|from| site == from))
        };
        match self.app.app.cross_site {
            CrossSite::Pass => false,
            CrossSite::Refuse => said(&["cross-site"]),
            CrossSite::RefuseSiblings => said(&["cross-site", "same-site"]),
        }
    }
}

/// Judges a request: every one, and not the sign-in only, so that a group that somebody has left opens nothing any more.
///
/// # Errors
/// [`Problem`] when sessions or accounts cannot be read. A path that is open to everybody is served all the same.
pub(crate) async fn judge(
    gateway: &Gateway,
    session: Result<Session, Rejection>,
    asked: &Asked<'_>,
) -> Result<Verdict, Problem> {
    if asked.is_preflight() {
        return Ok(if asked.app.app.preflight { Verdict::Pass(None) } else { Verdict::SignIn });
    }
    let is_shadowed = asked.app.cookie_is_shared
        && matches!(&session, Ok(session) if session.presented() == Presented::Ambiguous);
    let has_lapsed = matches!(&session, Ok(session) if session.presented() == Presented::Lapsed);
    let member = match session {
        Ok(session) => Member::of(gateway, &session).await,
        Err(rejection) => Err(rejection.into()),
    };
    let demand = Demand::of(&asked.app.app, asked.path());
    if demand == Demand::Nothing {
        let member = member.unwrap_or_default();
        return Ok(if asked.is_forged() { forged(gateway) } else { Verdict::Pass(member.map(Box::new)) });
    }
    if is_shadowed {
        // The sign-in may get one of the two only, and would send the browser back here, round and round.
        return Ok(Verdict::TwoSessions);
    }
    let Some(member) = member?.map(Box::new) else {
        return Ok(if has_lapsed { Verdict::StepUp } else { Verdict::SignIn });
    };
    if asked.is_forged() {
        return Ok(forged(gateway));
    }
    let proof_age = gateway.installation.now().since(member.proven_at);
    Ok(match demand.met_by(&member.user.profile.groups, proof_age) {
        Met::Yes => Verdict::Pass(Some(member)),
        Met::WithNewProof => Verdict::StepUp,
        Met::No => Verdict::NotAllowed(member),
    })
}

/// Another site made a browser send it, which is worth knowing.
fn forged(gateway: &Gateway) -> Verdict {
    let event = gateway.installation.event(EventKind::CrossOriginRefused);
    gateway.installation.record(event.because("application"));
    Verdict::Forged
}

impl Verdict {
    /// What is counted of a judgement.
    pub(crate) const fn decision(judged: &Result<Self, Problem>) -> Decision {
        match judged {
            Ok(Self::Pass(Some(_))) => Decision::Pass,
            Ok(Self::Pass(None)) => Decision::PassWithoutUser,
            Ok(Self::SignIn) | Err(Problem::SignIn) => Decision::SignIn,
            Ok(Self::StepUp) => Decision::StepUp,
            Ok(Self::NotAllowed(_)) => Decision::NotAllowed,
            Ok(Self::Forged | Self::TwoSessions) => Decision::Forged,
            Err(Problem::Status(_)) => Decision::Unavailable,
        }
    }
}

/// Where somebody is led who cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detour {
    /// Path and query at the origin of the sign-in.
    pub(crate) path: String,
    /// Why, in a word for programs.
    pub(crate) error: &'static str,
    /// What a page is answered with: a form that was posted is followed by a GET.
    pub(crate) status: StatusCode,
}

impl Detour {
    /// To the sign-in page, and from there back to where the browser was.
    pub(crate) fn to_sign_in(asked: &Asked<'_>) -> Self {
        Self::new(asked, "session_required", None)
    }

    /// To prove again who one is, and back.
    pub(crate) fn to_step_up(asked: &Asked<'_>) -> Self {
        Self::new(asked, "step_up_required", Some("aal=2"))
    }

    fn new(asked: &Asked<'_>, error: &'static str, how: Option<&'static str>) -> Self {
        let is_safe = matches!(*asked.method, Method::GET | Method::HEAD);
        let is_page = kind(asked.headers) == Kind::Navigation;
        let lost = (is_page && !is_safe).then_some("lost=POST");
        let further: Vec<&str> = how.into_iter().chain(lost).collect();
        let path = Destination::behind("/_cloakroom/login", way_back(asked).as_ref(), &further);
        let status = if is_safe { StatusCode::FOUND } else { StatusCode::SEE_OTHER };
        Self { path, error, status }
    }

    /// The whole URL.
    pub(crate) fn url(&self, gateway: &Gateway) -> String {
        format!("{}{}", gateway.public_url, self.path)
    }
}

/// Where somebody comes back to.
pub(super) fn way_back(asked: &Asked<'_>) -> Option<Destination> {
    let is_safe = matches!(*asked.method, Method::GET | Method::HEAD);
    // What was posted is lost, so it is back to the page that it came from; a script knows itself where it is.
    if is_safe && kind(asked.headers) == Kind::Navigation {
        place(asked.app, asked.target)
    } else {
        referrer(asked)
    }
}

/// A place at an application's origin; its root when the place is none to come back to.
fn place(app: &Arc<AppEntry>, target: &str) -> Option<Destination> {
    if app.is_here {
        return Destination::here(target);
    }
    Some(Destination::App(Arc::clone(app), AppPath::parse(target).unwrap_or_else(AppPath::root)))
}

/// The page of the same origin that a request came from.
fn referrer(asked: &Asked<'_>) -> Option<Destination> {
    let referrer = asked.headers.get(REFERER).and_then(|referrer| referrer.to_str().ok());
    let path = referrer.and_then(|referrer| referrer.strip_prefix(&asked.app.origin));
    match path.filter(|path| path.starts_with('/')) {
        None if asked.app.is_here => None,
        path => place(asked.app, path.unwrap_or("/")),
    }
}
