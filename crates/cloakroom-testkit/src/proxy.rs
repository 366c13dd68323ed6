//! A bad line between a store and its server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::entropy::Seeded;

/// Stands between a store and its server, and cuts or delays their connections where a seed says so.
///
/// What a client sends at once is a request to it. The fate of the n-th one follows from the seed; which request is the
/// n-th depends on who comes first.
///
/// | fate | what the server does | what the client sees |
/// |---|---|---|
/// | cut before | nothing | the connection breaks |
/// | cut half-way | gets half of the request | the connection breaks |
/// | cut after | everything | the connection breaks, and no answer came |
/// | delayed | everything, later | the answer, later |
pub struct FaultProxy {
    address: SocketAddr,
    line: Arc<Line>,
    accepting: AbortHandle,
}

/// What all connections have in common.
struct Line {
    dice: Seeded,
    /// One in so many requests is in trouble; none when it is zero.
    one_in: AtomicU64,
    delay: Mutex<Duration>,
    requests: AtomicU64,
    faults: AtomicU64,
    /// Counted up to cut everything that is connected.
    cuts: watch::Sender<u64>,
    /// Requests with these octets make their connection silent.
    silencing: Mutex<Vec<u8>>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Passes,
    CutBefore,
    CutHalfWay,
    CutAfter,
    Delayed,
}

impl FaultProxy {
    /// A line to this server, in order as yet.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub async fn to(server: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let line = Arc::new(Line {
            dice: Seeded::new(seed),
            one_in: AtomicU64::new(0),
            delay: Mutex::new(Duration::from_millis(20)),
            requests: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            cuts: watch::Sender::new(0),
            silencing: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&line))).abort_handle();
        Ok(Self { address, line, accepting })
    }

    /// Where the store is to connect to.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on one request in so many is cut or delayed.
    pub fn trouble(&self, one_in: NonZeroU64) {
        self.line.one_in.store(one_in.get(), Ordering::SeqCst);
    }

    /// From now on all is well.
    pub fn calm(&self) {
        self.line.one_in.store(0, Ordering::SeqCst);
    }

    /// How long a delayed request is held. Without it: 20 ms.
    pub fn delay(&self, delay: Duration) {
        *self.line.delay.lock().unwrap_or_else(PoisonError::into_inner) = delay;
    }

    /// From now on a connection is silent once its client has sent these octets, `SUBSCRIBE` say: it stays open, the server gets
    /// everything, and no answer comes back. Those that stand are cut.
    pub fn silence(&self, octets: &[u8]) {
        octets.clone_into(&mut self.line.silencing.lock().unwrap_or_else(PoisonError::into_inner));
        self.cut_all();
    }

    /// Cuts every connection that stands.
    pub fn cut_all(&self) {
        self.line.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many requests have come so far. Of a client that waits for each answer, these are its round trips.
    pub fn requests(&self) -> u64 {
        self.line.requests.load(Ordering::SeqCst)
    }

    /// How many requests have been in trouble so far.
    pub fn faults(&self) -> u64 {
        self.line.faults.load(Ordering::SeqCst)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut_all();
    }
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultProxy")
            .field("address", &self.address)
            .field("faults", &self.faults())
            .finish_non_exhaustive()
    }
}

impl Line {
    fn fate(&self) -> Fate {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let one_in = self.one_in.load(Ordering::SeqCst);
        if one_in == 0 || self.dice.below(one_in) != 0 {
            return Fate::Passes;
        }
        self.faults.fetch_add(1, Ordering::SeqCst);
        match self.dice.below(4) {
            0 => Fate::CutBefore,
            1 => Fate::CutHalfWay,
            2 => Fate::CutAfter,
            _ => Fate::Delayed,
        }
    }

    fn silences(&self, request: &[u8]) -> bool {
        let silencing = self.silencing.lock().unwrap_or_else(PoisonError::into_inner);
        !silencing.is_empty() && request.windows(silencing.len()).any(|octets| octets == *silencing)
    }

    fn delay(&self) -> Duration {
        *self.delay.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, line: Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        let line = Arc::clone(&line);
        let mut cuts = line.cuts.subscribe();
        tokio::spawn(async move {
            let carrying = carry(client, server, &line);
            // Whichever is over first: either drop closes both connections.
            let mut carrying = std::pin::pin!(carrying);
            let mut cut = std::pin::pin!(cuts.changed());
            std::future::poll_fn(|context| {
                if cut.as_mut().poll(context).is_ready() {
                    return std::task::Poll::Ready(());
                }
                carrying.as_mut().poll(context).map(drop)
            })
            .await;
        });
    }
}

/// Carries requests one way and answers the other, until one side ends or a cut comes.
async fn carry(client: TcpStream, server: SocketAddr, line: &Line) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mute = watch::Sender::new(false);
    let muted = mute.subscribe();
    let answers = tokio::spawn(carry_answers(from_server, to_client, muted));
    let ended = carry_requests(from_client, to_server, line, &mute).await;
    answers.abort();
    ended
}

async fn carry_requests(
    mut from_client: OwnedReadHalf,
    mut to_server: OwnedWriteHalf,
    line: &Line,
    mute: &watch::Sender<bool>,
) -> io::Result<()> {
    let mut octets = vec![0; 64 << 10];
    loop {
        let read = from_client.read(&mut octets).await?;
        if read == 0 {
            return Ok(());
        }
        let request = &octets[..read];
        if line.silences(request) {
            mute.send_replace(true);
        }
        match line.fate() {
            Fate::Passes => to_server.write_all(request).await?,
            Fate::CutBefore => return Ok(()),
            Fate::CutHalfWay => return to_server.write_all(&request[..read / 2]).await,
            Fate::CutAfter => {
                mute.send_replace(true);
                to_server.write_all(request).await?;
                // So that the server has it before it sees the end.
                sleep(line.delay()).await;
                return Ok(());
            }
            Fate::Delayed => {
                sleep(line.delay()).await;
                to_server.write_all(request).await?;
            }
        }
    }
}

async fn carry_answers(
    mut from_server: OwnedReadHalf,
    mut to_client: OwnedWriteHalf,
    muted: watch::Receiver<bool>,
) {
    let mut octets = vec![0; 64 << 10];
    while let Ok(read) = from_server.read(&mut octets).await {
        if read == 0 {
            return;
        }
        // A mute line swallows answers, and keeps the connection open until the cut.
        if !*muted.borrow() && to_client.write_all(&octets[..read]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers each octet with itself, and what has come to it.
    async fn echo() -> (SocketAddr, watch::Receiver<usize>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (count, counted) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let count = count.clone();
                tokio::spawn(async move {
                    let mut octets = [0; 64];
                    while let Ok(read @ 1..) = stream.read(&mut octets).await {
                        count.send_modify(|count| *count += read);
                        if stream.write_all(&octets[..read]).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (address, counted)
    }

    async fn ask(stream: &mut TcpStream) -> io::Result<[u8; 8]> {
        stream.write_all(b"request.").await?;
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn a_line_in_order_carries_everything() {
        let (server, _) = echo().await;
        let proxy = FaultProxy::to(server, 1).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        for _ in 0..100 {
            assert_eq!(ask(&mut stream).await.unwrap(), *b"request.");
        }
        assert_eq!((proxy.requests(), proxy.faults()), (100, 0));
    }

    #[tokio::test]
    async fn a_line_in_trouble_cuts_before_half_way_and_after() {
        let (server, mut counted) = echo().await;
        let proxy = FaultProxy::to(server, 2).await.unwrap();
        proxy.delay(Duration::from_millis(1));
        proxy.trouble(NonZeroU64::MIN);
        let mut arrived = [0; 3];
        for _ in 0..60 {
            let before = *counted.borrow_and_update();
            let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
            if ask(&mut stream).await.is_ok() {
                continue;
            }
            // A cut half-way may still be on its way to the server; then it counts with the next.
            tokio::task::yield_now().await;
            arrived[match *counted.borrow() - before {
                0 => 0,
                1..8 => 1,
                _ => 2,
            }] += 1;
        }
        assert_eq!(proxy.faults(), 60);
        assert!(arrived[0] > 0 && arrived[2] > 0, "{arrived:?}");
        proxy.calm();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(ask(&mut stream).await.is_ok());
        proxy.cut_all();
        assert!(ask(&mut stream).await.is_err());
    }

    #[tokio::test]
    async fn a_line_is_silent_for_those_who_have_said_so_and_for_nobody_else() {
        let (server, mut counted) = echo().await;
        let proxy = FaultProxy::to(server, 3).await.unwrap();
        proxy.silence(b"listen");
        let mut listener = TcpStream::connect(proxy.address()).await.unwrap();
        listener.write_all(b"listen!.").await.unwrap();
        counted.wait_for(|octets| *octets == 8).await.unwrap();
        let mut other = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(ask(&mut other).await.unwrap(), *b"request.");
        let mut answer = [0];
        assert!(listener.try_read(&mut answer).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock));
    }
}
