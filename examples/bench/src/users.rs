//! The four users. Their passwords are compared as they are: this program checks sessions, not passwords.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The users and what may be changed of them.
#[derive(Debug)]
pub(crate) struct Users(Mutex<HashMap<String, User>>);

#[derive(Debug)]
struct User {
    password: String,
    is_enabled: bool,
}

impl Users {
    pub(crate) fn new() -> Self {
        let user = |name: &str| {
            let is_enabled = name != "carol";
            (name.to_owned(), User { password: format!("correct horse {name}"), is_enabled })
        };
        Self(Mutex::new(["alice", "bob", "carol", "erin"].map(user).into()))
    }

    /// Whether this user may sign in with this password now.
    pub(crate) fn accept(&self, name: &str, password: &str) -> bool {
        self.with(name, |user| user.is_enabled && user.password == password).unwrap_or_default()
    }

    /// Whether there was such a user.
    pub(crate) fn set_enabled(&self, name: &str, is_enabled: bool) -> bool {
        self.with(name, |user| user.is_enabled = is_enabled).is_some()
    }

    pub(crate) fn set_password(&self, name: &str, password: &str) {
        self.with(name, |user| password.clone_into(&mut user.password));
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.with(name, |_| ()).is_some()
    }

    fn with<T>(&self, name: &str, f: impl FnOnce(&mut User) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(name).map(f)
    }
}
