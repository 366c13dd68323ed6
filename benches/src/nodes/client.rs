//! A user who sends the same request again and again.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::answer::Answer;
use super::error::NodesError;
use crate::request::Route;

/// A connection to a node on which somebody has signed in.
pub struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

/// More than any answer of the application takes.
const ANSWER_OCTETS_MAX: usize = 4 << 10;

impl Client {
    /// Connects; `request` is what is going to be asked.
    ///
    /// # Errors
    /// [`NodesError`].
    pub async fn connect(port: u16, request: String) -> Result<Self, NodesError> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        let stream = stream.map_err(NodesError::system("cannot connect to a node"))?;
        stream.set_nodelay(true).map_err(NodesError::system("cannot set up a connection"))?;
        Ok(Self { stream, request: request.into_bytes(), buffer: vec![0; ANSWER_OCTETS_MAX] })
    }

    /// Connects, and signs this user in.
    ///
    /// # Errors
    /// [`NodesError`].
    pub async fn sign_in(port: u16, user: u64) -> Result<Self, NodesError> {
        let path = format!("/sign-in/{user}");
        let request = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
        let mut client = Self::connect(port, request).await?;
        let answer = client.exchange().await?;
        let cookie =
            answer.cookie().ok_or_else(|| NodesError::Answer { path, answer: answer.head.to_owned() })?;
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n",
            Route::Dashboard.path()
        );
        client.request = request.into_bytes();
        Ok(client)
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`NodesError`], also when the node answers something else.
    pub async fn ask(&mut self) -> Result<(), NodesError> {
        self.exchange().await.map(drop)
    }

    async fn exchange(&mut self) -> Result<Answer<'_>, NodesError> {
        let cannot_ask = || NodesError::system("cannot ask a node");
        self.stream.write_all(&self.request).await.map_err(cannot_ask())?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.map_err(cannot_ask())?;
            filled += read;
            match Answer::parse(&self.buffer[..filled]) {
                Ok(Some(answer)) if answer.is_ok() && answer.len == filled => break,
                Ok(None) if read > 0 => {}
                _ => return Err(self.unexpected(filled)),
            }
        }
        // Again, since a borrow that is returned from a loop would last all its turns.
        Answer::parse(&self.buffer[..filled]).ok().flatten().ok_or_else(|| self.unexpected(filled))
    }

    #[cold]
    fn unexpected(&self, filled: usize) -> NodesError {
        let line = self.request.split(|octet| *octet == b'\r').next().unwrap_or_default();
        NodesError::Answer {
            path: String::from_utf8_lossy(line).into_owned(),
            answer: String::from_utf8_lossy(&self.buffer[..filled]).into_owned(),
        }
    }
}

/// Lets all clients ask at once for so long, each its next request when the last is answered; how often they were, and
/// how long it took until the last answer.
///
/// # Errors
/// The first [`NodesError`] of any of them.
///
/// # Panics
/// When a client does.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub async fn work(clients: &mut Vec<Client>, time: Duration) -> Result<(u64, Duration), NodesError> {
    let started = Instant::now();
    let until = started + time;
    let working: Vec<_> = clients
        .drain(..)
        .map(|mut client| {
            tokio::spawn(async move {
                let mut requests = 0_u64;
                while Instant::now() < until {
                    client.ask().await?;
                    requests += 1;
                }
                Ok::<_, NodesError>((client, requests))
            })
        })
        .collect();
    let mut all = 0;
    for client in working {
        let (client, requests) = client.await.expect("a panic goes on")?;
        clients.push(client);
        all += requests;
    }
    Ok((all, started.elapsed()))
}
