//! What became of an attack: each request with its answer, and whether it failed.

use crate::demo::wire::Exchange;

/// Whose turn a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Turn {
    /// What goes before, or shows that all is well.
    Scene,
    /// The attack itself.
    Attack,
}

/// One request, why it is sent, and its answer.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Step {
    pub(in crate::demo) turn: Turn,
    pub(in crate::demo) caption: String,
    pub(in crate::demo) exchange: Exchange,
    /// Whether the answer is the one that it should be.
    pub(in crate::demo) is_as_told: bool,
}

/// An attack that was carried out.
#[derive(Clone, Debug, Default)]
pub(in crate::demo) struct Outcome {
    pub(in crate::demo) steps: Vec<Step>,
}

impl Outcome {
    /// Tells a step of the scene.
    pub(super) fn scene(&mut self, caption: &str, exchange: Exchange, is_as_told: bool) {
        self.add(Turn::Scene, caption, exchange, is_as_told);
    }

    /// Tells a step of the attacker's.
    pub(super) fn attack(&mut self, caption: &str, exchange: Exchange, is_as_told: bool) {
        self.add(Turn::Attack, caption, exchange, is_as_told);
    }

    fn add(&mut self, turn: Turn, caption: &str, exchange: Exchange, is_as_told: bool) {
        self.steps.push(Step { turn, caption: caption.to_owned(), exchange, is_as_told });
    }

    /// Whether the attack failed, and everything around it went as told.
    pub(in crate::demo) fn has_failed(&self) -> bool {
        self.steps.iter().any(|step| step.turn == Turn::Attack)
            && self.steps.iter().all(|step| step.is_as_told)
    }
}
