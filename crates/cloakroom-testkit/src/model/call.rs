//! An operation and its answer as values, so that a walk can be held against the model.

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Seen, Store, StoreError, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Timestamp};

use super::state::{Duplicate, State};

/// Something to ask of a store.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Load(SessionId),
    /// As [`Call::Load`], without waiting where the store can.
    LoadNow(SessionId),
    Insert {
        id: SessionId,
        row: Row,
        replaces: Option<Seen>,
    },
    Replace {
        id: SessionId,
        seen: Version,
        row: Row,
    },
    Touch(SessionId, Touch),
    Revoke(SessionId),
    /// Without a bound, since which rows a bounded purge takes is the store's choice.
    Purge(Timestamp),
}

/// What a store answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Loaded(Option<Loaded>),
    Inserted(Inserted),
    Duplicate,
    Swapped(Swap),
    Touched(Touched),
    Revoked(Revoked),
    Purged(usize),
}

/// Asks the store.
pub(crate) async fn perform<S: Store>(store: &S, call: &Call) -> Result<Answer, StoreError> {
    Ok(match call {
        Call::Load(id) => Answer::Loaded(store.load(*id).await?),
        Call::LoadNow(id) => Answer::Loaded(match store.load_now(*id) {
            Some(answer) => answer?,
            None => store.load(*id).await?,
        }),
        Call::Insert { id, row, replaces } => {
            match store.insert(Insert { id: *id, row, replaces: *replaces }).await {
                Ok(inserted) => Answer::Inserted(inserted),
                Err(error) if error.kind() == ErrorKind::Duplicate => Answer::Duplicate,
                Err(error) => return Err(error),
            }
        }
        Call::Replace { id, seen, row } => Answer::Swapped(store.replace(*id, *seen, row).await?),
        Call::Touch(id, touch) => Answer::Touched(store.touch(*id, *touch).await?),
        Call::Revoke(id) => Answer::Revoked(store.revoke(*id).await?),
        Call::Purge(now) => Answer::Purged(store.purge(*now, usize::MAX).await?),
    })
}

impl State {
    /// Carries the call out and says what is right to answer.
    ///
    /// What is the store's to choose is as in `given`: the version that a replace gives, and the reason to refuse.
    pub(crate) fn answer(&mut self, call: &Call, given: &Answer) -> Answer {
        match call {
            Call::Load(id) | Call::LoadNow(id) => Answer::Loaded(self.load(*id)),
            Call::Insert { id, row, replaces } => {
                let refused = self.refuses_to_replace(*replaces).map(Answer::Inserted);
                match self.insert(Insert { id: *id, row, replaces: *replaces }) {
                    Ok(inserted) => Answer::Inserted(inserted),
                    // Which of two reasons it gives is the store's choice.
                    Err(Duplicate) if refused.as_ref() == Some(given) => given.clone(),
                    Err(Duplicate) => Answer::Duplicate,
                }
            }
            Call::Replace { id, seen, row } => {
                let version = match given {
                    Answer::Swapped(Swap::Done(version)) if version != seen => *version,
                    _ => seen.next(),
                };
                Answer::Swapped(self.write(*id, *seen, version, row))
            }
            Call::Touch(id, touch) => Answer::Touched(self.touch(*id, *touch)),
            Call::Revoke(id) => Answer::Revoked(self.revoke(*id)),
            Call::Purge(now) => Answer::Purged(self.purge(*now, usize::MAX)),
        }
    }
}
