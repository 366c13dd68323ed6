//! What a service is told that asks whether a request may pass.

use serde::Serialize;
use serde_json::{Value, json};

use crate::api::described::{Described, Field, Schemas, answers, object};
use crate::api::shapes::{Id, Moment, UserInfo};

answers! {
    /// Who is there.
    struct Visitor {
        /// The user.
        user: UserInfo,
        /// The session ID: safe in logs, no secret.
        session: Id,
        /// The assurance level of NIST SP 800-63B.
        aal: u64,
        /// When the user last proved who they are.
        proven_at: Moment,
        /// A JWT that says the same for services further behind, where the application's configuration has `jwt`.
        jwt: Option<String>,
    }
}

/// What is to become of a request.
#[derive(Debug, Serialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub(super) enum Decision {
    /// It may pass; `visitor` is null where the path is open to everybody and nobody is signed in.
    Pass { visitor: Option<Visitor> },
    /// Somebody has to sign in first.
    SignIn { login_url: String },
    /// The user has to prove again who they are first.
    StepUp { login_url: String },
    /// The user may not.
    NotAllowed { visitor: Visitor },
    /// Another site made the browser send it.
    Forged,
}

impl Described for Decision {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named("Decision", |schemas| {
            let visitor = Visitor::schema(schemas);
            let url = json!({ "type": "string", "format": "uri", "description": "Where to send the browser." });
            let one = |word: &str, about: &str, more: Vec<(&'static str, Value)>| {
                let decision = ("decision", json!({ "const": word }));
                let fields = std::iter::once(decision).chain(more);
                object(about, fields.map(|(name, schema)| Field::required(name, schema)).collect())
            };
            json!({
                "description": "What is to become of a request.",
                "oneOf": [
                    one("pass", "It may pass; the visitor is null where a path is open to everybody and nobody is signed in.",
                        vec![("visitor", json!({ "anyOf": [visitor.clone(), { "type": "null" }] }))]),
                    one("sign_in", "Somebody has to sign in first.", vec![("login_url", url.clone())]),
                    one("step_up", "The user has to prove again who they are first.", vec![("login_url", url)]),
                    one("not_allowed", "The user may not.", vec![("visitor", visitor)]),
                    one("forged", "Another site made the browser send it.", Vec::new()),
                ],
            })
        })
    }
}
