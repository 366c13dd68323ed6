//! Attacks on what stands around the token: the fields that an application believes, and the pages that users press buttons on.

use std::io;

use crate::demo::attacks::tokens::{WHO, is_shown_to};
use crate::demo::attacks::{Outcome, Stage};
use crate::demo::browser::Request;
use crate::demo::wire::Answer;

/// A request that says, in every way, that it is Alice's.
fn pretending() -> Request {
    let fields =
        ["Remote-User", "Remote_User", "X-Forwarded-User", "X-Auth-Request-User", "X-Cloakroom-Session"];
    fields.into_iter().fold(Request::new("GET", WHO), |request, name| request.field(name, "alice"))
}

pub(super) async fn pretence(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut mallory = stage.attacker();
    let nobody = mallory.send(pretending()).await?;
    let fails = nobody.answer.asks_to_sign_in();
    outcome.attack("Somebody who is not signed in says that they are Alice.", nobody, fails);
    mallory.sign_in(&stage.people.mallory).await?;
    let himself = mallory.send(pretending()).await?;
    let body = &himself.answer.body;
    let fails = is_shown_to(&himself.answer, "mallory") && !body.contains("alice");
    outcome.attack(
        "Mallory is signed in as himself, and says it again. The application tells what it was told.",
        himself,
        fails,
    );
    mallory.sign_out().await?;
    Ok(outcome)
}

/// Whether no page of another site may show this answer within its own.
fn refuses_frames(answer: &Answer) -> bool {
    let policies = answer.fields("content-security-policy").collect::<Vec<_>>().join(";");
    policies.contains("frame-ancestors 'none'") && answer.field("x-frame-options") == Some("DENY")
}

pub(super) async fn framing(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut alice = stage.victim();
    alice.sign_in(&stage.people.alice).await?;
    let frame = |path| {
        let request = Request::new("GET", path).field("Sec-Fetch-Dest", "iframe");
        request
            .field("Sec-Fetch-Site", "cross-site")
            .field("Referer", &format!("{}/game", stage.other_origin()))
    };
    let account = alice.send(frame("/_cloakroom/account")).await?;
    let fails = account.answer.status == 200 && refuses_frames(&account.answer);
    outcome.attack(
        "A frame asks for Alice's account page, with her cookie. The page comes, and says that nobody may frame it: see the fields.",
        account,
        fails,
    );
    let application = alice.send(frame("/")).await?;
    let fails = application.answer.status == 200 && refuses_frames(&application.answer);
    outcome.attack("And the application, which says so itself.", application, fails);
    alice.sign_out().await?;
    Ok(outcome)
}
