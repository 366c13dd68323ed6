//! `HAProxy`.

use std::path::PathBuf;

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};

/// A configuration and the Lua program that it loads, the file `cloakroom.lua` of its folder.
fn start(configuration: &str, lua: &str) -> Result<ProxyStart, ServerError> {
    Ok(ProxyStart {
        program: program("CLOAKROOM_HAPROXY", "haproxy", &[PathBuf::from("/usr/sbin")])?,
        arguments: vec!["-db", "-f", "haproxy.cfg"],
        paths: Vec::new(),
        files: vec![("haproxy.cfg", configuration.to_owned()), ("cloakroom.lua", lua.to_owned())],
    })
}

/// Starts `HAProxy` with a configuration, which says that it listens on this port, and its Lua program.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn serve_haproxy(port: u16, configuration: &str, lua: &str) -> Result<ProxyServer, ServerError> {
    ProxyServer::start(port, start(configuration, lua)?)
}

/// Has `HAProxy` look at a configuration and its Lua program.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn check_haproxy(configuration: &str, lua: &str) -> Result<(), ServerError> {
    start(configuration, lua)?.check(&["-c", "-f", "haproxy.cfg"])
}
