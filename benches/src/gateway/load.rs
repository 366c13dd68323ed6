//! Clients that ask again and again, and how long each answer took.

use std::time::{Duration, Instant};

use crate::nodes::{Client, NodesError};

/// Lets all clients ask at once for so long, each its next request when the last is answered; how long each answer took.
///
/// # Errors
/// The first [`NodesError`] of any of them.
///
/// # Panics
/// When a client does.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub async fn work(clients: &mut Vec<Client>, time: Duration) -> Result<Vec<Duration>, NodesError> {
    let until = Instant::now() + time;
    let working: Vec<_> = clients
        .drain(..)
        .map(|mut client| {
            tokio::spawn(async move {
                let mut answers = Vec::new();
                let mut now = Instant::now();
                while now < until {
                    client.ask().await?;
                    let answered = Instant::now();
                    answers.push(answered - now);
                    now = answered;
                }
                Ok::<_, NodesError>((client, answers))
            })
        })
        .collect();
    let mut all = Vec::new();
    for client in working {
        let (client, answers) = client.await.expect("a panic goes on")?;
        clients.push(client);
        all.extend(answers);
    }
    Ok(all)
}
