//! The data of a session.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Session, Slot};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) const A: Slot<String> = Slot::new("a");
const B: Slot<String> = Slot::new("b");
const CART: Slot<String> = Slot::new("cart").kept_at_sign_in();
const COUNT: Slot<u64> = Slot::new("count");
const BIG: Slot<String> = Slot::new("big");

/// One of the slots that have a route.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Name {
    A,
    B,
    Cart,
}

impl Name {
    const fn slot(self) -> Slot<String> {
        match self {
            Self::A => A,
            Self::B => B,
            Self::Cart => CART,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct NewValue {
    value: String,
}

pub(crate) async fn slot(session: Session, Path(name): Path<Name>) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "value": session.get(name.slot())? })))
}

pub(crate) async fn set_slot(
    session: Session,
    Path(name): Path<Name>,
    Query(new): Query<NewValue>,
) -> Result<Json<Value>, Error> {
    session.set(name.slot(), &new.value)?;
    Ok(Json(json!({ "value": new.value })))
}

pub(crate) async fn delete_slot(session: Session, Path(name): Path<Name>) -> Json<Value> {
    session.remove(name.slot());
    Json(json!({ "value": null }))
}

pub(crate) async fn increment(session: Session) -> Result<Json<Value>, Error> {
    count_up(&session).await?;
    count(session).await
}

/// Adds one, and has it written when it returns.
pub(crate) async fn count_up(session: &Session) -> Result<(), Error> {
    session.update(COUNT, |count| Some(count.unwrap_or_default() + 1))?;
    session.commit().await
}

pub(crate) async fn count(session: Session) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "count": session.get(COUNT)?.unwrap_or_default() })))
}

#[derive(Deserialize)]
pub(crate) struct Size {
    n: usize,
}

/// No value is ever larger than this; a session takes far less.
const SIZE_MAX: usize = 64 << 20;

pub(crate) async fn big(session: Session, Query(size): Query<Size>) -> Response {
    match session.set(BIG, &"x".repeat(size.n.min(SIZE_MAX))) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}
