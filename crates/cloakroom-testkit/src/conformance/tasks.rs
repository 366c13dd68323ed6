//! Many things at once, and things that are given up half-way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Barrier;
use tokio::task::{JoinError, JoinHandle};

/// Runs the tasks at once, on as many threads as the runtime has, and gives their results in order.
///
/// They wait for each other before they begin, so that none is done before the last has started.
pub(crate) async fn together<F>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    beside(std::future::ready(()), tasks).await.1
}

/// Runs one task beside many others, all at once.
pub(crate) async fn beside<A, B>(one: A, others: impl IntoIterator<Item = B>) -> (A::Output, Vec<B::Output>)
where
    A: Future<Output: Send> + Send + 'static,
    B: Future<Output: Send> + Send + 'static,
{
    let others: Vec<B> = others.into_iter().collect();
    let barrier = Arc::new(Barrier::new(others.len() + 1));
    let one = started(Arc::clone(&barrier), one);
    let others: Vec<_> = others.into_iter().map(|task| started(Arc::clone(&barrier), task)).collect();
    let one = result_of(one.await);
    let mut results = Vec::with_capacity(others.len());
    for task in others {
        results.push(result_of(task.await));
    }
    (one, results)
}

/// Runs two different tasks at once.
pub(crate) async fn both<A, B>(one: A, other: B) -> (A::Output, B::Output)
where
    A: Future<Output: Send> + Send + 'static,
    B: Future<Output: Send> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(2));
    let (one, other) = (started(Arc::clone(&barrier), one), started(barrier, other));
    (result_of(one.await), result_of(other.await))
}

/// Waits for a number of turns that differs from round to round, so that a race is not always won by the same side.
pub(crate) async fn staggered(round: u64) {
    for _ in 0..round * 7 % 40 {
        tokio::task::yield_now().await;
    }
}

fn started<F>(barrier: Arc<Barrier>, task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(async move {
        barrier.wait().await;
        task.await
    })
}

fn result_of<T>(joined: Result<T, JoinError>) -> T {
    joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Polls a future a number of times and drops it unless it is done by then.
pub(crate) async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    GivenUp { future: Box::pin(future), polls_left: polls }.await
}

struct GivenUp<F> {
    future: Pin<Box<F>>,
    polls_left: usize,
}

impl<F: Future> Future for GivenUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            return Poll::Ready(None);
        }
        self.polls_left -= 1;
        match self.future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.polls_left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
