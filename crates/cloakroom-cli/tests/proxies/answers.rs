//! What becomes of each of the gateway's answers behind each proxy.

use std::time::Duration;

use crate::http::{Answer, Request};
use crate::service::LOCATION;
use crate::shared::on_every_proxy;
use crate::stage::Stage;

/// A proxy that waits for something that never comes waits for seconds.
const STALL: Duration = Duration::from_millis(700);

on_every_proxy!(
    Stage,
    [
        a_page_is_led_to_the_sign_in,
        a_form_is_led_there_by_a_303,
        a_script_gets_a_401_and_the_address_of_the_sign_in,
        a_refusal_stays_a_403,
        too_many_requests_stay_a_429,
        a_question_that_makes_no_sense_stays_a_400,
        a_store_that_is_down_is_a_503_and_takes_no_cookie_away,
        an_answer_without_a_body_to_head_has_none,
        nobody_waits_for_an_answer_that_is_there,
    ]
);

/// Sends a request that the gateway answers with this status.
fn answered(stage: &Stage, status: u16, request: Request) -> Answer {
    let request = request.field("Cookie", &format!("answer={status}"));
    let answer = stage.send(&request);
    assert_eq!(stage.application.asked(request.mark()).len(), 0, "the application is not reached");
    assert_eq!(answer.one("set-cookie"), None);
    assert_eq!(answer.one("remote-user"), None);
    answer
}

/// nginx has pages of its own for refusals; the others hand on the gateway's.
fn assert_body(stage: &Stage, answer: &Answer, body: &str) {
    if stage.setup().is_nginx() {
        assert!(answer.body.contains("<html>"), "{answer:?}");
    } else {
        assert_eq!(answer.body, body);
    }
}

fn location() -> &'static str {
    LOCATION.lines().next().and_then(|line| line.strip_prefix("Location: ")).unwrap()
}

fn a_page_is_led_to_the_sign_in(stage: &Stage) {
    let answer = answered(stage, 302, Request::get("/a?b").page());
    // For nginx a redirect is one, whatever the method was.
    assert_eq!(answer.status, if stage.setup().is_nginx() { 303 } else { 302 });
    assert_eq!(answer.one("location"), Some(location()));
    assert_eq!(answer.one("cache-control"), Some("no-store"));
    assert_eq!(answer.one("x-cloakroom-login"), None);
}

fn a_form_is_led_there_by_a_303(stage: &Stage) {
    let answer = answered(stage, 303, Request::new("POST", "/a").page().body("a=1"));
    assert_eq!(answer.status, 303);
    assert_eq!(answer.one("location"), Some(location()));
}

fn a_script_gets_a_401_and_the_address_of_the_sign_in(stage: &Stage) {
    let answer = answered(stage, 401, Request::get("/a").fetch());
    assert_eq!(answer.status, 401);
    assert_eq!(answer.one("location"), None);
    assert_eq!(answer.one("x-cloakroom-login"), Some("https://login.example/"));
    let challenge = "Cloakroom realm=\"wiki\", login=\"https://login.example/\"";
    assert_eq!(answer.one("www-authenticate"), Some(challenge));
    assert_eq!(answer.one("cache-control"), Some("no-store"));
    assert_body(stage, &answer, r#"{"error":"session_required"}"#);
    if !stage.setup().is_nginx() {
        assert_eq!(answer.one("content-type"), Some("application/json"));
    }
}

fn a_refusal_stays_a_403(stage: &Stage) {
    let answer = answered(stage, 403, Request::get("/a").page());
    assert_eq!(answer.status, 403);
    assert_body(stage, &answer, "refused");
}

fn too_many_requests_stay_a_429(stage: &Stage) {
    let answer = answered(stage, 429, Request::get("/a").page());
    assert_eq!((answer.status, answer.one("retry-after")), (429, Some("2")));
}

fn a_question_that_makes_no_sense_stays_a_400(stage: &Stage) {
    assert_eq!(answered(stage, 400, Request::get("/a").page()).status, 400);
}

fn a_store_that_is_down_is_a_503_and_takes_no_cookie_away(stage: &Stage) {
    let answer = answered(stage, 503, Request::get("/a").page());
    assert_eq!(answer.status, 503);
    // Envoy keeps to itself what the gateway says with it.
    if stage.setup().name() != "envoy" {
        assert_eq!(answer.one("retry-after"), Some("2"));
        assert_body(stage, &answer, "later");
    }
}

fn an_answer_without_a_body_to_head_has_none(stage: &Stage) {
    let head = Request::new("HEAD", "/a").fetch().field("Connection", "close");
    let answer = answered(stage, 401, head);
    assert_eq!((answer.status, answer.body.as_str()), (401, ""));
}

fn nobody_waits_for_an_answer_that_is_there(stage: &Stage) {
    // The fastest of three: on a busy machine anything may be slow once, and a stall is there every time.
    let fastest = |ask: &dyn Fn() -> Answer| (0..3).map(|_| ask().took).min().unwrap();
    for status in [401, 302, 403, 503] {
        let took = fastest(&|| answered(stage, status, Request::get("/a").page()));
        assert!(took < STALL, "{status}: {took:?}");
    }
    let took = fastest(&|| stage.send(&Request::get("/a").field("Cookie", "session=good")));
    assert!(took < STALL, "{took:?}");
}
