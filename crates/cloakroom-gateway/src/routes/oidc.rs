//! Signing in by a provider: on the way there, and back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Method, Rejection, Session, Timestamp};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};

use crate::accounts::{AccountsError, Note, User, UserId};
use crate::apps::Destination;
use crate::config::Newcomers;
use crate::events::{Caller, EventKind, by};
use crate::installation::InstallationError;
use crate::oidc::{Aim, Flow, Person, Provider, Refused, Returned};
use crate::pages::{Language, ProviderLink, ProviderProblem, ProviderProblemPage};
use crate::proven::PROVEN_AT_PROVIDER;
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;
use crate::web::{FieldError, Fields, FlowSecret, RequestId};

/// Why a flow does not go on.
enum Halt {
    /// The provider's side of it is not in order.
    Refused(Refused),
    /// Ours is not.
    Problem(Problem),
}

/// `GET /_cloakroom/oidc/begin/{provider}?next=PATH`, or `rd=URL`; with `proof` for somebody who is signed in.
///
/// A link and no form: browsers hold a form's redirects against the policy of its page, and nothing changes here.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    Path(name): Path<String>,
    session: Result<Session, Rejection>,
    language: Language,
    query: Result<Query, Problem>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = gateway.providers.named(&name).ok_or(Problem::Status(StatusCode::NOT_FOUND))?;
    let Query(query) = query.unwrap_or_default();
    let next = Destination::from_fields(&query, &gateway.apps);
    let aim = if query.has("proof") { Aim::Proof } else { Aim::SignIn };
    match (session?.subject(), aim) {
        (Some(_), Aim::SignIn) => return Ok(see_other(&gateway.after_proof(next.as_ref()))),
        (None, Aim::Proof) => return Err(Problem::SignIn),
        _ => {}
    }
    let destination = next.map(|next| next.parameter()).unwrap_or_default();
    let flow = Flow::begin(provider.config.name.clone(), aim, destination, gateway.installation.now());
    let flow = flow.map_err(Error::from)?;
    let (secret, cookie) = FlowSecret::held_or_new(&headers).map_err(Error::from)?;
    let url = match provider.authorization_url(&flow, &secret).await {
        Ok(url) => url.map_err(Error::from)?,
        Err(refused) => return Ok(refuse(&gateway, language, Some(provider), &refused, &request_id)),
    };
    let mut response = see_other(&url);
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /_cloakroom/oidc/callback?state=TEXT&code=TEXT`
///
/// # Security
/// The flow is one that this very browser began, at the provider that it began it at, and comes to its end once.
pub(super) async fn callback(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
    Query(fields): Query,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let session = session?;
    let now = gateway.installation.now();
    let begun = FlowSecret::held(&headers).zip(fields.one("state").ok());
    let begun = begun.and_then(|(secret, state)| Some((Flow::open(state, &secret, now)?, secret)));
    let begun = begun.and_then(|(flow, secret)| {
        let provider = Arc::clone(gateway.providers.named(flow.provider.as_str())?);
        Some((provider, flow, secret))
    });
    let Some((provider, flow, secret)) = begun else {
        return Ok(refuse(&gateway, language, None, &Refused::Flow, &request_id));
    };
    match finish(&gateway, &session, &provider, &flow, &secret, &fields).await {
        Ok(()) => Ok(see_other(&gateway.after_proof(destination(&gateway, &flow).as_ref()))),
        Err(Halt::Refused(refused)) => {
            session.sign_in_failed(session.subject().as_ref(), "provider");
            record(&gateway, &session, &provider, &refused);
            Ok(refuse(&gateway, language, Some(&provider), &refused, &request_id))
        }
        Err(Halt::Problem(problem)) => Err(problem),
    }
}

/// The buttons of the providers, on the way to a place.
pub(super) fn links(gateway: &Gateway, next: Option<&Destination>) -> Vec<ProviderLink> {
    gateway.providers.iter().map(|provider| link(provider, Aim::SignIn, next)).collect()
}

/// The buttons of the providers that know a user, to prove again who they are.
pub(super) async fn proof_links(
    gateway: &Gateway,
    user: &User,
    next: Option<&Destination>,
) -> Result<Vec<ProviderLink>, Problem> {
    let known = gateway.installation.accounts().identities_of(user.id).await?;
    let providers = known.iter().filter_map(|identity| gateway.providers.of_issuer(identity.issuer()));
    Ok(providers.map(|provider| link(provider, Aim::Proof, next)).collect())
}

fn link(provider: &Provider, aim: Aim, next: Option<&Destination>) -> ProviderLink {
    let begin = format!("/_cloakroom/oidc/begin/{}", provider.config.name);
    let aim: &[&str] = match aim {
        Aim::SignIn => &[],
        Aim::Proof => &["proof"],
    };
    ProviderLink { title: provider.config.title.clone(), url: Destination::behind(&begin, next, aim) }
}

/// Where a flow leads, judged as if it had come from a stranger.
fn destination(gateway: &Gateway, flow: &Flow) -> Option<Destination> {
    let fields = Fields::parse(flow.destination.as_bytes()).ok()?;
    Destination::from_fields(&fields, &gateway.apps)
}

async fn finish(
    gateway: &Gateway,
    session: &Session,
    provider: &Provider,
    flow: &Flow,
    secret: &FlowSecret,
    fields: &Fields,
) -> Result<(), Halt> {
    let returned = Returned {
        code: fields.at_most_one("code")?,
        issuer: fields.at_most_one("iss")?,
        error: fields.at_most_one("error")?,
    };
    let now = gateway.installation.now();
    let person = provider.person(flow, secret, returned, now).await?;
    match flow.aim {
        Aim::SignIn => sign_in(gateway, session, provider.config.newcomers, flow, &person).await,
        Aim::Proof => prove(gateway, session, flow, &person).await,
    }
}

/// Signs in whom the provider vouches for.
///
/// The sign-in begins before it is looked whether the account is disabled or unlinked, or the provider has ended its sessions:
/// whichever of these comes while it is under way wins.
async fn sign_in(
    gateway: &Gateway,
    session: &Session,
    newcomers: Newcomers,
    flow: &Flow,
    person: &Person,
) -> Result<(), Halt> {
    let (installation, now) = (&gateway.installation, gateway.installation.now());
    let unknown = || Refused::Unknown { subject: person.identity.subject().to_owned() };
    let id = installation.vouched(person, newcomers).await?.ok_or_else(unknown)?;
    let attempt = session.begin_sign_in(id.subject()).await?;
    if installation.accounts().user_of(&person.identity).await? != Some(id) {
        return Err(unknown().into());
    }
    let user = installation.accounts().get(id).await?.ok_or_else(unknown)?.user;
    if user.disabled_at.is_some() {
        return Err(Refused::Disabled.into());
    }
    check_not_ended(gateway, Note::EndedSubject(person.identity.issuer(), person.identity.subject()), flow)
        .await?;
    use_up(gateway, flow, now).await?;
    by(Caller::User(Arc::new(user.clone())));
    installation.refresh(user, person).await?;
    let method = method(gateway, person, now);
    attempt.finish(method).await?;
    if let (Method::Remembered, Some(at)) = (method, person.proven_at) {
        // Lost, it would only make the user prove again who they are.
        let _set = session.set(PROVEN_AT_PROVIDER, &at.as_millis());
    }
    settle(gateway, session, id, flow, person).await
}

/// Writes down where a session came from, and ends it if it is ended there already.
///
/// The provider may end it at any moment: it finds the session by what is written down first, or what it has written down is found
/// here. A session that the provider could not end must not be.
async fn settle(
    gateway: &Gateway,
    session: &Session,
    user: UserId,
    flow: &Flow,
    person: &Person,
) -> Result<(), Halt> {
    let settled = async {
        let id = session.id().ok_or(Refused::Ended)?;
        gateway.installation.remember_session(id, user, person).await?;
        let identity = &person.identity;
        let note = match &person.sid {
            Some(sid) => Note::EndedSid(identity.issuer(), sid),
            None => Note::EndedOneOf(identity.issuer(), identity.subject()),
        };
        check_not_ended(gateway, note, flow).await
    };
    if let Err(halt) = settled.await {
        session.sign_out().await?;
        return Err(halt);
    }
    Ok(())
}

/// Notes that the user of this session has proved again who they are.
async fn prove(gateway: &Gateway, session: &Session, flow: &Flow, person: &Person) -> Result<(), Halt> {
    let installation = &gateway.installation;
    let member = Member::of(gateway, session).await?.ok_or(Problem::SignIn)?;
    if installation.accounts().user_of(&person.identity).await? != Some(member.user.id) {
        return Err(Refused::SomebodyElse.into());
    }
    use_up(gateway, flow, installation.now()).await?;
    session.reauthenticate(Method::Federated).await?;
    settle(gateway, session, member.user.id, flow, person).await
}

/// A proof that the provider took long ago is an identity, and no proof that counts as recent here.
fn method(gateway: &Gateway, person: &Person, now: Timestamp) -> Method {
    let window = gateway.reauthentication_window;
    match person.proven_at {
        Some(at) if now.since(at) >= window => Method::Remembered,
        _ => Method::Federated,
    }
}

async fn use_up(gateway: &Gateway, flow: &Flow, now: Timestamp) -> Result<(), Halt> {
    let accounts = gateway.installation.accounts();
    let first = accounts.note_once(Note::Flow(flow.seed()), now, flow.forgotten_at()).await?;
    if first { Ok(()) } else { Err(Refused::Used.into()) }
}

async fn check_not_ended(gateway: &Gateway, note: Note<'_>, flow: &Flow) -> Result<(), Halt> {
    let ended = gateway.installation.accounts().is_noted_since(note, flow.began_at).await?;
    if ended { Err(Refused::Ended.into()) } else { Ok(()) }
}

/// Records that a provider's word signed nobody in, or proved nothing.
fn record(gateway: &Gateway, session: &Session, provider: &Provider, refused: &Refused) {
    let of_user = session.subject().and_then(|subject| subject.as_str().parse::<UserId>().ok());
    let kind = if of_user.is_some() { EventKind::ReauthenticationFailed } else { EventKind::SignInFailed };
    let event = gateway.installation.event(kind).because(refused.word());
    let event = event.detail(format_args!("provider {}", provider.config.name));
    gateway.installation.record(match of_user {
        Some(id) => event.about_id(id),
        None => event,
    });
}

/// A page that says what to do, and a line in the log that says why.
fn refuse(
    gateway: &Gateway,
    language: Language,
    provider: Option<&Arc<Provider>>,
    refused: &Refused,
    request_id: &RequestId,
) -> Response {
    let name = provider.map(|provider| provider.config.name.as_str());
    tracing::warn!(
        target: "cloakroom::security",
        event = "provider_sign_in_refused",
        provider = name,
        request = request_id.as_str(),
        reason = refused as &dyn std::error::Error
    );
    let (status, problem) = match refused {
        Refused::Flow | Refused::Used | Refused::Ended => {
            (StatusCode::BAD_REQUEST, ProviderProblem::StartAgain)
        }
        Refused::ByProvider(code) if code.is_denial() => (StatusCode::FORBIDDEN, ProviderProblem::Denied),
        Refused::Unknown { .. } => (StatusCode::FORBIDDEN, ProviderProblem::NoAccount),
        Refused::Disabled => (StatusCode::FORBIDDEN, ProviderProblem::Disabled),
        Refused::SomebodyElse => (StatusCode::FORBIDDEN, ProviderProblem::SomebodyElse),
        Refused::MixedUp | Refused::ByProvider(_) | Refused::Http { .. } | Refused::Flaw { .. } => {
            (StatusCode::BAD_GATEWAY, ProviderProblem::NotInOrder)
        }
    };
    let title = provider.map(|provider| provider.config.title.as_str());
    let page = ProviderProblemPage { problem, provider: title, request_id: request_id.as_str() };
    (status, html(page.render(gateway.site(language)))).into_response()
}

impl From<Refused> for Halt {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<FieldError> for Halt {
    fn from(error: FieldError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<AccountsError> for Halt {
    fn from(error: AccountsError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<InstallationError> for Halt {
    fn from(error: InstallationError) -> Self {
        Self::Problem(error.into())
    }
}
