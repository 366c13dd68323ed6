//! Gates at which requests wait until a test lets them through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// All gates, by name; a gate is there as soon as somebody names it.
#[derive(Debug, Default)]
pub(crate) struct Gates(Mutex<HashMap<String, Arc<watch::Sender<Gate>>>>);

#[derive(Clone, Copy, Debug, Default)]
struct Gate {
    is_open: bool,
    waiting: usize,
}

impl Gates {
    /// Waits until the gate is open. A request that is dropped while it waits is not counted any more.
    pub(crate) async fn pass(&self, name: &str) {
        let gate = self.gate(name);
        let _waiting = Waiting::at(&gate);
        let mut state = gate.subscribe();
        // The sender is held above, so the wait ends by the gate being opened only.
        let _ = state.wait_for(|gate| gate.is_open).await;
    }

    pub(crate) fn waiting(&self, name: &str) -> usize {
        self.gate(name).borrow().waiting
    }

    /// Lets all through, now and later.
    pub(crate) fn open(&self, name: &str) {
        self.gate(name).send_modify(|gate| gate.is_open = true);
    }

    fn gate(&self, name: &str) -> Arc<watch::Sender<Gate>> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(name.to_owned()).or_insert_with(|| Arc::new(watch::Sender::default())))
    }
}

struct Waiting<'a>(&'a watch::Sender<Gate>);

impl<'a> Waiting<'a> {
    fn at(gate: &'a watch::Sender<Gate>) -> Self {
        gate.send_modify(|gate| gate.waiting += 1);
        Self(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|gate| gate.waiting -= 1);
    }
}
