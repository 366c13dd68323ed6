//! From the command to the link, and from Ctrl-C to nothing.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use clap::Args;
use cloakroom_gateway::Running;
use cloakroom_gateway::config::LogFormat;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::Level;

use crate::demo::attacks::Stage;
use crate::demo::people::People;
use crate::demo::place::{Folder, Site, listener};
use crate::demo::{guide, notes};
use crate::failure::Failure;
use crate::log;

/// What can be said of a demo, which is little: it has no configuration.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Port of the guide; the sign-in has the next. One that is taken is replaced by a free one.
    #[arg(long, value_name = "NUMBER", default_value_t = 7470)]
    port: u16,
}

/// Runs a demo until a signal ends it.
pub(crate) async fn run(arguments: DemoArguments) -> Result<(), Failure> {
    log::begin(Level::WARN, LogFormat::Text);
    // Before anything is made: a signal that comes meanwhile is not lost, and leaves nothing behind.
    let ended = ended()?;
    let folder = Folder::make().map_err(Failure::new)?;
    let path = folder.path();
    let outcome = match Demo::start(&folder, arguments.port).await {
        Ok(demo) => {
            demo.run(ended).await;
            Ok(())
        }
        Err(failure) => Err(failure),
    };
    let removed = folder.remove().map_err(Failure::new);
    outcome.and(removed)?;
    println!("Ended, and removed {}.", path.display());
    Ok(())
}

/// Whatever ends a demo: Ctrl-C, the end of the terminal, or somebody who asks for it.
fn ended() -> Result<impl Future<Output = ()>, Failure> {
    let signals = |kind| signal(kind).map_err(Failure::new);
    let mut interrupt = signals(SignalKind::interrupt())?;
    let (mut terminate, mut hangup) = (signals(SignalKind::terminate())?, signals(SignalKind::hangup())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

/// Everything that runs.
struct Demo {
    /// The gateway ends when this is dropped.
    end: oneshot::Sender<()>,
    gateway: JoinHandle<()>,
    servers: [JoinHandle<()>; 2],
}

impl Demo {
    /// Starts everything, and says where it is.
    async fn start(folder: &Folder, port: u16) -> Result<Self, Failure> {
        let guide = listener(port).map_err(Failure::new)?;
        let guide_port = guide.local_addr().map_err(Failure::new)?.port();
        let application = listener(0).map_err(Failure::new)?;
        let upstream = application.local_addr().map_err(Failure::new)?;
        let site = Site::at(if port == 0 { 0 } else { port.saturating_add(1) }).map_err(Failure::new)?;
        let settings = folder.source(&site, upstream).map_err(Failure::new)?.load()?;

        println!("Making four accounts in {} ...", folder.path().display());
        let people = People::settle(&settings).await?;
        let gateway = Running::start(&settings).await.map_err(Failure::new)?;
        let (end, ends) = oneshot::channel();
        let gateway = tokio::spawn(gateway.run(async {
            let _ended = ends.await;
        }));
        let guide_url = format!("http://localhost:{guide_port}/");
        let application = serve(application, notes::router(guide_url.clone()))?;
        people.sign_in(&site).await.map_err(Failure::new)?;
        let stage = Arc::new(Stage::new(site, people, guide_port));
        let guide = serve(guide, guide::router(Arc::clone(&stage)))?;
        announce(&stage, upstream, &guide_url);
        Ok(Self { end, gateway, servers: [application, guide] })
    }

    /// Goes on until it is to end, and waits until nothing uses the folder any more.
    async fn run(mut self, ended: impl Future<Output = ()>) {
        tokio::select! {
            () = ended => {}
            _panicked = &mut self.gateway => return,
        }
        self.servers.iter().for_each(JoinHandle::abort);
        drop(self.end);
        // It has reported whatever kept it from ending well.
        let _ended = self.gateway.await;
    }
}

fn serve(listener: TcpListener, router: Router) -> Result<JoinHandle<()>, Failure> {
    listener.set_nonblocking(true).map_err(Failure::new)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(Failure::new)?;
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a server of the demo has ended");
        }
    }))
}

fn announce(stage: &Stage, upstream: SocketAddr, guide_url: &str) {
    for person in stage.people.all() {
        println!("  {:8} {}", person.name, *person.password);
    }
    println!("The sign-in is at {}, the application behind it at {upstream}.", stage.site.url("/"));
    println!("Everything is on this machine alone, and gone when you press Ctrl-C.");
    println!("Begin here: {guide_url}");
}
