//! Attacks on the token itself: kept, planted, stolen, changed, doubled.

use std::io;

use crate::demo::attacks::{Outcome, Stage};
use crate::demo::browser::{COOKIE, Request};
use crate::demo::wire::Answer;

/// A page of the application that says who is there, and nothing else.
pub(super) const WHO: &str = "/who";

/// Whether the application has answered somebody of this name.
pub(super) fn is_shown_to(answer: &Answer, name: &str) -> bool {
    answer.status == 200 && answer.body.lines().any(|line| line == format!("You are {name}."))
}

/// Whether nobody got anything: the way leads to the sign-in, and no cookie is touched.
fn is_turned_away(answer: &Answer) -> bool {
    answer.asks_to_sign_in() && answer.cookie(COOKIE).is_none()
}

pub(super) async fn replay(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut alice = stage.victim();
    let signed_in = alice.sign_in(&stage.people.alice).await?;
    outcome.scene("Alice signs in, and gets a token.", signed_in, true);
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene("The token is good: the application knows her. Mallory copies it now.", page, works);
    let out = alice.sign_out().await?;
    let is_out = out.answer.status == 303 && out.answer.cookie(COOKIE) == Some("");
    outcome.scene("Alice signs out.", out, is_out);
    // Her jar is empty, his is not; the browsers are alike.
    let replayed = alice.get(WHO).await?;
    let fails = is_turned_away(&replayed.answer);
    outcome.attack("Mallory sends his copy, as her browser would.", replayed, fails);
    Ok(outcome)
}

pub(super) async fn fixation(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let (mut mallory, mut alice) = (stage.attacker(), stage.victim());
    let own = mallory.sign_in(&stage.people.mallory).await?;
    outcome.scene("Mallory signs in as himself, to have a token that is really good.", own, true);
    alice.cookie.clone_from(&mallory.cookie);
    let signed_in = alice.sign_in(&stage.people.alice).await?;
    let is_new = alice.cookie != mallory.cookie;
    outcome.scene(
        "He has planted it in Alice's browser, which sends it when she signs in. The answer sets another token.",
        signed_in,
        is_new,
    );
    let planted = mallory.get(WHO).await?;
    let fails = is_turned_away(&planted.answer);
    outcome.attack("Mallory uses the token that he planted, and hopes to be Alice.", planted, fails);
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene("Alice is signed in by a token that he has never seen.", page, works);
    alice.sign_out().await?;
    Ok(outcome)
}

pub(super) async fn theft(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let (mut alice, mut thief) = (stage.victim(), stage.program());
    alice.sign_in(&stage.people.alice).await?;
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene("Alice is signed in with Chrome on a Mac.", page, works);
    thief.cookie.clone_from(&alice.cookie);
    let stolen = thief.get(WHO).await?;
    let fails = stolen.answer.asks_to_sign_in();
    outcome.attack("Mallory sends her token with a program of his own.", stolen, fails);
    let after = alice.get(WHO).await?;
    let has_ended = after.answer.asks_to_sign_in();
    outcome.scene("The session has ended, for Alice too: she signs in again, and the stolen token is worth nothing for good.", after, has_ended);
    Ok(outcome)
}

pub(super) async fn tampering(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut alice = stage.victim();
    alice.sign_in(&stage.people.alice).await?;
    let token = alice.cookie.clone().unwrap_or_default();
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene("Alice's token is good as it is.", page, works);
    for (what, changed) in [
        ("One letter of the secret is another.", with_another_letter(&token, token.len().saturating_sub(1))),
        ("One letter of the session ID is another.", with_another_letter(&token, 0)),
        ("The secret is cut off.", token.get(..22).unwrap_or_default().to_owned()),
    ] {
        let mut mallory = stage.attacker();
        mallory.cookie = Some(changed);
        let tried = mallory.get(WHO).await?;
        let fails = is_turned_away(&tried.answer);
        outcome.attack(what, tried, fails);
    }
    let page = alice.get(WHO).await?;
    let works = is_shown_to(&page.answer, "alice");
    outcome.scene(
        "Alice has noticed nothing: guesses at a session change nothing for its owner.",
        page,
        works,
    );
    alice.sign_out().await?;
    Ok(outcome)
}

/// The text with another letter of the same alphabet at this place.
fn with_another_letter(text: &str, place: usize) -> String {
    let other = |letter| if letter == 'A' { 'B' } else { 'A' };
    text.chars().enumerate().map(|(at, letter)| if at == place { other(letter) } else { letter }).collect()
}

pub(super) async fn tossing(stage: &Stage) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let (mut alice, mut mallory) = (stage.victim(), stage.attacker());
    alice.sign_in(&stage.people.alice).await?;
    mallory.sign_in(&stage.people.mallory).await?;
    let [hers, his] = [&alice, &mallory].map(|browser| browser.cookie.clone().unwrap_or_default());
    for (caption, cookies) in [
        ("Mallory's token stands before Alice's.", format!("{COOKIE}={his}; {COOKIE}={hers}")),
        ("And behind it.", format!("{COOKIE}={hers}; {COOKIE}={his}")),
    ] {
        let tossed = Request::new("GET", WHO).of_this_site(&stage.site).field("Cookie", &cookies);
        let tossed = alice.send(tossed).await?;
        let fails = tossed.answer.asks_to_sign_in();
        outcome.attack(caption, tossed, fails);
    }
    let lower = COOKIE.to_ascii_lowercase();
    let cookies = format!("{lower}={his}; {COOKIE}={hers}");
    let similar = Request::new("GET", WHO).of_this_site(&stage.site).field("Cookie", &cookies);
    let similar = alice.send(similar).await?;
    let fails = is_shown_to(&similar.answer, "alice");
    outcome.attack(
        "His has nearly the same name: that is no cookie of ours, and Alice stays Alice.",
        similar,
        fails,
    );
    alice.sign_out().await?;
    mallory.sign_out().await?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_changed_is_another_one() {
        assert_eq!(with_another_letter("ABC", 0), "BBC");
        assert_eq!(with_another_letter("ABC", 2), "ABA");
    }
}
