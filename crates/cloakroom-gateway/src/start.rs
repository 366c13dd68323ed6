//! Starting a gateway.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::EntropyError;
use thiserror::Error;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::config::{PublicUrl, Scheme, Settings};
use crate::installation::{Installation, InstallationError};
use crate::places::{Places, PlacesError};
use crate::routes::{Gateway, Routes};
use crate::server::{self, Ending, Listeners, Redirect};
use crate::tls::{Tls, TlsError};
use crate::tokens::{Tokens, TokensError};

/// A gateway that listens and answers once it is [run](Running::run).
#[derive(Debug)]
pub struct Running {
    listener: TcpListener,
    is_inherited: bool,
    redirect: Option<TcpListener>,
    shutdown_timeout: Duration,
    address: SocketAddr,
    gateway: Gateway,
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
    /// The process was started with a socket that the network reaches, and would speak plain HTTP there.
    #[error(
        "the socket that this process was started with is at {address}, which can be reached over the network, and cloakroom would speak \
         plain HTTP there; give it a certificate, or say public_url = \"https://...\" where a proxy speaks TLS in front"
    )]
    PlainHttpOnNetwork {
        /// Where the socket is.
        address: SocketAddr,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The file that tells where networks are cannot be used.
    #[error(transparent)]
    Places(#[from] PlacesError),
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
        let failed = |address| move |source| StartError::Listen { address, source };
        let mut listeners = Listeners::inherited();
        let (listener, is_inherited) = listeners.next(0, settings.listen).map_err(failed(settings.listen))?;
        let address = listener.local_addr().map_err(failed(settings.listen))?;
        let redirect =
            settings.redirect_listen.map(|address| listeners.next(1, address).map_err(failed(address)));
        let redirect = redirect.transpose()?.map(|(listener, _)| listener);
        let public_url = settings.public_url_on(address.port());
        if is_inherited && !address.ip().is_loopback() && public_url.scheme() == Scheme::Http {
            return Err(StartError::PlainHttpOnNetwork { address });
        }
        let tls = settings.tls.as_ref().map(Tls::load).transpose()?;
        let places = settings.geo_database.as_deref().map(Places::open).transpose()?.unwrap_or_default();
        let installation = Installation::open(settings).await?;
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
        let gateway = Gateway::new(settings, public_url.clone(), installation, tokens, places)?;
        let shutdown_timeout = settings.shutdown_timeout;
        Ok(Self {
            listener,
            is_inherited,
            redirect,
            shutdown_timeout,
            address,
            gateway,
            public_url,
            setup_link,
            tls,
        })
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

    /// Answers requests until `shutdown` completes; requests under way are then given some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let purge = tokio::spawn(self.gateway.installation.clone().purge());
        let lasting = self.gateway.lasting.clone();
        let told = tokio::spawn(self.gateway.installation.clone().tell_changes(Arc::new(lasting.clone())));
        let watch = tokio::spawn(lasting.keep_watch(self.gateway.installation.clone()));
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        let renewal = self.tls.map(|tls| tokio::spawn(tls.keep_current()));
        let origins = self.gateway.apps.iter().map(|app| app.app.origin.clone());
        let to = Redirect::to(origins.chain([self.public_url]));
        let redirect = self.redirect.map(|listener| tokio::spawn(server::redirect(listener, to)));
        let ending = Ending {
            lasting: self.gateway.lasting.clone(),
            limit: self.shutdown_timeout,
            is_inherited: self.is_inherited,
        };
        server::serve(self.listener, acceptor, Routes::new(&self.gateway), ending, shutdown).await;
        for task in [purge, told, watch].into_iter().chain(redirect) {
            task.abort();
        }
        renewal.inspect(tokio::task::JoinHandle::abort);
        if let Some(tokens) = &self.gateway.tokens {
            tokens.end().await;
        }
    }
}
