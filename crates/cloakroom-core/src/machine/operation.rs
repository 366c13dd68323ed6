//! What an operation asks of a store, and what it is told.

use crate::ids::SessionId;
use crate::store::{Cap, Fence, Loaded, Revoked, Row, Seen, SubjectInserted, Swap, Touch, Touched, Version};
use crate::time::Timestamp;

/// A request's business with one session, one question to the store at a time.
pub trait Operation {
    /// What it comes to.
    type Outcome;

    /// The first question, or the outcome when there is none to ask.
    fn begin(&mut self, now: Timestamp) -> Step<Self::Outcome>;

    /// The next question after the answer to the last.
    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Self::Outcome>;
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step<T> {
    /// Ask this of the store.
    Ask(Call),
    /// It has come to this.
    Done(T),
}

/// A question to a store. Rows are boxed, so that reading, the usual question, moves few octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// [`Store::load`](crate::store::Store::load)
    Load(SessionId),
    /// [`Store::load_fresh`](crate::store::Store::load_fresh)
    Reload(SessionId),
    /// [`Store::insert`](crate::store::Store::insert), or with index terms
    /// [`SubjectIndex::insert_for_subject`](crate::store::SubjectIndex::insert_for_subject).
    Insert {
        /// The new session.
        id: SessionId,
        /// Its row.
        row: Box<Row>,
        /// The session that ends in its favour.
        replaces: Option<Seen>,
        /// What an index has to watch.
        index: Option<IndexTerms>,
    },
    /// [`Store::replace`](crate::store::Store::replace)
    Replace {
        /// The session.
        id: SessionId,
        /// The write that was read.
        seen: Version,
        /// The new row.
        row: Box<Row>,
    },
    /// [`Store::touch`](crate::store::Store::touch)
    Touch {
        /// The session.
        id: SessionId,
        /// The activity.
        touch: Touch,
    },
    /// [`Store::revoke`](crate::store::Store::revoke)
    Revoke(SessionId),
}

/// What an index watches while a session is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexTerms {
    /// When the sign-in began.
    pub fence: Fence,
    /// How many live sessions the subject may have.
    pub cap: Option<Cap>,
}

/// A store's answer, of the kind that the call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Call::Load`] and [`Call::Reload`].
    Loaded(Option<Loaded>),
    /// To [`Call::Load`], by a store that keeps copies: a row that may be behind by its
    /// [`Store::staleness`](crate::store::Store::staleness).
    Near(Loaded),
    /// To [`Call::Insert`]; a store without an index evicts nobody.
    Inserted(SubjectInserted),
    /// To [`Call::Replace`].
    Swapped(Swap),
    /// To [`Call::Touch`].
    Touched(Touched),
    /// To [`Call::Revoke`].
    Revoked(Revoked),
}
