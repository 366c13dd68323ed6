//! Collecting rubbish.
//!
//! Memcached drops a row by itself a day after its end, and sooner when it needs the room; a purge is for those who want the room
//! back at once. It walks over all keys of every server, which takes a second for some hundred thousand, so call it every
//! hour rather than every minute, or never.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::error::Trouble;
use crate::servers::{Deleted, Server, Servers};
use crate::sessions::Found;

/// How often a server is asked that is walking over its keys for somebody else, and how long we wait between.
const BUSY_TURNS: u32 = 200;
const BUSY_TURN: Duration = Duration::from_millis(20);

impl Servers {
    pub(crate) async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, Trouble> {
        let mut removed = 0;
        for server in self.iter() {
            for key in server.keys().await? {
                if removed == rows_max {
                    return Ok(removed);
                }
                let Some(id) = self.session_of(&key) else { continue };
                // A row that was touched or written since it was read is not due, or the next purge takes it.
                if let Found::Session(loaded, cas) = self.find(id).await?
                    && loaded.row.expires_at <= now
                    && self.delete(id, Some(cas)).await? == Deleted::Done
                {
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

impl Server {
    /// All keys, other applications' too.
    async fn keys(&self) -> Result<Vec<String>, Trouble> {
        for _ in 0..BUSY_TURNS {
            if let Some(keys) = self.walk().await? {
                return Ok(keys);
            }
            sleep(BUSY_TURN).await;
        }
        Err(self.refused("BUSY"))
    }

    /// The same, on a connection of its own; `None` when the server is busy with another walk.
    async fn walk(&self) -> Result<Option<Vec<String>>, Trouble> {
        let late = |_| Trouble::Late { address: Arc::clone(self.address()) };
        let broken = |error: io::Error| Trouble::Broken {
            address: Arc::clone(self.address()),
            source: Some(Arc::new(error)),
        };
        let connecting = timeout(self.patience().connect, TcpStream::connect(&**self.address()));
        let mut stream = connecting.await.map_err(late)?.map_err(broken)?;
        stream.write_all(b"lru_crawler metadump hash\r\n").await.map_err(broken)?;
        let (mut octets, mut keys) = (Vec::new(), Vec::new());
        loop {
            let mut used = 0;
            while let Some(end) = memchr::memchr(b'\n', &octets[used..]) {
                let line = String::from_utf8_lossy(&octets[used..used + end]);
                used += end + 1;
                // The lines of keys end without a carriage return.
                match line.trim_end().split(' ').next().unwrap_or_default() {
                    "END" => return Ok(Some(keys)),
                    "BUSY" => return Ok(None),
                    word => {
                        let key = word.strip_prefix("key=").ok_or_else(|| self.refused(&line))?;
                        keys.push(key.to_owned());
                    }
                }
            }
            octets.drain(..used);
            let read = timeout(self.patience().answer, stream.read_buf(&mut octets));
            if read.await.map_err(late)?.map_err(broken)? == 0 {
                return Err(broken(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    fn refused(&self, answer: &str) -> Trouble {
        Trouble::Refused { address: Arc::clone(self.address()), answer: answer.to_owned() }
    }
}
