//! Typed values of session data.

use std::marker::PhantomData;

use cloakroom_core::{KeptAtSignIn, SlotTooLarge, Slots};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The name and type of one value in a session, as a constant.
///
/// ```
/// use cloakroom::Slot;
/// # #[derive(serde::Serialize, serde::Deserialize)] struct Cart;
/// const CART: Slot<Cart> = Slot::new("cart").kept_at_sign_in();
/// const DRAFT: Slot<String> = Slot::new("draft");
/// ```
///
/// Values are kept as [postcard](https://docs.rs/postcard): a value's type is part of what is stored, and adding a field
/// to it makes old values unreadable ([`SlotError::Unreadable`]); give a changed type a new name.
pub struct Slot<T> {
    name: &'static str,
    kept_at_sign_in: KeptAtSignIn,
    value: PhantomData<fn() -> T>,
}

impl<T> Slot<T> {
    /// A slot of this name, which ends with the visitor's session when the user signs in.
    ///
    /// # Panics
    /// When the name is empty, begins with a NUL or has more than 64 octets; in a const that is a compile error.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty() && name.len() <= Slots::NAME_LEN_MAX, "a slot's name has 1 to 64 octets");
        assert!(name.as_bytes()[0] != 0, "a slot's name that begins with a NUL is the library's own");
        Self { name, kept_at_sign_in: KeptAtSignIn::No, value: PhantomData }
    }

    /// The same slot, carried over when the user signs in, like a guest's cart. Never from one user to another.
    #[must_use]
    pub const fn kept_at_sign_in(self) -> Self {
        Self { name: self.name, kept_at_sign_in: KeptAtSignIn::Yes, value: PhantomData }
    }

    /// The same slot when only its encoded value matters.
    pub(crate) const fn untyped(self) -> Slot<()> {
        Slot { name: self.name, kept_at_sign_in: self.kept_at_sign_in, value: PhantomData }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T: DeserializeOwned> Slot<T> {
    pub(crate) fn read(self, slots: &Slots) -> Result<Option<T>, SlotError> {
        let Some(octets) = slots.get(self.name) else { return Ok(None) };
        match postcard::from_bytes(octets) {
            Ok(value) => Ok(Some(value)),
            Err(source) => Err(SlotError::Unreadable { slot: self.name, source }),
        }
    }
}

impl<T: Serialize> Slot<T> {
    pub(crate) fn encode(self, value: &T) -> Result<Vec<u8>, SlotError> {
        postcard::to_allocvec(value).map_err(|source| SlotError::Unwritable { slot: self.name, source })
    }
}

impl Slot<()> {
    /// Writes an encoded value.
    pub(crate) fn write(self, slots: &mut Slots, octets: &[u8]) -> Result<(), SlotError> {
        slots.set(self.name, octets, self.kept_at_sign_in)?;
        Ok(())
    }
}

/// Why a slot could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SlotError {
    /// The session would hold more than 64 KiB; nothing has changed.
    #[error(transparent)]
    TooLarge(#[from] SlotTooLarge),
    /// The session is sealed and would not fit into its cookie; nothing has changed.
    #[error("the session would take {octets} octets, and {octets_max} fit into its cookie")]
    NoRoom {
        /// Octets that it would take.
        octets: usize,
        /// Octets that fit.
        octets_max: usize,
    },
    /// The value is not of the slot's type: it was written by another version of the program.
    #[error("the value of slot {slot:?} is of another type")]
    Unreadable {
        /// The slot's name.
        slot: &'static str,
        /// What the decoder found.
        source: postcard::Error,
    },
    /// The value's `Serialize` refused.
    #[error("a value for slot {slot:?} cannot be written")]
    Unwritable {
        /// The slot's name.
        slot: &'static str,
        /// What the encoder found.
        source: postcard::Error,
    },
}
