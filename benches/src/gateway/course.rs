//! A way that requests take, and what was measured on it.

use std::time::Duration;

use super::load::work;
use crate::nodes::{Client, NodesError, Usage};
use crate::spread::Spread;

/// Requests of one kind, the processes on their way, and all turns so far.
pub struct Course {
    /// What the table calls it.
    pub name: &'static str,
    clients: Vec<Client>,
    /// All processes on the way that are measured; the application is none of them.
    all: Vec<u32>,
    /// Of these, those that answer who may pass.
    asked: Vec<u32>,
    turns: Vec<Turn>,
}

/// One turn.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// How many requests were answered.
    pub requests: u64,
    /// Half of the answers came sooner.
    pub p50: Duration,
    /// Of a hundred answers, 99 came sooner.
    pub p99: Duration,
    /// What all processes used.
    pub all: Usage,
    /// What those used that answer who may pass.
    pub asked: Usage,
}

/// Before its turn a course is used for so long, which is not counted.
const WARM_UP: Duration = Duration::from_millis(20);

impl Course {
    /// A course of so many clients, who send this request to this port.
    ///
    /// # Errors
    /// [`NodesError`], also when the first answer is none of success.
    pub async fn new(
        name: &'static str,
        (port, request): (u16, &str),
        clients: usize,
        (all, asked): (Vec<u32>, Vec<u32>),
    ) -> Result<Self, NodesError> {
        let mut connected = Vec::with_capacity(clients);
        for _ in 0..clients {
            let mut client = Client::connect(port, request.to_owned()).await?;
            client.ask().await?;
            connected.push(client);
        }
        Ok(Self { name, clients: connected, all, asked, turns: Vec::new() })
    }

    /// One turn.
    ///
    /// # Errors
    /// [`NodesError`].
    pub async fn turn(&mut self, time: Duration) -> Result<Turn, NodesError> {
        work(&mut self.clients, WARM_UP).await?;
        let before = self.usage();
        let mut answers = work(&mut self.clients, time).await?;
        let [all, asked] = self.usage();
        answers.sort_unstable();
        let at = |part: usize| answers.get(answers.len() * part / 100).copied().unwrap_or_default();
        let turn = Turn {
            requests: answers.len() as u64,
            p50: at(50),
            p99: at(99),
            all: all.since(before[0]),
            asked: asked.since(before[1]),
        };
        self.turns.push(turn);
        Ok(turn)
    }

    fn usage(&self) -> [Usage; 2] {
        [&self.all, &self.asked].map(|processes| Usage::of(processes.iter().copied()))
    }

    /// Microseconds of the processor for each request.
    pub fn all_us(&self) -> Spread {
        Spread::of(self.turns.iter().map(Turn::all_us))
    }

    /// The same of those that answer who may pass.
    pub fn asked_us(&self) -> Spread {
        Spread::of(self.turns.iter().map(Turn::asked_us))
    }

    /// Microseconds until an answer: in the median, and 99 in 100.
    pub fn answers_us(&self) -> [Spread; 2] {
        let us = |part: fn(&Turn) -> Duration| {
            Spread::of(self.turns.iter().map(|turn| part(turn).as_secs_f64() * 1e6))
        };
        [us(|turn| turn.p50), us(|turn| turn.p99)]
    }

    /// By how much 99 in 100 answers are later than the median at most.
    pub fn tail(&self) -> Spread {
        Spread::of(self.turns.iter().map(|turn| turn.p99.as_secs_f64() / turn.p50.as_secs_f64()))
    }

    /// A number of this course over that of another, round by round.
    pub fn over(&self, other: &Self, number: fn(&Turn) -> f64) -> Spread {
        Spread::of(self.turns.iter().zip(&other.turns).map(|(ours, other)| number(ours) / number(other)))
    }
}

impl Turn {
    /// Microseconds of the processor for each request.
    pub fn all_us(&self) -> f64 {
        self.each_us(self.all)
    }

    /// The same of those that answer who may pass.
    pub fn asked_us(&self) -> f64 {
        self.each_us(self.asked)
    }

    #[expect(clippy::cast_precision_loss, reason = "no turn has 2^52 requests")]
    fn each_us(&self, usage: Usage) -> f64 {
        usage.busy.as_secs_f64() * 1e6 / self.requests as f64
    }
}
