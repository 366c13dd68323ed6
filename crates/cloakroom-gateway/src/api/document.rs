//! The document that describes the API, made from its table.
//!
//! Source: `OpenAPI` 3.1.

use serde_json::{Map, Value, json};

use crate::api::caller::{Allowed, REQUESTED_WITH};
use crate::api::described::Schemas;
use crate::api::operation::Operation;
use crate::api::page::{CURSOR_PATTERN, ENTRIES_DEFAULT, ENTRIES_MAX};
use crate::api::problem::{Kind, PROBLEM_JSON};
use crate::api::search;
use crate::events::EventKind;

/// Where the document is.
pub(super) const PATH: &str = "/_cloakroom/openapi.json";

/// By the cookie of a browser.
const COOKIE: &str = "session";

/// What the name of a user looks like.
const USER_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$";

/// By the key of a service.
const KEY: &str = "key";

/// The document, for a gateway that browsers reach as `public_url`, and whose cookie has this name.
pub(super) fn document(operations: &[Operation], public_url: &str, cookie: &str) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path()).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            let method = operation.head.method.as_str().to_ascii_lowercase();
            methods.insert(method, describe(operation, &mut schemas));
        }
    }
    problem(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cloakroom", "version": "1", "summary": "Sessions, for applications in any language.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": public_url, "description": "The origin of the sign-in." }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_value(),
            "securitySchemes": {
                COOKIE: {
                    "type": "apiKey", "in": "cookie", "name": cookie,
                    "description": "The session of a browser. Unsafe requests also need the field X-Requested-With.",
                },
                KEY: {
                    "type": "http", "scheme": "bearer", "bearerFormat": "cloakroom_ID_SECRET",
                    "description": "A key of `cloakroom api-key create`. Each route says which scope it takes.",
                },
            },
        },
    })
}

fn describe(operation: &Operation, schemas: &mut Schemas) -> Value {
    let head = &operation.head;
    let mut described = json!({
        "operationId": head.id,
        "summary": head.summary,
        "parameters": parameters(operation),
        "security": security(head.allowed),
        "responses": responses(operation, schemas),
    });
    if let Some(question) = operation.question {
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": question(schemas) } } });
    }
    if head.allowed.is_for_the_sign_in() {
        described["description"] = json!("At the origin of the sign-in only.");
    }
    described
}

fn security(allowed: Allowed) -> Value {
    let by_key = allowed.scope().map(|scope| json!({ KEY: [scope.as_str()] }));
    let by_cookie = allowed.takes_cookie().then(|| json!({ COOKIE: [] }));
    let nobody = (allowed == Allowed::BrowserThatLeaves).then(|| json!({}));
    by_key.into_iter().chain(by_cookie).chain(nobody).collect()
}

fn parameters(operation: &Operation) -> Value {
    let mut parameters = Vec::new();
    if let Some(name) = operation.parameter() {
        let (about, schema) = match name {
            "id" => ("A session ID.", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
            _ => ("The name of a user, in any case.", json!({ "type": "string", "pattern": USER_PATTERN })),
        };
        parameters.push(
            json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema }),
        );
    }
    for name in operation.head.query {
        let described = search::parameter(name);
        let (about, schema) = match *name {
            _ if described.is_some() => described.unwrap_or_default(),
            "limit" => (
                "How many entries a page has at most.",
                json!({ "type": "integer", "minimum": 1, "maximum": ENTRIES_MAX, "default": ENTRIES_DEFAULT }),
            ),
            "user" => ("Only what is about this user.", json!({ "type": "string", "pattern": USER_PATTERN })),
            "kind" => {
                let kinds: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
                ("Only what is of this kind.", json!({ "type": "string", "enum": kinds }))
            }
            "since" => (
                "Only what is not older than this: a whole number and s, m, h or d.",
                json!({ "type": "string", "pattern": "^[0-9]{1,9}[smhd]$", "examples": ["2h"] }),
            ),
            "to" => (
                "The path to come back to, with its query.",
                json!({ "type": "string", "pattern": "^/[!-~]*$", "maxLength": 2048 }),
            ),
            _ => (
                "What came with the page before, as `next`.",
                json!({ "type": "string", "pattern": CURSOR_PATTERN }),
            ),
        };
        parameters.push(json!({ "name": name, "in": "query", "description": about, "schema": schema }));
    }
    if operation.head.allowed.takes_cookie() && !operation.head.method.is_safe() {
        parameters.push(json!({
            "name": REQUESTED_WITH.as_str(), "in": "header",
            "required": operation.head.allowed.scope().is_none(),
            "description": "Any value: that it is there says that no form of another site sent the request.",
            "schema": { "type": "string" }, "example": "fetch",
        }));
    }
    Value::Array(parameters)
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut responses: Map<String, Value> = Map::new();
    let (status, answer) = &operation.answer;
    let done = match answer {
        Some(answer) => json!({
            "description": "Done.", "content": { "application/json": { "schema": answer(schemas) } },
        }),
        None => json!({ "description": "Done." }),
    };
    responses.insert(status.as_str().to_owned(), done);
    let problems = operation.problems();
    for kind in &problems {
        let same: Vec<Kind> =
            problems.iter().copied().filter(|other| other.status() == kind.status()).collect();
        let names: Vec<String> =
            same.iter().map(|kind| format!("`{}`: {}.", kind.name(), kind.title())).collect();
        let types: Vec<String> = same.iter().map(|kind| kind.uri()).collect();
        let schema = json!({ "allOf": [problem(schemas), { "properties": { "type": { "enum": types } } }] });
        responses.entry(kind.status().as_str().to_owned()).or_insert_with(
            || json!({ "description": names.join(" "), "content": { PROBLEM_JSON: { "schema": schema } } }),
        );
    }
    Value::Object(responses)
}

/// The type of all problems.
fn problem(schemas: &mut Schemas) -> Value {
    schemas.named("Problem", |_| {
        let all: Vec<String> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
        json!({
            "type": "object",
            "description": "What is answered instead of what was asked for (RFC 9457).",
            "required": ["type", "title", "status", "detail", "request_id"],
            "properties": {
                "type": { "type": "string", "format": "uri", "enum": all, "description": "What programs tell it by." },
                "title": { "type": "string", "description": "What it is; always the same for a type." },
                "status": { "type": "integer", "description": "The status of the answer." },
                "detail": { "type": "string", "description": "What to do about it, for people." },
                "request_id": { "type": "string", "description": "By what the log knows the request." },
                "login_url": {
                    "type": "string", "format": "uri",
                    "description": "Where to sign in, where that would help.",
                },
            },
            "additionalProperties": false,
        })
    })
}
