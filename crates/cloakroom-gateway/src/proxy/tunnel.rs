//! A connection that both sides have agreed to use for something else, such as a WebSocket.

use std::future::Future;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

/// Carries octets both ways until one side ends or `ended` completes, which closes both.
///
/// Runs on a task of its own: the response that agreed to the upgrade has to be sent first.
pub(super) fn open(
    client: OnUpgrade,
    application: OnUpgrade,
    ended: impl Future<Output = ()> + Send + 'static,
) {
    tokio::spawn(async move {
        let carried = async {
            let (client, application) = tokio::try_join!(client, application)?;
            carry(client, application).await;
            Ok::<(), hyper::Error>(())
        };
        tokio::select! {
            carried = carried => if let Err(error) = carried {
                tracing::debug!(%error, "a connection was not upgraded after all");
            },
            () = ended => tracing::info!("a tunnel was closed: its session ended, or its application's table is another now"),
        }
    });
}

async fn carry(client: Upgraded, application: Upgraded) {
    let (mut client, mut application) = (TokioIo::new(client), TokioIo::new(application));
    // Either side hanging up is how most tunnels end.
    let _ended = copy_bidirectional(&mut client, &mut application).await;
}
