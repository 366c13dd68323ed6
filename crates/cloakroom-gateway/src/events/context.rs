//! The request that something happens in: where it came from, and who is behind it.
//!
//! It goes along with the task that answers a request, so that whatever is recorded on the way, by the library too, says where it came
//! from. Outside of a request nothing is known, and nothing is asked for.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};

use crate::accounts::User;
use crate::events::actor::Actor;
use crate::events::event::{AGENT_MAX, DETAIL_MAX, Event};
use crate::events::text::bounded;
use crate::web::RequestId;

/// The most characters of what somebody says about why.
const STATED_MAX: usize = 100;

tokio::task_local! {
    static CONTEXT: Context;
}

/// What is known of a request. Costs some reference counts, since every request has one.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    agent: Option<HeaderValue>,
    address: Cell<Option<IpAddr>>,
    request: OnceCell<RequestId>,
    app: OnceCell<Arc<str>>,
    actor: RefCell<Option<Caller>>,
    /// Why, as somebody has typed it.
    stated: OnceCell<Box<str>>,
}

/// Who is behind a request.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A signed-in user.
    User(Arc<User>),
    /// A service or a provider.
    Other(Actor),
}

impl Context {
    /// A request with these fields.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self {
            agent: headers.get(USER_AGENT).cloned(),
            address: Cell::new(None),
            request: OnceCell::new(),
            app: OnceCell::new(),
            actor: RefCell::new(None),
            stated: OnceCell::new(),
        }
    }

    fn complete(&self, event: &mut Event) {
        event.address = event.address.or(self.address.get());
        if event.agent.is_none() {
            event.agent = self
                .agent
                .as_ref()
                .and_then(|agent| bounded(&String::from_utf8_lossy(agent.as_bytes()), AGENT_MAX));
        }
        if event.request.is_none() {
            event.request = self.request.get().map(|id| id.as_str().into());
        }
        if event.app.is_none() {
            event.app = self.app.get().map(|app| (**app).into());
        }
        if let Some(stated) = self.stated.get() {
            event.detail = Some(match event.detail.take() {
                Some(detail) => {
                    let room = DETAIL_MAX - "; ".len() - stated.chars().count();
                    format!("{}; {stated}", bounded(&detail, room).unwrap_or_default()).into()
                }
                None => stated.clone(),
            });
        }
        let caller = self.actor.borrow();
        if event.actor.is_none() {
            event.actor = Some(match &*caller {
                Some(Caller::User(user)) => Actor::user(&user.name),
                Some(Caller::Other(actor)) => actor.clone(),
                None => Actor::Stranger,
            });
        }
        if let Some(Caller::User(user)) = &*caller
            && event.subject == Some(user.id)
        {
            event.subject_name.get_or_insert_with(|| user.name.canonical().into());
        }
    }
}

/// Answers a request within its context.
pub(crate) async fn in_context<F: Future>(context: Context, answering: F) -> F::Output {
    CONTEXT.scope(context, answering).await
}

/// The request comes from this address.
pub(crate) fn sent_from(address: IpAddr) {
    with(|context| context.address.set(Some(address)));
}

/// The log knows the request by this.
pub(crate) fn requested_as(id: &RequestId) {
    with(|context| drop(context.request.set(id.clone())));
}

/// The request is for this application.
pub(crate) fn at_app(app: &Arc<str>) {
    with(|context| drop(context.app.set(app.clone())));
}

/// This is who is behind the request.
pub(crate) fn by(caller: Caller) {
    with(|context| drop(context.actor.replace(Some(caller))));
}

/// Goes on elsewhere, such as on a task of its own, within the context that is here now.
pub(crate) fn carried<F: Future>(going_on: F) -> impl Future<Output = F::Output> {
    let context = CONTEXT.try_with(Clone::clone).ok();
    async move {
        match context {
            Some(context) => in_context(context, going_on).await,
            None => going_on.await,
        }
    }
}

/// By what the log knows the request, if it has a number.
pub(crate) fn request_id() -> Option<RequestId> {
    CONTEXT.try_with(|context| context.request.get().cloned()).ok().flatten()
}

/// Whoever is behind the request has said why, which stands behind the detail of whatever is recorded of it.
pub(crate) fn stating(reason: &str) {
    if let Some(reason) = bounded(reason, STATED_MAX) {
        with(|context| drop(context.stated.set(reason)));
    }
}

/// Whether a signed-in user is behind the request, as far as anybody has looked.
pub(crate) fn is_by_a_user() -> bool {
    CONTEXT.try_with(|context| matches!(&*context.actor.borrow(), Some(Caller::User(_)))).unwrap_or(false)
}

/// Says of an event what its request says.
pub(super) fn complete(event: &mut Event) {
    with(|context| context.complete(event));
}

fn with(f: impl FnOnce(&Context)) {
    // Outside of a request there is no context, and nobody to tell.
    let _outside = CONTEXT.try_with(f);
}

#[cfg(test)]
mod tests {
    use cloakroom::Timestamp;

    use super::*;
    use crate::events::kind::EventKind;

    #[tokio::test]
    async fn an_event_says_what_its_request_says_and_nothing_outside_of_one() {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_bytes(b"curl/8\xff\t").unwrap());
        let alice = Arc::new(User::sample("Alice"));
        let event = in_context(Context::of(&headers), async {
            sent_from(IpAddr::from([192, 0, 2, 7]));
            by(Caller::User(alice));
            stating("left the company");
            let mut event = Event::new(EventKind::SignedOut, Timestamp::EPOCH);
            // On a task of its own nobody would be behind it.
            tokio::spawn(carried(async move {
                complete(&mut event);
                event
            }))
            .await
            .unwrap()
        });
        let event = event.await;
        assert_eq!(event.detail.as_deref(), Some("left the company"));
        assert_eq!(
            (event.agent.as_deref(), event.address),
            (Some("curl/8\u{fffd}"), Some([192, 0, 2, 7].into()))
        );
        assert_eq!(event.actor, Some(Actor::User("alice".into())));
        let mut outside = Event::new(EventKind::SignedOut, Timestamp::EPOCH);
        complete(&mut outside);
        assert_eq!((outside.actor, outside.address), (None, None));
    }
}
