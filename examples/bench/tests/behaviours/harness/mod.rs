//! What the checks stand on: the program as a process, a client that shows every octet, and a browser's jar.
//!
//! Nothing here links against the library. The subject is the running program, reached as a visitor, a proxy
//! or an attacker reaches it: through its two sockets, its standard streams and its database file.

mod answer;
mod bench;
mod control;
mod cookie;
mod database;
mod http2;
mod random;
mod request;
mod rules;
mod secret;
mod site;
mod stopwatch;
mod visitor;
mod websocket;
mod wire;

pub(crate) use answer::Answer;
pub(crate) use bench::{Bench, Flight};
pub(crate) use control::{Account, StoreMode};
pub(crate) use cookie::SESSION_COOKIE;
pub(crate) use database::Cell;
pub(crate) use http2::ask_over_http2;
pub(crate) use random::Random;
pub(crate) use request::{Request, percent};
pub(crate) use secret::{decoded, forged_token, hex, id_of, spellings_of};
pub(crate) use site::{Site, Store};
pub(crate) use stopwatch::Stopwatch;
pub(crate) use visitor::{Visitor, password_of};
pub(crate) use websocket::{Frame, WebSocket};
pub(crate) use wire::Connection;

/// Makes of each function one test a store: `memory::NAME` and `sqlite::NAME`.
macro_rules! on_each_store {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(crate::harness::Store::Memory); })+
        }
        mod sqlite {
            $(#[test] fn $name() { super::$name(crate::harness::Store::Sqlite); })+
        }
    };
}

/// Makes of each function one test on `SQLite`, for what memory cannot hold: a restart, a second node, a file.
macro_rules! on_sqlite {
    ($($name:ident),+ $(,)?) => {
        mod sqlite_only {
            $(#[test] fn $name() { super::$name(); })+
        }
    };
}

pub(crate) use {on_each_store, on_sqlite};
