//! What services may do with anybody's sessions and accounts.

use cloakroom::SessionId;

use crate::accounts::UserName;
use crate::api::call::Call;
use crate::api::caller::Caller;
use crate::api::operation::Json;
use crate::api::own;
use crate::api::problem::{ApiProblem, Kind};
use crate::api::shapes::{Account, AccountPage, Ended, SessionPage, SessionSummary};

/// `GET sessions/{id}`
pub(super) async fn session(call: Call) -> Result<Json<SessionSummary>, ApiProblem> {
    let id: SessionId = call.named(Kind::NoSuchSession)?;
    Ok(Json(SessionSummary::listed(&call.gateway.installation.session(id).await?, &call.gateway.apps)))
}

/// `DELETE sessions/{id}`
pub(super) async fn end_session(call: Call) -> Result<(), ApiProblem> {
    let id: SessionId = call.named(Kind::NoSuchSession)?;
    let has_ended = match call.caller {
        Caller::Service => call.gateway.installation.sessions().revoke(id).await?,
        Caller::Browser(_) | Caller::Unknown => own::end(&call, id).await?,
    };
    if !has_ended {
        return Err(ApiProblem::new(Kind::NoSuchSession, "no live session has this ID"));
    }
    Ok(())
}

/// `GET users/{name}/sessions`
pub(super) async fn sessions_of_user(call: Call) -> Result<Json<SessionPage>, ApiProblem> {
    let (name, page) = (call.named::<UserName>(Kind::NoSuchUser)?, call.page()?);
    let listed = call.gateway.installation.sessions_of(name).await?;
    let summary = |listed| SessionSummary::listed(listed, &call.gateway.apps);
    Ok(Json(SessionPage::of(listed.iter().map(summary).collect(), &page)))
}

/// `DELETE users/{name}/sessions`
pub(super) async fn end_sessions_of_user(call: Call) -> Result<Json<Ended>, ApiProblem> {
    let ended = call.gateway.installation.revoke_user(call.named(Kind::NoSuchUser)?).await?;
    Ok(Json(Ended { ended: ended as u64 }))
}

/// `GET users`
pub(super) async fn users(call: Call) -> Result<Json<AccountPage>, ApiProblem> {
    let page = call.page()?;
    let after = page.after.as_deref().unwrap_or_default();
    let mut users = call.gateway.installation.users_after(after, page.limit + 1).await?;
    let next = page.cut(&mut users, |user| user.name.canonical().to_owned());
    Ok(Json(AccountPage { accounts: users.iter().map(Account::of).collect(), next }))
}

/// `POST users/{name}/disable`
pub(super) async fn disable(call: Call) -> Result<Json<Ended>, ApiProblem> {
    let ended = call.gateway.installation.disable_user(call.named(Kind::NoSuchUser)?).await?;
    Ok(Json(Ended { ended: ended as u64 }))
}

/// `POST users/{name}/enable`
pub(super) async fn enable(call: Call) -> Result<(), ApiProblem> {
    call.gateway.installation.enable_user(call.named(Kind::NoSuchUser)?).await?;
    Ok(())
}
