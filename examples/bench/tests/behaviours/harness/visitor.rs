//! A browser: it holds our cookie, sends it, and obeys every `Set-Cookie`.

use super::answer::Answer;
use super::bench::{Bench, Flight};
use super::request::Request;

/// The fixed password of a user.
pub(crate) fn password_of(user: &str) -> String {
    format!("correct horse {user}")
}

impl Bench {
    /// A browser that has never been here.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// A browser in which `user` has just signed in.
    #[track_caller]
    pub(crate) fn signed_in(&self, user: &str) -> Visitor<'_> {
        let mut visitor = self.visitor();
        visitor.sign_in(user);
        visitor
    }
}

/// A browser with a jar for the one cookie that matters.
#[derive(Clone)]
pub(crate) struct Visitor<'b> {
    bench: &'b Bench,
    jar: Option<String>,
}

impl<'b> Visitor<'b> {
    pub(crate) fn new(bench: &'b Bench) -> Self {
        Self { bench, jar: None }
    }

    /// A browser whose jar already holds this token.
    pub(crate) fn with_token(bench: &'b Bench, token: &str) -> Self {
        Self { bench, jar: Some(token.to_owned()) }
    }

    /// What the jar holds.
    pub(crate) fn jar(&self) -> Option<&str> {
        self.jar.as_deref()
    }

    #[track_caller]
    pub(crate) fn token(&self) -> String {
        self.jar.clone().expect("the jar holds a session cookie")
    }

    /// Sends a request with the cookie and obeys the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: Request) -> Answer {
        let answer = self.launch(request).land();
        self.obey(&answer);
        answer
    }

    /// Sends a request with the cookie; its answer comes, and is obeyed, later.
    #[track_caller]
    pub(crate) fn launch(&self, request: Request) -> Flight {
        self.bench.launch(request.maybe_token(self.jar()))
    }

    /// What a browser does with an answer's cookie.
    pub(crate) fn obey(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.session_cookie() {
            self.jar = if cookie.is_removal() { None } else { Some(cookie.value) };
        }
    }

    #[track_caller]
    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.ask(Request::get(target))
    }

    #[track_caller]
    pub(crate) fn post(&mut self, target: &str) -> Answer {
        self.ask(Request::post(target))
    }

    #[track_caller]
    pub(crate) fn put(&mut self, target: &str) -> Answer {
        self.ask(Request::put(target))
    }

    /// Signs in with the fixed material. The session's ID.
    #[track_caller]
    pub(crate) fn sign_in(&mut self, user: &str) -> String {
        let answer = self.ask(Request::login(user, &password_of(user)));
        answer.expect(200).expect_new_token();
        answer.json_text("session_id")
    }

    #[track_caller]
    pub(crate) fn sign_out(&mut self) -> Answer {
        let answer = self.post("/logout");
        answer.expect(204).expect_removal();
        answer
    }

    /// Proves the password again.
    #[track_caller]
    pub(crate) fn reauthenticate(&mut self, user: &str) -> Answer {
        let answer = self.ask(Request::post("/reauth").form(&[("password", &password_of(user))]));
        answer.expect(204);
        answer
    }

    /// Changes the password.
    #[track_caller]
    pub(crate) fn change_password(&mut self, old: &str, new: &str) -> Answer {
        self.ask(Request::post("/pwchange").form(&[("old", old), ("new", new)]))
    }

    /// Who the program takes this browser for; a look is activity.
    #[track_caller]
    pub(crate) fn user(&mut self) -> Option<String> {
        let answer = self.get("/me");
        match answer.status {
            200 => Some(answer.json_text("user")),
            401 => None,
            other => panic!("GET /me -> {other}: {}", answer.text()),
        }
    }

    #[track_caller]
    pub(crate) fn session_id(&mut self) -> String {
        self.get("/me").expect(200).json_text("session_id")
    }

    /// The IDs in one's list of sessions.
    #[track_caller]
    pub(crate) fn listed(&mut self) -> Vec<String> {
        let answer = self.get("/sessions");
        let list = answer.expect(200).json();
        let list = list.as_array().expect("/sessions is a list");
        list.iter().map(|entry| entry["id"].as_str().expect("an entry has an ID").to_owned()).collect()
    }

    /// The text in a slot.
    #[track_caller]
    pub(crate) fn slot(&mut self, name: &str) -> Option<String> {
        let answer = self.get(&format!("/slot/{name}"));
        let json = answer.expect(200).json();
        // "`{"value"}` or null": an empty slot is either a null member or a null document.
        json.get("value").and_then(|value| value.as_str()).map(str::to_owned)
    }

    #[track_caller]
    pub(crate) fn set_slot(&mut self, name: &str, value: &str) {
        self.put(&format!("/slot/{name}?value={value}")).expect_success();
    }

    #[track_caller]
    pub(crate) fn count(&mut self) -> i64 {
        self.get("/count").expect(200).json_integer("count")
    }
}
