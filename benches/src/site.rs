//! An application with its sessions, ready to be called.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::header::SET_COOKIE;
use axum::http::{Method, Request, Response, StatusCode};
use thiserror::Error;
use tower_service::Service as _;

use crate::request::{Cookies, Credentials, Route};

/// One of the applications, and a cookie for each of its users.
///
/// It answers `GET /dashboard` to a user, `GET /public` to anybody, and `POST /sign-in/{user}`.
pub struct Site {
    name: &'static str,
    router: Router,
    users: Vec<Credentials>,
}

/// An application did not do what every one of them has to.
#[derive(Debug, Error)]
pub enum Trouble {
    /// It answered with another status than 200.
    #[error("{site} answered {request} with {status}")]
    Status {
        /// The application.
        site: &'static str,
        /// What it was asked.
        request: String,
        /// What it said.
        status: StatusCode,
    },
    /// It signed somebody in and gave no cookie.
    #[error("{0} set no cookie")]
    NoCookie(&'static str),
}

impl Site {
    /// An application on which these many users have signed in, each once.
    ///
    /// # Errors
    /// [`Trouble`] when it does not let them.
    pub async fn open(name: &'static str, router: Router, users: u64) -> Result<Self, Trouble> {
        let mut site = Self { name, router, users: Vec::new() };
        for user in 0..users {
            let credentials = site.sign_in(user).await?;
            site.users.push(credentials);
        }
        Ok(site)
    }

    /// The name in the tables.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many users have signed in.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// A request of this user.
    pub fn request(&self, route: Route, cookies: Cookies, user: usize) -> Request<Body> {
        route.request(cookies, &self.users[user])
    }

    /// Answers a request.
    pub async fn call(&mut self, request: Request<Body>) -> Response<Body> {
        self.router.call(request).await.unwrap_or_else(|never: Infallible| match never {})
    }

    /// Answers a request, and makes sure that the answer is the expected one.
    ///
    /// # Errors
    /// [`Trouble::Status`].
    pub async fn call_checked(&mut self, request: Request<Body>) -> Result<Response<Body>, Trouble> {
        let told = format!("{} {}", request.method(), request.uri());
        let response = self.call(request).await;
        if response.status() != StatusCode::OK {
            return Err(Trouble::Status { site: self.name, request: told, status: response.status() });
        }
        Ok(response)
    }

    async fn sign_in(&mut self, user: u64) -> Result<Credentials, Trouble> {
        let request = Request::builder().method(Method::POST).uri(format!("/sign-in/{user}"));
        let request = request.body(Body::empty()).expect("a number is part of a path");
        let response = self.call_checked(request).await?;
        let line = response.headers().get(SET_COOKIE).and_then(|line| line.to_str().ok());
        let pair = line.and_then(|line| line.split(';').next()).ok_or(Trouble::NoCookie(self.name))?;
        let token = response.headers().get("x-csrf-token").cloned();
        Ok(Credentials { cookie: pair.into(), token })
    }
}
