//! The guide: what one is looking at, and a page for each attack.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::demo::attacks::{Attack, Outcome, Stage, Step, Turn};
use crate::demo::other_site;
use crate::demo::page::{Page, style};

const HEAD: (&str, &str) = ("cloakroom demo", "/");

/// How much of a body is shown.
const SHOWN_MAX: usize = 1500;

/// The guide, and the other site at another name for the same port.
pub(super) fn router(stage: Arc<Stage>) -> Router {
    Router::new()
        .route("/", get(first))
        .route("/attacks/{slug}", get(show).post(carry_out))
        .route("/prize", get(other_site::prize))
        .route("/game", get(other_site::game))
        .route("/style.css", get(style))
        .layer(from_fn_with_state(Arc::clone(&stage), guard))
        .with_state(stage)
}

/// Answers requests alone that are meant for this demo, and that no other site has caused: a page somewhere else must neither read passwords
/// here, by a name of its own for this machine, nor set attacks going.
async fn guard(State(stage): State<Arc<Stage>>, request: Request, next: Next) -> Response {
    let port = stage.guide_port;
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if host != format!("localhost:{port}") && host != format!("127.0.0.1:{port}") {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    if !request.method().is_safe() && !is_from_here(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    matches!(site, Some("same-origin" | "none") | None)
}

async fn first(State(stage): State<Arc<Stage>>) -> Response {
    let site = &stage.site;
    let content = html! {
        p.lead {
            "A whole cloakroom runs on this machine, with people, sessions and a small application behind it. Look around, attack it, and end it with Ctrl-C where \
             you started it: then everything is gone."
        }
        h2 { "What you are looking at" }
        ul {
            li { a href=(site.url("/")) { (site.url("/")) } ": the gateway. It signs people in, and hands their requests on to an application that takes notes." }
            li { "This guide, at " code { (stage.guide_origin()) } ". It has no sign-in, and talks to the gateway over HTTP like everybody." }
            li { code { (stage.other_origin()) } ": the same program under another name. To your browser it is another site, so it plays the attacker's." }
        }
        h2 { "Who is there" }
        div.table { table {
            thead { tr { th scope="col" { "name" } th scope="col" { "password" } th scope="col" { "part" } } }
            tbody { @for person in stage.people.all() {
                tr { td { code { (person.name) } } td { code { (*person.password) } } td { (person.part) } }
            } }
        } }
        p.quiet {
            "The passwords were drawn at random when the demo began. Alice is signed in already with a Firefox on Windows and an iPhone, Bob with an Android telephone."
        }
        h2 { "Five minutes" }
        ol {
            li { a href=(site.url("/")) { "Sign in as Alice" } ", and find yourself in the application." }
            li { "Open " a href=(site.url("/_cloakroom/account")) { "her account" } ": three sessions, yours and two others. End the one of the telephone." }
            li { "Open a private window, sign in as Alice there too, and end that session from this one. Reload there: it is over, at once." }
            li { "Open " a href=(site.url("/safe")) { "the safe" } " a minute later: it wants the password again, since what it keeps is worth it." }
            li {
                "In one more private window, sign in as the administrator and open "
                a href=(site.url("/_cloakroom/admin")) { "the administration" } ": every attack that you try leaves its lines in the events."
            }
            li { "Sign out, and press your browser's Back button: nothing private comes back." }
        }
        h2 { "Try these attacks" }
        ul.cards { @for attack in Attack::ALL {
            @let told = attack.told();
            li { h3 { a href={ "/attacks/" (told.slug) } { (told.title) } } p { (told.idea) } }
        } }
        h2 { "From a terminal" }
        p { "The auditor looks at any site's session cookies as a browser does. It finds nothing wrong with this one:" }
        pre { "cloakroom audit " (site.url("/_cloakroom/login")) " --connect-to " (site.authority) ":" (site.address) }
        p.quiet {
            "What makes this a demo, the names and passwords above and this guide, is a program around the gateway. A gateway that you run with "
            code { "cloakroom serve" } " has none of it."
        }
    };
    Page::new("A cloakroom to try, and to attack", HEAD, content).into_response()
}

async fn show(State(stage): State<Arc<Stage>>, Path(slug): Path<String>) -> Response {
    match Attack::of_slug(&slug) {
        Some(attack) => page(&stage, attack, &html! {}),
        None => nothing(),
    }
}

async fn carry_out(State(stage): State<Arc<Stage>>, Path(slug): Path<String>) -> Response {
    let Some(attack) = Attack::of_slug(&slug) else { return nothing() };
    match attack.carry_out(&stage).await {
        Ok(outcome) => page(&stage, attack, &report(&outcome)),
        Err(error) => {
            let content =
                html! { p.verdict.bad role="alert" { "The attack could not be carried out: " (error) } };
            page(&stage, attack, &content)
        }
    }
}

fn nothing() -> Response {
    let content = html! { p { a href="/" { "To the guide" } } };
    Page { status: StatusCode::NOT_FOUND, ..Page::new("There is no such page", HEAD, content) }
        .into_response()
}

fn page(stage: &Stage, attack: Attack, report: &Markup) -> Response {
    let told = attack.told();
    let content = html! {
        dl {
            dt { "The idea" } dd { (told.idea) }
            dt { "Where it works" } dd { (told.elsewhere) }
            dt { "What stops it here" } dd { (told.defence) }
        }
        form.actions method="post" action={ "/attacks/" (told.slug) } {
            button type="submit" { "Attack" }
            a href="/" { "Back to the guide" }
        }
        @if let Some((path, seen)) = told.live {
            h2 { "In your own browser" }
            p { (seen) }
            p { a href={ (stage.other_origin()) (path) } { "Go to Mallory's site" } }
        }
        (report)
    };
    Page::new(told.title, HEAD, content).into_response()
}

fn report(outcome: &Outcome) -> Markup {
    html! {
        h2 id="report" { "What happened" }
        @if outcome.has_failed() {
            p.verdict role="status" { "The attack failed." }
        } @else {
            p.verdict.bad role="alert" { "Something did not go as told. That is a mistake of ours: please report it, with the requests below." }
        }
        ol.steps { @for step in &outcome.steps { (shown(step)) } }
    }
}

fn shown(step: &Step) -> Markup {
    let (class, whose) = match step.turn {
        Turn::Scene => ("scene", "The scene: "),
        Turn::Attack => ("attack", "The attack: "),
    };
    let answer = &step.exchange.answer;
    html! {
        li class=(class) {
            h3 { span { (whose) } (step.caption) }
            @if !step.is_as_told { p.verdict.bad { "This answer is not the one that it should be." } }
            pre tabindex="0" role="group" aria-label="Request" { (step.exchange.request.replace("\r\n", "\n").trim_end()) }
            pre tabindex="0" role="group" aria-label="Answer" { (answer.head) }
            @if !answer.body.is_empty() {
                details open[answer.body.len() < 500] {
                    summary { "Its body, " (answer.body.len()) " octets" }
                    pre tabindex="0" role="group" aria-label="Body" { (answer.body.chars().take(SHOWN_MAX).collect::<String>()) }
                }
            }
        }
    }
}
