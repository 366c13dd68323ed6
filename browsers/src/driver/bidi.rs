//! A connection that carries commands to a browser, from several threads at once.
//!
//! Source: W3C `WebDriver` `BiDi`, "Protocol".

use std::collections::HashMap;
use std::sync::mpsc as answers;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::runtime::{DEADLINE, RUNTIME};

/// A connection to one browser.
pub(super) struct Connection {
    commands: mpsc::UnboundedSender<Command>,
}

struct Command {
    method: &'static str,
    parameters: Value,
    answer: answers::Sender<Value>,
}

/// The browser says that a command failed: an error code, and what it says about it.
#[derive(Debug)]
pub(super) struct Refused(pub(super) String);

impl Connection {
    pub(super) fn open(url: &str) -> Self {
        let address = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).expect("a URL");
        let socket = RUNTIME.block_on(async {
            let stream = TcpStream::connect(address).await.expect("the browser listens");
            client_async(url, stream).await.expect("it speaks the protocol").0
        });
        let (commands, waiting) = mpsc::unbounded_channel();
        RUNTIME.spawn(carry(socket, waiting));
        Self { commands }
    }

    /// Carries out one command.
    ///
    /// # Panics
    /// When the browser is gone, or does not answer in time.
    pub(super) fn call(&self, method: &'static str, parameters: Value) -> Result<Value, Refused> {
        let (answer, answered) = answers::channel();
        self.commands.send(Command { method, parameters, answer }).expect("the connection is open");
        let mut message = answered
            .recv_timeout(DEADLINE)
            .unwrap_or_else(|error| panic!("{method} was not answered: {error}"));
        if message["type"] == "success" {
            Ok(message["result"].take())
        } else {
            Err(Refused(format!("{method}: {}: {}", message["error"], message["message"])))
        }
    }
}

/// Sends commands and hands their answers out, until nobody has a command left or the browser is gone.
async fn carry(mut socket: WebSocketStream<TcpStream>, mut waiting: mpsc::UnboundedReceiver<Command>) {
    let mut asked: HashMap<u64, answers::Sender<Value>> = HashMap::new();
    for id in 1_u64.. {
        let command = loop {
            tokio::select! {
                command = waiting.recv() => break command,
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => hand_out(&text, &mut asked),
                    Some(Ok(_)) => {}
                    // Who waits is told by the channel's end.
                    Some(Err(_)) | None => return,
                },
            }
        };
        let Some(Command { method, parameters, answer }) = command else { return };
        asked.insert(id, answer);
        let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
        if socket.send(Message::text(text)).await.is_err() {
            return;
        }
    }
}

/// Events have no number, and are nobody's.
fn hand_out(text: &str, asked: &mut HashMap<u64, answers::Sender<Value>>) {
    let Ok(message) = serde_json::from_str::<Value>(text) else { return };
    if let Some(answer) = message["id"].as_u64().and_then(|id| asked.remove(&id)) {
        // Who asked may have given up.
        let _heard = answer.send(message);
    }
}
