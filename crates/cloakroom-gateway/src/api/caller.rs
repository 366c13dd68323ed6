//! Who calls: a browser by its cookie, or a service by its key.

use axum::extract::FromRequestParts;
use cloakroom::{ClientAddress, Session};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::accounts::api_key::{ApiKeyText, Scope};
use crate::api::place::Place;
use crate::api::problem::{ApiProblem, Kind};
use crate::events::{self, Actor, EventKind, by};
use crate::rates::OF_A_KEY;
use crate::routes::{Gateway, Member};

/// The field that an unsafe request by cookie has to have, whatever it says.
///
/// A form cannot send it, and a script of another origin has to ask first whether it may, which is answered to nobody. The
/// cross-origin check, which stands before it, is what browsers of today obey; this one stops those that send neither
/// `Sec-Fetch-Site` nor `Origin`. It is not the token of the sign-in's forms: that one belongs to the session, which
/// the pages of every application share, and none of them is to hold what proves a form of the sign-in.
///
/// Source: ASVS 5.0 3.5.2; OWASP Cross-Site Request Forgery Prevention, "Employing Custom Request Headers for AJAX/API".
pub(super) const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// A signed-in browser, at any origin that has the session.
    Browser,
    /// The same, whose question is no activity of its user.
    BrowserUnnoticed,
    /// A signed-in browser, at the origin of the sign-in.
    BrowserAtTheSignIn,
    /// A browser that has a session, had one, or cannot be told: the handler looks for itself.
    BrowserThatLeaves,
    /// A service whose key has the scope, at the origin of the sign-in.
    Service(Scope),
    /// A service whose key has the scope, or a signed-in browser; both at the origin of the sign-in.
    ServiceOrBrowser(Scope),
}

impl Allowed {
    /// The scope that a key needs.
    pub(super) const fn scope(self) -> Option<Scope> {
        match self {
            Self::Service(scope) | Self::ServiceOrBrowser(scope) => Some(scope),
            _ => None,
        }
    }

    /// Whether a browser may by its cookie.
    pub(super) const fn takes_cookie(self) -> bool {
        !matches!(self, Self::Service(_))
    }

    /// Whether it is done at the origin of the sign-in alone.
    pub(super) const fn is_for_the_sign_in(self) -> bool {
        matches!(self, Self::BrowserAtTheSignIn | Self::Service(_) | Self::ServiceOrBrowser(_))
    }
}

/// Who calls.
#[derive(Debug)]
pub(super) enum Caller {
    /// Nobody has looked.
    Unknown,
    /// A signed-in browser.
    Browser(Box<Member>),
    /// A service, by the key that the events of the request name.
    Service,
}

impl Caller {
    /// Finds out who calls, and refuses whoever may not.
    pub(super) async fn admit(
        allowed: Allowed,
        gateway: &Gateway,
        place: &Place,
        parts: &mut Parts,
    ) -> Result<Self, ApiProblem> {
        if allowed.is_for_the_sign_in() && matches!(place, Place::App(_)) {
            return Err(ApiProblem::not_the_sign_in());
        }
        if let Some(scope) = allowed.scope() {
            match bearer(&parts.headers)? {
                Some(text) => return Self::service(gateway, text, scope, parts).await,
                None if allowed.takes_cookie() => {}
                None => {
                    at_this_address(gateway, parts)?;
                    let detail =
                        "the field Authorization is to say Bearer and a key, and is the only place for one";
                    return Err(ApiProblem::new(Kind::KeyRequired, detail));
                }
            }
        }
        at_this_address(gateway, parts)?;
        if !parts.method.is_safe() && !parts.headers.contains_key(REQUESTED_WITH) {
            let detail =
                "a request by cookie that changes something has the field X-Requested-With, with any value";
            return Err(ApiProblem::new(Kind::HeaderMissing, detail));
        }
        let session = match allowed {
            Allowed::BrowserThatLeaves => return Ok(Self::Unknown),
            Allowed::BrowserUnnoticed => place.sessions(gateway).look_at(parts).await?,
            _ => Session::from_request_parts(parts, &()).await?,
        };
        let member = Member::of(gateway, &session).await?;
        let member = member.ok_or_else(|| ApiProblem::session_required(place.login_url(gateway)))?;
        Ok(Self::Browser(Box::new(member)))
    }

    async fn service(gateway: &Gateway, text: &str, scope: Scope, parts: &Parts) -> Result<Self, ApiProblem> {
        let key = match ApiKeyText::parse(text) {
            Some(presented) => gateway.installation.admit_api_key(&presented).await?,
            None => None,
        };
        // The same for every reason: whoever guesses learns nothing, and the operator has `api-key list`.
        let detail = "the key is unknown, expired or revoked";
        let Some(key) = key else {
            at_this_address(gateway, parts)?;
            gateway
                .installation
                .record(gateway.installation.event(EventKind::ApiKeyRefused).because("unknown"));
            return Err(ApiProblem::new(Kind::KeyInvalid, detail));
        };
        by(events::Caller::Other(Actor::ApiKey(key.id)));
        let now = gateway.installation.now();
        gateway.rates.take(OF_A_KEY, key.id.to_string(), now).map_err(ApiProblem::spent)?;
        if !key.scopes.contains(scope) {
            let event = gateway.installation.event(EventKind::ApiKeyRefused).because("scope_missing");
            gateway.installation.record(event.detail(format_args!("{}: {scope}", key.name)));
            return Err(ApiProblem::scope_missing(scope));
        }
        Ok(Self::Service)
    }
}

/// Whoever has no good key has a share of what is taken from their address.
fn at_this_address(gateway: &Gateway, parts: &Parts) -> Result<(), ApiProblem> {
    let Some(ClientAddress(client)) = parts.extensions.get::<ClientAddress>() else { return Ok(()) };
    gateway.rates.take_at(*client, gateway.installation.now()).map_err(ApiProblem::spent)
}

/// What stands behind `Bearer`; `None` where there is no such field, or one of another scheme, which is an application's.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiProblem> {
    let mut bearers = headers.get_all(AUTHORIZATION).iter().filter_map(|value| {
        let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(rest.trim_matches(' '))
    });
    match (bearers.next(), bearers.next()) {
        (bearer, None) => Ok(bearer),
        (_, Some(_)) => Err(ApiProblem::new(Kind::KeyInvalid, "two keys were sent, and neither is believed")),
    }
}
