//! `cloakroom snippet` on the command line: a proxy, and what it needs to be told.

use clap::{Args, Subcommand};
use cloakroom_gateway::snippet::{Certificate, PlainPath};

use crate::configuration::Configuration;

#[derive(Debug, Subcommand)]
pub(crate) enum SnippetCommand {
    /// nginx: a file for its http block.
    Nginx {
        /// Let nginx remember for a second that a request may pass, in files of this folder.
        #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "/run/nginx-cloakroom")]
        cache: Option<PlainPath>,
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Caddy: a whole Caddyfile.
    Caddy {
        /// Certificate with its chain, for https:// origins [default: Caddy gets its own].
        #[arg(long, value_name = "FILE", requires = "proxy_key")]
        proxy_certificate: Option<PlainPath>,
        /// Private key of the certificate.
        #[arg(long, value_name = "FILE", requires = "proxy_certificate")]
        proxy_key: Option<PlainPath>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Traefik: the dynamic configuration.
    Traefik {
        /// Print the static configuration instead.
        #[arg(long = "static")]
        is_static: bool,
        /// Folder of the dynamic configuration, which the static one names.
        #[arg(long, value_name = "FOLDER", default_value = "/etc/traefik")]
        folder: PlainPath,
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// `HAProxy`: a whole haproxy.cfg.
    Haproxy {
        /// Print the Lua program that it loads instead.
        #[arg(long = "lua")]
        is_lua: bool,
        /// Folder of the Lua program.
        #[arg(long, value_name = "FOLDER", default_value = "/etc/haproxy")]
        folder: PlainPath,
        /// Certificate with its chain and then its private key, for https:// origins.
        #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/haproxy.pem")]
        proxy_certificate: PlainPath,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Envoy: a whole bootstrap configuration.
    Envoy {
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
}

/// What a proxy shows to browsers, for https:// origins.
#[derive(Debug, Args)]
pub(crate) struct CertificateArguments {
    /// Certificate with its chain, for https:// origins.
    #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/fullchain.pem")]
    proxy_certificate: PlainPath,
    /// Private key of the certificate.
    #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/privkey.pem")]
    proxy_key: PlainPath,
}

impl CertificateArguments {
    pub(crate) fn into_certificate(self) -> Certificate {
        Certificate { chain: self.proxy_certificate, key: self.proxy_key }
    }
}
