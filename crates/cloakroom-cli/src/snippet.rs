//! `cloakroom snippet`: a configuration for a proxy in front, on standard output.

use cloakroom_gateway::snippet::{self, Certificate, Site};

use crate::arguments::SnippetCommand;
use crate::configuration::Configuration;
use crate::failure::Failure;

pub(crate) fn run(command: SnippetCommand) -> Result<(), Failure> {
    let text = match command {
        SnippetCommand::Nginx { cache, certificate, configuration } => {
            snippet::nginx(&site(configuration)?, &certificate.into_certificate(), cache.as_ref())
        }
        SnippetCommand::Caddy { tls_cert, tls_key, configuration } => {
            let certificate = tls_cert.zip(tls_key).map(|(chain, key)| Certificate { chain, key });
            snippet::caddy(&site(configuration)?, certificate.as_ref())
        }
        SnippetCommand::Traefik { is_static: true, folder, certificate: _, configuration } => {
            snippet::traefik_static(&site(configuration)?, &folder)
        }
        SnippetCommand::Traefik { is_static: false, folder: _, certificate, configuration } => {
            snippet::traefik_dynamic(&site(configuration)?, &certificate.into_certificate())
        }
        SnippetCommand::Haproxy { is_lua: true, .. } => snippet::haproxy_lua().to_owned(),
        SnippetCommand::Haproxy { is_lua: false, folder, tls_cert, configuration } => {
            snippet::haproxy(&site(configuration)?, &tls_cert, &folder)
        }
        SnippetCommand::Envoy { certificate, configuration } => {
            snippet::envoy(&site(configuration)?, &certificate.into_certificate())
        }
    };
    print!("{text}");
    Ok(())
}

fn site(configuration: Configuration) -> Result<Site, Failure> {
    Site::of(&configuration.into_source().load()?).map_err(Failure::new)
}
