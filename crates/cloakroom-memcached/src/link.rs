//! One connection to a server, on which many callers have their commands under way.
//!
//! Replies come in the order of the commands, so each belongs to the oldest command without one. A caller that gives up
//! changes nothing in that: its reply comes, and nobody wants it. When a reply is late or makes no sense, nobody can tell
//! what the next one belongs to, so the connection ends, with an error for everybody on it.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::Trouble;
use crate::wire::{self, Reply};

/// How long to wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
}

/// Where commands are handed to a connection, from before it stands until it has ended.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    address: Arc<str>,
    commands: mpsc::UnboundedSender<Command>,
}

struct Command {
    octets: Vec<u8>,
    reply: oneshot::Sender<Result<Reply, Trouble>>,
}

/// No more octets than this are gathered for one write, so that a flood does not grow the buffer without end.
const GATHERED_MAX: usize = 64 << 10;

impl Link {
    /// Begins to connect. Commands may be handed over at once; when there is no connection in time they fail with it.
    pub(crate) fn start(address: Arc<str>, patience: Patience) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let link = Self { address: Arc::clone(&address), commands };
        tokio::spawn(serve(address, patience, received));
        link
    }

    /// Whether it has ended, and another is to be started.
    pub(crate) fn has_ended(&self) -> bool {
        self.commands.is_closed()
    }

    /// Sends a command and waits for its reply.
    pub(crate) async fn ask(&self, octets: Vec<u8>) -> Result<Reply, Trouble> {
        let unsent = || Trouble::Unsent { address: Arc::clone(&self.address) };
        self.tell(octets).await.unwrap_or_else(|_| Err(unsent()))
    }

    /// Sends a command; the reply may be waited for or not.
    pub(crate) fn tell(&self, octets: Vec<u8>) -> oneshot::Receiver<Result<Reply, Trouble>> {
        let (reply, receiver) = oneshot::channel();
        // When the link has ended the command is dropped here, and the receiver learns of it.
        let _ = self.commands.send(Command { octets, reply });
        receiver
    }
}

/// A connection that stands.
struct Serving {
    address: Arc<str>,
    patience: Patience,
    stream: TcpStream,
    outgoing: Vec<u8>,
    written: usize,
    incoming: Vec<u8>,
    /// Who waits for a reply, and since when; the oldest first.
    waiting: VecDeque<(Instant, oneshot::Sender<Result<Reply, Trouble>>)>,
}

async fn serve(address: Arc<str>, patience: Patience, mut commands: mpsc::UnboundedReceiver<Command>) {
    let trouble = match connect(&address, patience).await {
        Ok(stream) => {
            let mut serving = Serving {
                address: Arc::clone(&address),
                patience,
                stream,
                outgoing: Vec::new(),
                written: 0,
                incoming: Vec::new(),
                waiting: VecDeque::new(),
            };
            let Err(trouble) = serving.run(&mut commands).await else { return };
            for (_, reply) in serving.waiting.drain(..) {
                let _ = reply.send(Err(trouble.clone()));
            }
            Trouble::Unsent { address }
        }
        Err(trouble) => trouble,
    };
    commands.close();
    while let Some(command) = commands.recv().await {
        let _ = command.reply.send(Err(trouble.clone()));
    }
}

async fn connect(address: &Arc<str>, patience: Patience) -> Result<TcpStream, Trouble> {
    let connecting = async {
        let stream = TcpStream::connect(&**address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    let connected = timeout(patience.connect, connecting).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    connected.map_err(|error: io::Error| Trouble::Connect {
        address: Arc::clone(address),
        source: Arc::new(error),
    })
}

impl Serving {
    /// Serves until nobody has a way to hand over commands any more, or the connection ends.
    async fn run(&mut self, commands: &mut mpsc::UnboundedReceiver<Command>) -> Result<(), Trouble> {
        loop {
            let oldest = self.waiting.front().map(|(since, _)| *since);
            let late_at = oldest.unwrap_or_else(Instant::now) + self.patience.answer;
            let (mut reader, mut writer) = self.stream.split();
            let unwritten = &self.outgoing[self.written..];
            tokio::select! {
                command = commands.recv(), if self.outgoing.len() < GATHERED_MAX => {
                    let Some(command) = command else { return Ok(()) };
                    self.enter(command);
                    while self.outgoing.len() < GATHERED_MAX && let Ok(command) = commands.try_recv() {
                        self.enter(command);
                    }
                }
                written = writer.write(unwritten), if !unwritten.is_empty() => {
                    self.written += written.map_err(|error| self.broken(Some(error)))?;
                    if self.written == self.outgoing.len() {
                        self.outgoing.clear();
                        self.outgoing.shrink_to(GATHERED_MAX);
                        self.written = 0;
                    }
                }
                read = reader.read_buf(&mut self.incoming) => {
                    match read {
                        Ok(0) => return Err(self.broken(None)),
                        Ok(_) => self.hand_out()?,
                        Err(error) => return Err(self.broken(Some(error))),
                    }
                }
                () = sleep_until(late_at), if oldest.is_some() => {
                    return Err(Trouble::Late { address: Arc::clone(&self.address) });
                }
            }
        }
    }

    fn enter(&mut self, command: Command) {
        self.outgoing.extend_from_slice(&command.octets);
        self.waiting.push_back((Instant::now(), command.reply));
    }

    /// Gives the replies that have come to those who wait for them.
    fn hand_out(&mut self) -> Result<(), Trouble> {
        let mut used = 0;
        loop {
            match wire::parse(&self.incoming[used..]) {
                Ok(Some((reply, octets))) => {
                    used += octets;
                    let Some((_, waiting)) = self.waiting.pop_front() else {
                        return Err(self.strange("a reply that nobody asked for"));
                    };
                    // Whoever has given up does not want it.
                    let _ = waiting.send(Ok(reply));
                }
                Ok(None) => break,
                Err(strange) => return Err(self.strange(&strange.0)),
            }
        }
        self.incoming.drain(..used);
        if self.incoming.is_empty() {
            self.incoming.shrink_to(GATHERED_MAX);
        }
        Ok(())
    }

    fn broken(&self, error: Option<io::Error>) -> Trouble {
        Trouble::Broken { address: Arc::clone(&self.address), source: error.map(Arc::new) }
    }

    fn strange(&self, answer: &str) -> Trouble {
        Trouble::Strange { address: Arc::clone(&self.address), answer: answer.to_owned() }
    }
}
