//! What the tests on real servers share.

pub(crate) mod database;
pub(crate) mod mariadb;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod samples;
