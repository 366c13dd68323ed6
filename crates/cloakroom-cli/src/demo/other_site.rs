//! Another site, as browsers see it, whose pages do in the visitor's own browser what the attacks on the guide do by hand.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::html;

use crate::demo::attacks::Stage;
use crate::demo::page::Page;

const HEAD: (&str, &str) = ("Mallory's site", "/prize");

/// Forms that post to the gateway and to the application.
pub(super) async fn prize(State(stage): State<Arc<Stage>>) -> Response {
    let site = &stage.site;
    let content = html! {
        p {
            "This page is at " code { (stage.other_origin()) } ". To your browser that is another site than " code { (site.authority) }
            ". On Mallory's real site the buttons would be pressed by a script, and you would see nothing."
        }
        h2 { "End all sessions of yours but this one" }
        form method="post" action=(site.url("/_cloakroom/account/sessions/revoke-others")) {
            button type="submit" { "Get your prize" }
        }
        h2 { "Write a note in your name" }
        form method="post" action=(site.url("/notes")) {
            input type="hidden" name="text" value="I resign.";
            button type="submit" { "Get another prize" }
        }
        p.quiet { "Afterwards, look at " a href=(site.url("/_cloakroom/account")) { "your sessions" } " and " a href=(site.url("/")) { "your notes" }
            ": nothing has changed. " a href=(stage.guide_origin()) { "Back to the guide" } }
    };
    let origin = site.origin();
    Page { forms_to: &origin, ..Page::new("You have won!", HEAD, content) }.into_response()
}

/// A frame with the account page, visible for once.
pub(super) async fn game(State(stage): State<Arc<Stage>>) -> Response {
    let site = &stage.site;
    let content = html! {
        p {
            "This page frames " code { (site.url("/_cloakroom/account")) } ". On Mallory's real site the frame would be invisible, above the butterfly. \
             Your browser keeps it empty, since the account page says that nobody may frame it."
        }
        iframe src=(site.url("/_cloakroom/account")) title="Where the account page would be" {}
        p.quiet { a href=(stage.guide_origin()) { "Back to the guide" } }
    };
    let origin = site.origin();
    Page { frames: &origin, ..Page::new("Catch the butterfly", HEAD, content) }.into_response()
}
