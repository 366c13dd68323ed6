//! Who is examined: a proxy before one application and the sign-in.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;

use cloakroom_gateway::config::App;

use super::application::Application;
use super::http::{Answer, Head, Request};
use super::place::Place;

/// A proxy before one application and the sign-in.
#[derive(Debug)]
pub(super) struct Patient {
    pub(super) app: App,
    /// The application's origin.
    pub(super) place: Place,
    /// The sign-in's.
    pub(super) sign_in: Place,
    /// Path and query of a page that one has to sign in for.
    pub(super) target: String,
    /// The application's place, if it was taken.
    pub(super) application: Option<Application>,
}

/// A request, and what became of it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) answer: Answer,
    /// What the application got, as far as one stands in its place.
    pub(super) arrived: Option<Head>,
}

impl Patient {
    /// The page, with a mark by which it is known wherever it arrives.
    pub(super) fn marked(&self) -> (String, String) {
        let mark = format!("doctor-{:016x}", RandomState::new().build_hasher().finish());
        let sign = if self.target.contains('?') { '&' } else { '?' };
        (format!("{}{sign}{mark}=1", self.target), mark)
    }

    /// Sends a request for the page that `make` makes of its path.
    pub(super) fn send(&self, make: impl FnOnce(&str) -> Request) -> io::Result<Sent> {
        let (target, mark) = self.marked();
        self.send_marked(&make(&target), &mark)
    }

    /// Sends a request that has this mark in its path.
    pub(super) fn send_marked(&self, request: &Request, mark: &str) -> io::Result<Sent> {
        let answer = self.place.send(request)?;
        let arrived = self.application.as_ref().and_then(|application| application.got(mark));
        Ok(Sent { answer, arrived })
    }

    /// Where somebody is led who has to sign in.
    pub(super) fn login(&self) -> String {
        format!("{}/_cloakroom/login?", self.sign_in.origin)
    }
}

impl Sent {
    /// Whether somebody is led to the sign-in, and nothing has come to the application.
    pub(super) fn is_led_to(&self, login: &str) -> Result<(), String> {
        match self.answer.location() {
            _ if self.arrived.is_some() => {
                Err("the application got the request of somebody who is not signed in".to_owned())
            }
            Some(location) if location.starts_with(login) => Ok(()),
            Some(location) => Err(format!("a redirect to {location}")),
            None => Err(self.status()),
        }
    }

    /// Whether it was refused by this status, and nothing has come to the application.
    pub(super) fn is_refused(&self, status: u16) -> Result<(), String> {
        if self.arrived.is_some() {
            return Err("the application got the request".to_owned());
        }
        if self.answer.status == status { Ok(()) } else { Err(self.status()) }
    }

    fn status(&self) -> String {
        format!("status {}", self.answer.status)
    }
}
