//! Attacks from another site, by the victim's own browser.

use std::io;

use crate::demo::attacks::tokens::{WHO, is_shown_to};
use crate::demo::attacks::{Outcome, Stage};
use crate::demo::browser::Request;

/// The requests carry the cookie, as those of a browser would that has never heard of `SameSite`.
pub(super) async fn forgery(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut alice = stage.victim();
    alice.sign_in(&stage.people.alice).await?;
    let mallory = &stage.people.mallory;
    for (caption, path, fields) in [
        (
            "A form of another site ends all her other sessions, with her cookie.",
            "/_cloakroom/account/sessions/revoke-others",
            vec![],
        ),
        ("One writes a note in her name.", "/notes", vec![("text", "I resign. Alice")]),
        (
            "One signs her in as Mallory, so that she types her secrets into his account.",
            "/_cloakroom/login",
            vec![("username", mallory.name), ("password", mallory.password.as_str())],
        ),
    ] {
        let forged = Request::new("POST", path).of_another_site(&stage.other_origin()).form(&fields);
        let forged = alice.send(forged).await?;
        let fails = forged.answer.status == 403 && forged.answer.field("set-cookie").is_none();
        outcome.attack(caption, forged, fails);
    }
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene("Alice is who she was, and her session goes on.", page, works);
    alice.sign_out().await?;
    Ok(outcome)
}
