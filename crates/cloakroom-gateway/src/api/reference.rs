//! The reference of the JSON API, from the table that its router and its document are made from.

use std::fmt::Write as _;

use cloakroom_test_servers::reference_page;

use crate::api::caller::Allowed;
use crate::api::operation::Operation;
use crate::api::operations;

/// Who may call a route, in words.
fn caller(allowed: Allowed) -> String {
    let at_the_sign_in = if allowed.is_for_the_sign_in() { ", at the sign-in's origin" } else { "" };
    match (allowed.scope(), allowed.takes_cookie()) {
        (Some(scope), false) => format!("a key with `{}`{at_the_sign_in}", scope.as_str()),
        (Some(scope), true) => {
            format!("a key with `{}`, or a signed-in browser{at_the_sign_in}", scope.as_str())
        }
        (None, _) => format!("a signed-in browser{at_the_sign_in}"),
    }
}

fn row(operation: &Operation) -> String {
    let head = &operation.head;
    let query: Vec<String> = head.query.iter().map(|name| format!("`{name}`")).collect();
    let (route, query) = (format!("`{} {}`", head.method, operation.path()), query.join(", "));
    format!("| {route} | {} | {query} | {} |", head.summary, caller(head.allowed))
}

#[test]
fn the_reference_has_every_route_of_the_api() {
    let mut text = "# API routes\n\n<!-- Written by `cargo xtask docs` from the code. Change it there. -->\n\n\
                    Every route of the JSON API. Questions, answers and problems, field by field, are in the document that each gateway serves at \
                    `/_cloakroom/openapi.json`; how to call it from a browser or a service is in [the JSON API](../api.md).\n\n\
                    | route | what | query | who |\n|---|---|---|---|\n"
        .to_owned();
    for operation in operations::all() {
        writeln!(text, "{}", row(&operation)).unwrap();
    }
    reference_page("api-routes.md", &text);
}
