//! Starting a gateway.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::acme::{Keeper, Shelf};
use crate::check::{Finding, findings};
use crate::config::{PublicUrl, Scheme, Settings};
use crate::installation::Installation;
use crate::metrics::MetricsServer;
use crate::part_error::PartError;
use crate::places::Places;
use crate::reload::Reloader;
use crate::routes::Gateway;
use crate::server::{self, Ending, Listeners};
use crate::tls::{Certificates, Tls};
use crate::tokens::Tokens;

/// A gateway that listens and answers once it is [run](Running::run).
#[derive(Debug)]
pub struct Running {
    listener: TcpListener,
    is_inherited: bool,
    redirect: Option<TcpListener>,
    shutdown_timeout: Duration,
    address: SocketAddr,
    gateway: Gateway,
    reloader: Reloader,
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
    /// The process was started with a socket that the network reaches, and would speak plain HTTP there.
    #[error(
        "the socket that this process was started with is at {address}, which can be reached over the network, and cloakroom would speak \
         plain HTTP there; give it a certificate, or say public_url = \"https://...\" where a proxy speaks TLS in front"
    )]
    PlainHttpOnNetwork {
        /// Where the socket is.
        address: SocketAddr,
    },
    /// A part of it cannot be used.
    #[error(transparent)]
    Part(#[from] PartError),
}

/// What is made of a configuration, before anybody is answered.
struct Made {
    gateway: Gateway,
    tls: Option<Tls>,
    events: JoinHandle<()>,
    setup_link: Option<Zeroizing<String>>,
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
        let metrics_listener = match &settings.watch.metrics {
            Some(metrics) => {
                let address = metrics.listen;
                let listening = server::listen(address);
                Some((metrics, listening.map_err(|source| StartError::Listen { address, source })?))
            }
            None => None,
        };
        if is_inherited && !address.ip().is_loopback() && public_url.scheme() == Scheme::Http {
            return Err(StartError::PlainHttpOnNetwork { address });
        }
        let Made { gateway, tls, events, setup_link } = Made::of(settings, &public_url).await?;
        let reloader = Reloader::new(settings, &gateway, tls.as_ref());
        let metrics = metrics_listener.map(|(metrics, listener)| {
            let (shown, trail) =
                (gateway.installation.metrics().clone(), gateway.installation.trail().clone());
            MetricsServer::new(metrics, listener, shown, trail, gateway.lasting.clone())
        });
        let shutdown_timeout = settings.shutdown_timeout;
        Ok(Self {
            listener,
            is_inherited,
            redirect,
            shutdown_timeout,
            address,
            gateway,
            reloader,
            public_url,
            setup_link,
            tls,
            events,
            metrics,
        })
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

    /// What gives it another configuration while it runs.
    pub fn reloader(&self) -> Reloader {
        self.reloader.clone()
    }

    /// Answers requests until `shutdown` completes; requests under way are then given some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let metrics = self.metrics.map(|metrics| tokio::spawn(metrics.run()));
        let purge = tokio::spawn(self.gateway.installation.clone().purge());
        let samples = self.gateway.installation.begin_sampling();
        let lasting = self.gateway.lasting.clone();
        let told = tokio::spawn(self.gateway.installation.clone().tell_changes(Arc::new(lasting.clone())));
        let watch = tokio::spawn(lasting.keep_watch(self.gateway.installation.clone()));
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        let to = self.reloader.redirect();
        let redirect = self.redirect.map(|listener| tokio::spawn(server::redirect(listener, to)));
        let ending = Ending {
            lasting: self.gateway.lasting.clone(),
            limit: self.shutdown_timeout,
            is_inherited: self.is_inherited,
        };
        server::serve(self.listener, acceptor, self.reloader.current(), ending, shutdown).await;
        for task in [purge, samples, told, watch].into_iter().chain(redirect) {
            task.abort();
        }
        if let Some(tokens) = self.reloader.tokens().await {
            tokens.end().await;
        }
        self.gateway.installation.make_up_for_sign_outs().await;
        self.gateway.installation.end_events().await;
        self.events.abort();
        metrics.inspect(JoinHandle::abort);
    }
}

impl Made {
    async fn of(settings: &Settings, public_url: &PublicUrl) -> Result<Self, PartError> {
        let certificates =
            settings.speaks_tls().then(|| Certificates::load(settings, |_| None)).transpose()?;
        let places = Places::of(settings.geo_database.as_deref())?;
        let installation = Installation::open(settings).await?;
        findings(settings).iter().for_each(Finding::log);
        installation.index_for_search().await?;
        let events = installation.begin_writing_events();
        let token = installation.issue_setup_token().await?;
        let setup_link =
            token.map(|token| Zeroizing::new(format!("{public_url}/_cloakroom/setup/{}", *token.reveal())));
        let tokens = Tokens::of(settings, &installation, public_url).await?;
        let keeper = match settings.acme.clone() {
            Some(acme) => {
                let beside = (settings.accounts == settings.store).then(|| installation.store());
                let shelf = Shelf::open(&settings.accounts, beside).await;
                let shelf = shelf.map_err(|error| PartError::Acme(Box::new(error)))?;
                Some(Keeper::new(acme, shelf, installation.clone()))
            }
            None => None,
        };
        let tls = certificates.map(|certificates| Tls::begin(certificates, settings, keeper));
        let gateway = Gateway::new(settings, public_url.clone(), installation, tokens, places)?;
        Ok(Self { gateway, tls, events, setup_link })
    }
}
