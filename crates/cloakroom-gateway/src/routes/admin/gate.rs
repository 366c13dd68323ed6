//! Who may look at the administration, and who may act there.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::REFERER;
use http::request::Parts;
use http::{Method, StatusCode};

use crate::accounts::Role;
use crate::apps::Destination;
use crate::events;
use crate::pages::{Frame, Language, NotAllowedPage, Section};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::redirect::see_other;
use crate::web::RequestId;

/// Where the administration begins.
const HOME: &str = "/_cloakroom/admin";

/// Somebody who may look: an administrator or an auditor. Strangers are led to the sign-in page, and others are told that
/// they may not.
#[derive(Debug)]
pub(super) struct Viewer(pub(super) Member);

/// Somebody who may act: an administrator who has proved a short while ago who they are.
///
/// Whoever proved it longer ago is led to do it again: from a page and back to it, from a form back to the page that it is on,
/// where what was typed is to be sent again, and is told so.
///
/// Source: ASVS 5.0 7.5.1, 8.4.2.
#[derive(Debug)]
pub(super) struct Actor(pub(super) Member);

impl Viewer {
    /// The frame of a page of this part.
    pub(super) fn frame(&self, section: Section) -> Frame<'_> {
        frame(&self.0, section)
    }
}

impl Actor {
    /// The frame of a page of this part.
    pub(super) fn frame(&self, section: Section) -> Frame<'_> {
        frame(&self.0, section)
    }
}

fn frame(member: &Member, section: Section) -> Frame<'_> {
    Frame { user: member.user.name.as_typed(), role: member.user.role, section }
}

impl FromRequestParts<Gateway> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let member = Member::from_request_parts(parts, gateway).await?;
        if member.user.role.may_look() {
            Ok(Self(member))
        } else {
            Err(not_allowed(gateway, parts, &member, &[Role::Auditor, Role::Administrator]))
        }
    }
}

impl FromRequestParts<Gateway> for Actor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let member = Member::from_request_parts(parts, gateway).await?;
        if !member.user.role.may_act() {
            return Err(not_allowed(gateway, parts, &member, &[Role::Administrator]));
        }
        if gateway.installation.now().since(member.proven_at) < gateway.reauthentication_window {
            return Ok(Self(member));
        }
        Err(see_other(&to_proof(gateway, parts)))
    }
}

fn not_allowed(gateway: &Gateway, parts: &Parts, member: &Member, needed: &[Role]) -> Response {
    let language = Language::asked_for(&parts.headers);
    let words = language.console();
    let request_id = events::request_id();
    let back = here(parts).or_else(|| Destination::here(HOME));
    let page = NotAllowedPage {
        user: member.user.name.as_typed(),
        app: words.administration,
        needed: &[needed.iter().map(|role| words.role(*role)).collect()],
        sign_out: &Destination::behind("/_cloakroom/logout", back.as_ref(), &[]),
        request_id: request_id.as_ref().map(RequestId::as_str),
    };
    (StatusCode::FORBIDDEN, html(page.render(gateway.site(language)))).into_response()
}

/// The page that asks for a new proof, with the way back.
fn to_proof(gateway: &Gateway, parts: &Parts) -> String {
    if is_safe(parts) {
        return Destination::behind("/_cloakroom/reauthenticate", here(parts).as_ref(), &[]);
    }
    let back = form_of(gateway, parts).and_then(Destination::here).or_else(|| Destination::here(HOME));
    Destination::behind("/_cloakroom/reauthenticate", back.as_ref(), &["lost=POST"])
}

/// The page that was asked for.
fn here(parts: &Parts) -> Option<Destination> {
    let target = parts.uri.path_and_query().filter(|_| is_safe(parts))?;
    Destination::here(target.as_str())
}

fn is_safe(parts: &Parts) -> bool {
    matches!(parts.method, Method::GET | Method::HEAD)
}

/// The page of ours that a form was on, as far as the browser says.
fn form_of<'a>(gateway: &Gateway, parts: &'a Parts) -> Option<&'a str> {
    let referrer = parts.headers.get(REFERER)?.to_str().ok()?;
    let path = referrer.strip_prefix(gateway.public_url.to_string().as_str())?;
    path.starts_with(HOME).then_some(path)
}
