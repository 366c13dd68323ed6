//! Starting a gateway.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use cloakroom::EntropyError;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::config::{PublicUrl, Settings};
use crate::installation::{Installation, InstallationError};
use crate::metrics::MetricsServer;
use crate::routes::{Gateway, Routes};
use crate::server;
use crate::tls::{Tls, TlsError};
use crate::tokens::{Tokens, TokensError};

/// A gateway that listens and answers once it is [run](Running::run).
#[derive(Debug)]
pub struct Running {
    listener: TcpListener,
    address: SocketAddr,
    gateway: Gateway,
    public_url: PublicUrl,
    setup_link: Option<Zeroizing<String>>,
    tls: Option<Tls>,
    events: JoinHandle<()>,
    metrics: Option<MetricsServer>,
}

/// The gateway cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Sessions or accounts cannot be used.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// Tokens for applications cannot be minted.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Running {
    /// Opens everything and listens. While nobody has an account, a new set-up link is issued.
    ///
    /// # Errors
    /// [`StartError`] says what is in the way.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let failed = |source| StartError::Listen { address: settings.listen, source };
        let listener = server::listen(settings.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let public_url = settings.public_url_on(address.port());
        let metrics_listener = match &settings.watch.metrics {
            Some(metrics) => {
                let address = metrics.listen;
                let listening = server::listen(address);
                Some((metrics, listening.map_err(|source| StartError::Listen { address, source })?))
            }
            None => None,
        };
        let tls = settings.tls.as_ref().map(Tls::load).transpose()?;
        let installation = Installation::open(settings).await?;
        let events = installation.begin_writing_events();
        let metrics = metrics_listener.map(|(metrics, listener)| {
            MetricsServer::new(
                metrics,
                listener,
                installation.metrics().clone(),
                installation.trail().clone(),
            )
        });
        if settings.accounts_are_on_this_machine_alone() {
            tracing::warn!(
                accounts = %settings.accounts,
                "sessions are on a server and accounts in a file, which instances on other machines do not share; \
                 set accounts to the address of a database where there are any"
            );
        }
        let token = installation.issue_setup_token().await?;
        let setup_link =
            token.map(|token| Zeroizing::new(format!("{public_url}/_cloakroom/setup/{}", *token.reveal())));
        let tokens = if settings.has_tokens() {
            let (accounts, clock) = (installation.accounts().clone(), installation.clock());
            Some(Tokens::start(accounts, clock, &public_url).await?)
        } else {
            None
        };
        let gateway = Gateway::new(settings, public_url.clone(), installation, tokens)?;
        Ok(Self { listener, address, gateway, public_url, setup_link, tls, events, metrics })
    }

    /// The address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are to be had, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(MetricsServer::address)
    }

    /// The origin that browsers see.
    pub const fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The link by which the first administrator sets a password, while nobody has an account.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref().map(String::as_str)
    }

    /// Answers requests until `shutdown` completes; requests under way are then given some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let metrics = self.metrics.map(|metrics| tokio::spawn(metrics.run()));
        let purge = tokio::spawn(self.gateway.installation.clone().purge());
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        let renewal = self.tls.map(|tls| tokio::spawn(tls.keep_current()));
        server::serve(self.listener, acceptor, Routes::new(&self.gateway), shutdown).await;
        purge.abort();
        renewal.inspect(JoinHandle::abort);
        if let Some(tokens) = &self.gateway.tokens {
            tokens.end().await;
        }
        self.gateway.installation.end_events().await;
        self.events.abort();
        metrics.inspect(JoinHandle::abort);
    }
}
