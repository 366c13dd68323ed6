//! What other nodes tell, heard on a connection of its own.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::store::{Change, ChangeSink};
use futures_util::future::{Either, select};
use futures_util::stream::StreamExt;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Error, SimpleQueryMessage};

use super::channel::{self, NAME};
use super::driver::{Messages, Postgres};

/// How often a silent connection is asked whether it is one, and how long it may take to say so. A server that dies
/// without a word is found out within the two, and its silence taken for the loss of messages.
const PING: Duration = Duration::from_millis(500);
const PONG: Duration = Duration::from_secs(1);

/// Between two tries to connect, at first and at most.
const PAUSE: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Listens until it is dropped, on one connection after the other.
pub(in crate::server) async fn watch(
    driver: &Postgres,
    connect_timeout: Duration,
    sink: Arc<dyn ChangeSink>,
) {
    let mut pause = PAUSE;
    loop {
        match timeout(connect_timeout, driver.line()).await {
            Ok(Ok((client, messages))) => {
                if listen(&client, messages, connect_timeout, &*sink).await {
                    pause = PAUSE;
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "nobody tells of changes to the session database"),
            Err(_) => tracing::debug!("the session database did not answer in time who would listen"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Listens until the connection breaks; `true` if the server agreed to tell.
async fn listen(client: &Client, messages: Messages, limit: Duration, sink: &dyn ChangeSink) -> bool {
    let mut hearing = pin!(hear(messages, sink));
    let subscribing = pin!(timeout(limit, subscribe(client)));
    match select(hearing.as_mut(), subscribing).await {
        Either::Right((Ok(Ok(())), _)) => {}
        Either::Right((Ok(Err(error)), _)) => {
            tracing::debug!(%error, "the session database does not tell of changes");
            return false;
        }
        Either::Right((Err(_), _)) | Either::Left(_) => return false,
    }
    sink.tell(Change::Connected);
    select(hearing, pin!(stay(client))).await;
    sink.tell(Change::Lost);
    true
}

/// Moves the octets of the connection and hands on what is told, until it breaks.
async fn hear(mut messages: Messages, sink: &dyn ChangeSink) {
    while let Some(Ok(message)) = messages.next().await {
        if let AsyncMessage::Notification(notification) = message {
            channel::tell(notification.payload(), sink);
        }
    }
}

async fn subscribe(client: &Client) -> Result<(), Error> {
    let answer = client.simple_query(NAME).await?;
    let name = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let quoted = name.unwrap_or_default().replace('"', "\"\"");
    client.batch_execute(&format!("LISTEN \"{quoted}\"")).await
}

/// Asks the server again and again for a sign of life, until there is none.
async fn stay(client: &Client) {
    loop {
        sleep(PING).await;
        if !matches!(timeout(PONG, client.batch_execute("")).await, Ok(Ok(()))) {
            return;
        }
    }
}
