//! Envoy.

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};

fn start(bootstrap: &str) -> Result<ProxyStart, ServerError> {
    Ok(ProxyStart {
        program: program("CLOAKROOM_ENVOY", "envoy", &[])?,
        // Several of them on one machine would otherwise take over from each other.
        arguments: vec![
            "--disable-hot-restart",
            "--concurrency",
            "1",
            "--log-level",
            "warning",
            "-c",
            "envoy.yaml",
        ],
        paths: Vec::new(),
        files: vec![("envoy.yaml", bootstrap.to_owned())],
    })
}

/// Starts Envoy with this bootstrap configuration, which says that it listens on this port.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn serve_envoy(port: u16, bootstrap: &str) -> Result<ProxyServer, ServerError> {
    ProxyServer::start(port, start(bootstrap)?)
}

/// Has Envoy look at a bootstrap configuration.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn check_envoy(bootstrap: &str) -> Result<(), ServerError> {
    start(bootstrap)?.check(&["--mode", "validate", "-c", "envoy.yaml"])
}
