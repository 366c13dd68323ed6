//! A connection that both sides have agreed to use for a WebSocket.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::lasting::{Hold, Why};
use crate::proxy::frames::CloseCode;
use crate::proxy::relay::Way;

/// How long one side may go on after the other has ended.
const HALF_OPEN: Duration = Duration::from_secs(30);

/// How long a side may take to hear that all is over.
const GOODBYE: Duration = Duration::from_secs(1);

type Side = TokioIo<Upgraded>;

/// Both sides, and what is on its way between them.
struct Tunnel {
    client: Side,
    application: Side,
    to_application: Way,
    to_client: Way,
}

/// Carries octets both ways until both sides have ended or the session does, which closes both with a reason.
///
/// Runs on a task of its own: the response that agreed to the upgrade has to be sent first.
pub(super) fn open(client: OnUpgrade, application: OnUpgrade, hold: Hold) {
    tokio::spawn(async move {
        let mut tunnel = match tokio::try_join!(client, application) {
            Ok((client, application)) => Tunnel::new(client, application),
            Err(error) => return tracing::debug!(%error, "a connection was not upgraded after all"),
        };
        let why = tokio::select! {
            () = tunnel.carry() => return,
            why = hold.ended() => why,
        };
        match why {
            Why::SessionEnded | Why::Expired => {
                tracing::info!("a socket was closed because its session ended");
                Box::pin(tunnel.close(CloseCode::PolicyViolation)).await;
            }
            Why::Retired => {
                tracing::info!("a socket was closed because its application's table is another now");
                Box::pin(tunnel.close(CloseCode::GoingAway)).await;
            }
            Why::Farewell => Box::pin(tunnel.close(CloseCode::GoingAway)).await,
        }
        drop(hold);
    });
}

impl Tunnel {
    fn new(client: Upgraded, application: Upgraded) -> Self {
        let (client, application) = (TokioIo::new(client), TokioIo::new(application));
        Self { client, application, to_application: Way::default(), to_client: Way::default() }
    }

    /// Either side hanging up is how most tunnels end, so that no error is worth a word.
    async fn carry(&mut self) {
        let first = poll_fn(|cx| match self.poll_carry(cx) {
            [Poll::Pending, Poll::Pending] => Poll::Pending,
            ended => Poll::Ready(ended.iter().all(|way| !matches!(way, Poll::Ready(Err(_))))),
        });
        if !first.await {
            return;
        }
        let both = poll_fn(|cx| match self.poll_carry(cx) {
            [Poll::Ready(Ok(())) | Poll::Pending, Poll::Pending] | [Poll::Pending, Poll::Ready(Ok(()))] => {
                Poll::Pending
            }
            _ => Poll::Ready(()),
        });
        let _ended = timeout(HALF_OPEN, both).await;
    }

    fn poll_carry(&mut self, cx: &mut Context<'_>) -> [Poll<io::Result<()>>; 2] {
        let Self { client, application, to_application, to_client } = self;
        [to_application.poll_carry(cx, client, application), to_client.poll_carry(cx, application, client)]
    }

    /// Says why, where a frame can stand, and hangs up.
    async fn close(mut self, code: CloseCode) {
        let Self { client, application, to_application, to_client } = &mut self;
        let (unmasked, masked) = (code.unmasked(), code.masked());
        let _told = tokio::join!(
            timeout(GOODBYE, say(client, to_client, &unmasked)),
            timeout(GOODBYE, say(application, to_application, &masked)),
        );
    }
}

/// Sends a last frame, and reads on until the other side has hung up too: whoever closes with something unread takes back what
/// was sent.
async fn say(side: &mut Side, way: &mut Way, frame: &[u8]) -> io::Result<()> {
    poll_fn(|cx| way.poll_send(cx, side)).await?;
    if way.is_between_frames() {
        side.write_all(frame).await?;
    }
    side.shutdown().await?;
    let mut unread = [0; 256];
    while side.read(&mut unread).await? > 0 {}
    Ok(())
}
