//! A wire between a store and its server on which the round trips are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Forwards connections.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    turns: Arc<AtomicUsize>,
}

impl Proxy {
    /// Forwards to this port of the loopback address, until the runtime ends.
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let own = listener.local_addr().expect("it is bound").port();
        let turns = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&turns);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await {
                    tokio::spawn(forward(client, server, Arc::clone(&counted)));
                }
            }
        });
        Self { port: own, turns }
    }

    /// How often a client has spoken after its server, in all connections; then the count begins anew.
    pub(crate) fn round_trips(&self) -> usize {
        self.turns.swap(0, Ordering::SeqCst)
    }
}

/// Whose turn it is to speak is known without a clock: a client that waits for an answer says nothing before it has come.
async fn forward(mut client: TcpStream, mut server: TcpStream, turns: Arc<AtomicUsize>) {
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_clients_turn = true;
    loop {
        tokio::select! {
            biased;
            read = server.read(&mut answered) => {
                let Ok(octets @ 1..) = read else { return };
                is_clients_turn = true;
                if client.write_all(&answered[..octets]).await.is_err() { return }
            }
            read = client.read(&mut asked) => {
                let Ok(octets @ 1..) = read else { return };
                if is_clients_turn {
                    turns.fetch_add(1, Ordering::SeqCst);
                }
                is_clients_turn = false;
                if server.write_all(&asked[..octets]).await.is_err() { return }
            }
        }
    }
}
