//! A new proof of who somebody is, and a token that tells others.

use cloakroom::{ClientAddress, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::api::call::Call;
use crate::api::described::{Described, Schemas, answers, questions};
use crate::api::operation::Json;
use crate::api::own;
use crate::api::place::Place;
use crate::api::problem::{ApiProblem, Kind};
use crate::api::shapes::OwnSession;
use crate::apps::{AppPath, Destination};
use crate::installation::Proof;
use crate::routes::{Problem, prove};

/// A password as it was typed; wiped on drop.
#[derive(Default, Deserialize)]
#[serde(from = "String")]
pub(super) struct PasswordText(Zeroizing<String>);

impl From<String> for PasswordText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Described for PasswordText {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "password", "maxLength": 1024 })
    }
}

questions! {
    /// What proves who somebody is.
    struct ProofQuestion {
        /// The password of who is signed in.
        password: PasswordText,
    }
}

answers! {
    /// Where somebody proves again who they are.
    struct StepUp {
        /// Where to send the browser. It comes back to `to`.
        url: String,
    }

    /// A token that says who is signed in.
    struct MintedToken {
        /// The JWT, in its compact form.
        token: String,
        /// Whom it is for: the origin of the application.
        audience: String,
    }
}

/// `GET session/step-up?to=PATH`
pub(super) async fn step_up(call: Call) -> Result<Json<StepUp>, ApiProblem> {
    call.member()?;
    let invalid = || ApiProblem::new(Kind::Invalid, "to is one path of this origin, such as /orders?page=2");
    let mut to = call.query.all("to");
    let back = match (&call.place, to.next(), to.next()) {
        (_, _, Some(_)) => return Err(invalid()),
        (Place::SignIn, None, _) => None,
        (Place::SignIn, Some(to), _) => Some(Destination::here(to).ok_or_else(invalid)?),
        (Place::App(app), to, _) => {
            let path = to.map_or_else(|| Some(AppPath::root()), AppPath::parse).ok_or_else(invalid)?;
            Some(Destination::App(std::sync::Arc::clone(app), path))
        }
    };
    let page = format!("{}/_cloakroom/reauthenticate", call.gateway.public_url);
    Ok(Json(StepUp { url: Destination::behind(&page, back.as_ref(), &[]) }))
}

/// `POST session/prove`
///
/// At the origin of the sign-in alone: no page of another is to be typed a password into.
pub(super) async fn by_password(call: Call, question: ProofQuestion) -> Result<Json<OwnSession>, ApiProblem> {
    let member = call.member()?;
    let client = call.parts.extensions.get::<ClientAddress>();
    let ClientAddress(client) =
        client.copied().ok_or_else(|| ApiProblem::new(Kind::Internal, "the request came from nowhere"))?;
    let PasswordText(password) = question.password;
    match prove(&call.gateway, member, &password, client).await? {
        Proof::Given(_) => {}
        Proof::Refused => {
            return Err(ApiProblem::new(Kind::WrongPassword, "the session stays as it is"));
        }
        Proof::TooMany(wait) => return Err(ApiProblem::too_many_guesses(wait)),
    }
    member.session.reauthenticate(Method::Password).await?;
    own::show(call).await
}

/// `POST session/token`
pub(super) async fn mint(call: Call) -> Result<Json<MintedToken>, ApiProblem> {
    let member = call.member()?;
    let app = match &call.place {
        Place::App(app) => Some(app),
        Place::SignIn => call.gateway.apps.here(),
    };
    let audience = app.and_then(|app| app.token_audience.as_ref().map(|audience| (&app.origin, audience)));
    let (Some(tokens), Some((origin, audience))) = (&call.gateway.tokens, audience) else {
        return Err(ApiProblem::new(Kind::NoTokens, "its table in the configuration has no jwt = true"));
    };
    let token = tokens.token(&member.session, &member.user, audience).map_err(Problem::from)?;
    let token = token.and_then(|token| token.to_str().ok().map(str::to_owned));
    let token = token.ok_or_else(|| ApiProblem::session_required(call.place.login_url(&call.gateway)))?;
    Ok(Json(MintedToken { token, audience: origin.clone() }))
}
