//! What has changed, as the scripts publish it.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::SessionId;
use cloakroom_core::store::{Change, ChangeSink, Changes};
use redis::{PushInfo, PushKind, RedisError, Value};
use tokio::sync::Notify;

use crate::answer::octets;
use crate::inner::Inner;
use crate::link::Link;
use crate::store::RedisStore;

/// The message that any session may have ended.
pub(crate) const EVERYONE: &str = "*";

/// How often a silent connection is asked whether it is one.
const PING: Duration = Duration::from_millis(500);

/// Between two tries to connect, at first and at most.
const PAUSE: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

impl Changes for RedisStore {
    async fn watch(&self, sink: Arc<dyn ChangeSink>) {
        let mut pause = PAUSE;
        loop {
            if let Ok(link) = self.inner().router.listener().await {
                let was_connected = self.inner().listen(&link, &sink).await;
                self.inner().router.distrust(&link);
                pause = if was_connected { PAUSE } else { pause };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

impl Inner {
    /// Listens until the connection breaks; `true` if there was one.
    async fn listen(&self, link: &Link, sink: &Arc<dyn ChangeSink>) -> bool {
        let broken = Arc::new(Notify::new());
        let (told, breaks) = (Arc::clone(sink), Arc::clone(&broken));
        let pushes = move |push: PushInfo| {
            match push.kind {
                PushKind::Message => tell(&push.data, &*told),
                PushKind::Disconnection => breaks.notify_one(),
                _ => {}
            }
            Ok::<_, RedisError>(())
        };
        let Ok(mut connection) = link.subscribe(&self.keys.channel, pushes).await else { return false };
        sink.tell(Change::Connected);
        loop {
            tokio::select! {
                () = broken.notified() => break,
                () = tokio::time::sleep(PING) => {
                    if connection.send_packed_command(&redis::cmd("PING")).await.is_err() {
                        break;
                    }
                }
            }
        }
        sink.tell(Change::Lost);
        true
    }
}

fn tell(message: &[Value], sink: &dyn ChangeSink) {
    let Some(payload) = message.last().and_then(octets) else { return };
    if payload == EVERYONE.as_bytes() {
        return sink.tell(Change::Everyone);
    }
    let (ids, rest) = payload.as_chunks();
    for octets in ids {
        sink.tell(Change::Session(SessionId::from_octets(*octets)));
    }
    if !rest.is_empty() {
        // Somebody else's message; whoever has copies loses nothing by looking again.
        sink.tell(Change::Everyone);
    }
}
