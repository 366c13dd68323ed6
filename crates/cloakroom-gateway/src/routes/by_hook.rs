//! Signing in, and proving again, by a password that an application's own user database knows.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Method, Session, Slot};

use crate::accounts::password::Password;
use crate::accounts::{User, UserId};
use crate::events::{Caller, EventKind, by};
use crate::hook::{Asked, Hook, ISSUER, Question};
use crate::installation::{Guess, Proof};
use crate::oidc::Person;
use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;

/// The name that a user typed who was signed in by the hook, which may be another there than here.
const NAME_THERE: Slot<String> = Slot::new("hook_name");

/// Who types, and from where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed<'a> {
    pub(super) name: &'a str,
    /// The number here of whoever has the name, if anybody has.
    pub(super) id: UserId,
    pub(super) client: IpAddr,
    pub(super) user_agent: Option<&'a str>,
}

/// What a password has come to.
#[derive(Debug)]
pub(super) enum ByHook {
    /// Its user is signed in.
    SignedIn,
    /// It is wrong, or its user is disabled or not let in.
    Refused,
    /// Too many were wrong.
    TooMany(Duration),
    /// Nobody can be asked now.
    Unavailable,
}

/// What the hook says, as far as it is asked.
enum Said {
    Right(Box<Person>),
    Refused,
    TooMany(Duration),
    Unavailable,
}

async fn ask(gateway: &Gateway, hook: &Hook, typed: Typed<'_>, password: &Password) -> Said {
    let guess = Guess::new(typed.name, typed.client);
    if let Some(wait) = gateway.installation.wait_of(&guess) {
        gateway.installation.record_throttled(typed.id);
        return Said::TooMany(wait);
    }
    let question =
        Question { name: typed.name, password, address: typed.client, user_agent: typed.user_agent };
    match hook.ask(&question, gateway.installation.now()).await {
        Ok(Asked::Right(person)) => Said::Right(person),
        Ok(Asked::Wrong) => {
            gateway.installation.was_wrong(&guess);
            gateway.installation.record_refused(typed.id, "wrong_password");
            Said::Refused
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the hook that knows passwords cannot be asked"
            );
            Said::Unavailable
        }
    }
}

/// Signs in whom the hook vouches for.
///
/// The sign-in begins before the hook is asked, so that sessions which are ended because a password is another there end this one too. Who
/// it will be is the hook's to say: where that is not who has the name here, it is asked once more.
pub(super) async fn sign_in(
    gateway: &Gateway,
    hook: &Hook,
    session: &Session,
    typed: Typed<'_>,
    password: &Password,
    remember: bool,
) -> Result<ByHook, Problem> {
    let installation = &gateway.installation;
    let mut expected = typed.id;
    let (person, id, attempt) = loop {
        let attempt = session.begin_sign_in(expected.subject()).await?;
        let person = match ask(gateway, hook, typed, password).await {
            Said::Right(person) => person,
            Said::Refused => return Ok(ByHook::Refused),
            Said::TooMany(wait) => return Ok(ByHook::TooMany(wait)),
            Said::Unavailable => return Ok(ByHook::Unavailable),
        };
        let is_newcomer = installation.accounts().user_of(&person.identity).await?.is_none();
        let Some(id) = installation.vouched(&person, hook.newcomers).await? else {
            let event = installation.event(EventKind::SignInFailed).because("no_account");
            installation.record(event.detail(person.identity.subject()));
            return Ok(ByHook::Refused);
        };
        if id == expected {
            break (person, id, attempt);
        }
        if is_newcomer {
            // Of whom nothing can have been ended meanwhile.
            break (person, id, session.begin_sign_in(id.subject()).await?);
        }
        if expected != typed.id {
            // It says somebody else each time.
            return Ok(ByHook::Unavailable);
        }
        expected = id;
    };
    let is_linked = installation.accounts().user_of(&person.identity).await? == Some(id);
    let found = installation.accounts().get(id).await?.map(|found| found.user);
    let Some(user) = found.filter(|user| is_linked && user.disabled_at.is_none()) else {
        installation.record_refused(id, "disabled");
        return Ok(ByHook::Refused);
    };
    by(Caller::User(Arc::new(user.clone())));
    installation.refresh(user, &person).await?;
    let attempt = if remember { attempt.remember_me() } else { attempt };
    attempt.finish(Method::Password).await?;
    // Lost, it costs another sign-in where a proof is asked for and the name differs.
    let _set = session.set(NAME_THERE, &typed.name.to_owned());
    Ok(ByHook::SignedIn)
}

/// Whether this is the password of a user who is signed in and whom the hook knows.
pub(super) async fn prove(
    gateway: &Gateway,
    hook: &Hook,
    session: &Session,
    user: &User,
    (password, client): (&Password, IpAddr),
) -> Result<Proof, Problem> {
    let there = session.get(NAME_THERE).ok().flatten();
    let name = there.as_deref().unwrap_or(user.name.as_typed());
    let typed = Typed { name, id: user.id, client, user_agent: None };
    Ok(match ask(gateway, hook, typed, password).await {
        Said::Right(person) => {
            let accounts = gateway.installation.accounts();
            let found = match accounts.user_of(&person.identity).await? {
                Some(id) if id == user.id => accounts.get(id).await?.map(|found| found.user),
                _ => None,
            };
            found
                .filter(|user| user.disabled_at.is_none())
                .map_or(Proof::Refused, |user| Proof::Given(Box::new(user)))
        }
        Said::Refused => Proof::Refused,
        Said::TooMany(wait) => Proof::TooMany(wait),
        Said::Unavailable => return Err(Problem::Status(http::StatusCode::SERVICE_UNAVAILABLE)),
    })
}

/// The hook, if it knows this user's password and nobody here does.
pub(super) async fn of_user<'a>(gateway: &'a Gateway, user: &User) -> Result<Option<&'a Hook>, Problem> {
    let Some(hook) = gateway.hook.as_ref().filter(|_| !user.has_password) else { return Ok(None) };
    let known = gateway.installation.accounts().identities_of(user.id).await?;
    Ok(known.iter().any(|identity| identity.issuer() == ISSUER).then_some(hook))
}
