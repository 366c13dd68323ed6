//! Traefik.

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};

/// Starts Traefik with a static configuration, which says that it listens on this port and that the other part is the file
/// `cloakroom.yml` of its folder.
///
/// It listens before it has read that other part, and until then answers 404: whoever asks has to ask again.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn serve_traefik(port: u16, fixed: &str, dynamic: &str) -> Result<ProxyServer, ServerError> {
    let start = ProxyStart {
        program: program("CLOAKROOM_TRAEFIK", "traefik", &[])?,
        arguments: vec!["--configFile=traefik.yml"],
        paths: Vec::new(),
        files: vec![("traefik.yml", fixed.to_owned()), ("cloakroom.yml", dynamic.to_owned())],
    };
    ProxyServer::start(port, start)
}
