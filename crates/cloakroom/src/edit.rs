//! The changes to slots that a request has made and not yet written.

use cloakroom_core::Slots;
use cloakroom_core::machine::Edits;

use crate::slot::SlotError;

/// One change; may be made again on a newer record.
pub(crate) type Edit = Box<dyn FnMut(&mut Slots) -> Result<(), SlotError> + Send>;

/// Changes in the order in which they were made.
#[derive(Default)]
pub(crate) struct SlotEdits(pub(crate) Vec<Edit>);

impl Edits for SlotEdits {
    type Error = SlotError;

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn apply(&mut self, slots: &mut Slots) -> Result<(), SlotError> {
        self.0.iter_mut().try_for_each(|edit| edit(slots))
    }
}
