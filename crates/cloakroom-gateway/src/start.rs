//! Starting a gateway.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use cloakroom::EntropyError;
use thiserror::Error;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::check::{Finding, findings};
use crate::config::{PublicUrl, Settings};
use crate::installation::{Installation, InstallationError};
use crate::reload::Reloader;
use crate::routes::Gateway;
use crate::server;
use crate::tls::{Tls, TlsError};
use crate::tokens::{Tokens, TokensError};

/// A gateway that listens and answers once it is [run](Running::run).
#[derive(Debug)]
pub struct Running {
    listener: TcpListener,
    address: SocketAddr,
    gateway: Gateway,
    reloader: Reloader,
    public_url: PublicUrl,
    setup_link: Option<Zeroizing<String>>,
    tls: Option<Tls>,
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
        let tls = settings.tls.as_ref().map(Tls::load).transpose()?;
        let installation = Installation::open(settings).await?;
        findings(settings).iter().for_each(Finding::log);
        let token = installation.issue_setup_token().await?;
        let setup_link =
            token.map(|token| Zeroizing::new(format!("{public_url}/_cloakroom/setup/{}", *token.reveal())));
        let tokens = Tokens::of(settings, &installation, &public_url).await?;
        let gateway = Gateway::new(settings, public_url.clone(), installation, tokens)?;
        let reloader = Reloader::new(settings, &gateway, tls.as_ref());
        Ok(Self { listener, address, gateway, reloader, public_url, setup_link, tls })
    }

    /// The address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin that browsers see.
    pub const fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The link by which the first administrator sets a password, while nobody has an account.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref().map(String::as_str)
    }

    /// What gives it another configuration while it runs.
    pub fn reloader(&self) -> Reloader {
        self.reloader.clone()
    }

    /// Answers requests until `shutdown` completes; requests under way are then given some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let purge = tokio::spawn(self.gateway.installation.clone().purge());
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        let renewal = self.tls.map(|tls| tokio::spawn(tls.keep_current()));
        server::serve(self.listener, acceptor, self.reloader.current(), shutdown).await;
        purge.abort();
        renewal.inspect(tokio::task::JoinHandle::abort);
        if let Some(tokens) = self.reloader.tokens().await {
            tokens.end().await;
        }
    }
}
