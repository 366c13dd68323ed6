//! Changes to the slots of a session, recorded so that they can be made again on a newer record.

use std::convert::Infallible;

use crate::record::Slots;

/// Changes to slots. They are applied again, from the start, whenever somebody else wrote first.
pub trait Edits {
    /// Why they cannot be made.
    type Error;

    /// Whether there are none.
    fn is_empty(&self) -> bool;

    /// Makes them.
    ///
    /// # Errors
    /// When a value does not fit, or cannot be read; nothing is written then.
    fn apply(&mut self, slots: &mut Slots) -> Result<(), Self::Error>;
}

/// No changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoEdits;

impl Edits for NoEdits {
    type Error = Infallible;

    fn is_empty(&self) -> bool {
        true
    }

    fn apply(&mut self, _: &mut Slots) -> Result<(), Infallible> {
        Ok(())
    }
}
