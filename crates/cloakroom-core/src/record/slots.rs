//! The data of a session: named values, kept encoded until somebody asks for one.
//!
//! ```text
//! slot = flags, 1 octet | length of name, 1 octet | name | length of value, varint | value
//! ```

use smallvec::SmallVec;
use thiserror::Error;

use super::octets::{Reader, put_varint};

const KEPT_AT_SIGN_IN: u8 = 1;

/// The named values of a session.
///
/// A handful of short values is the common case, so a look-up scans, and nothing is decoded before it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots(SmallVec<[u8; 48]>);

/// The values of a session would take more room than a session may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the session's values would take {octets} octets, and may take {octets_max}")]
pub struct SlotTooLarge {
    /// What they would take.
    pub octets: usize,
    /// What they may take.
    pub octets_max: usize,
}

impl Slots {
    /// The most octets that a slot's name may have.
    pub const NAME_LEN_MAX: usize = 64;
    /// The most octets of all slots together: 64 KiB.
    pub const OCTETS_MAX: usize = 64 * 1024;

    /// The value of this slot.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|slot| slot.name == name.as_bytes()).map(|slot| slot.value)
    }

    /// Sets the value of a slot, and whether it crosses a sign-in.
    ///
    /// # Errors
    /// [`SlotTooLarge`], and nothing has changed.
    ///
    /// # Panics
    /// When the name has more than [`Slots::NAME_LEN_MAX`] octets, which the slot types of `cloakroom` rule out.
    pub fn set(
        &mut self,
        name: &str,
        value: &[u8],
        kept_at_sign_in: KeptAtSignIn,
    ) -> Result<(), SlotTooLarge> {
        let slots = self.with(name, value, kept_at_sign_in);
        if slots.len() > Self::OCTETS_MAX {
            return Err(SlotTooLarge { octets: slots.len(), octets_max: Self::OCTETS_MAX });
        }
        self.0 = slots;
        Ok(())
    }

    /// Sets a short value of the library's own, which finds room beyond what the application has taken.
    pub(super) fn set_beyond_the_limit(&mut self, name: &str, value: &[u8]) {
        self.0 = self.with(name, value, KeptAtSignIn::No);
    }

    fn with(&self, name: &str, value: &[u8], kept_at_sign_in: KeptAtSignIn) -> SmallVec<[u8; 48]> {
        assert!(name.len() <= Self::NAME_LEN_MAX, "a slot's name has at most {} octets", Self::NAME_LEN_MAX);
        let mut slots = self.without(name);
        slots.push(match kept_at_sign_in {
            KeptAtSignIn::Yes => KEPT_AT_SIGN_IN,
            KeptAtSignIn::No => 0,
        });
        slots.push(u8::try_from(name.len()).expect("64 fits an octet"));
        slots.extend_from_slice(name.as_bytes());
        put_varint(value.len() as u64, |octet| slots.push(octet));
        slots.extend_from_slice(value);
        slots
    }

    /// Removes a slot; nothing happens when there is none.
    pub fn remove(&mut self, name: &str) {
        self.0 = self.without(name);
    }

    /// The slots that cross a sign-in.
    #[must_use]
    pub fn kept_at_sign_in(&self) -> Self {
        let kept = self.iter().filter(|slot| slot.flags & KEPT_AT_SIGN_IN != 0);
        Self(kept.fold(SmallVec::new(), |mut octets, slot| {
            octets.extend_from_slice(slot.encoded);
            octets
        }))
    }

    /// Whether there is no slot.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many octets the slots take in a record.
    pub fn octets(&self) -> usize {
        self.0.len()
    }

    pub(super) fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// Reads slots back, and checks that every one of them is whole.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        let mut rest = Reader::new(octets);
        while !rest.rest().is_empty() {
            Slot::read(&mut rest)?;
        }
        Some(Self(SmallVec::from_slice(octets)))
    }

    fn without(&self, name: &str) -> SmallVec<[u8; 48]> {
        let mut octets = SmallVec::with_capacity(self.0.len());
        for slot in self.iter().filter(|slot| slot.name != name.as_bytes()) {
            octets.extend_from_slice(slot.encoded);
        }
        octets
    }

    fn iter(&self) -> impl Iterator<Item = Slot<'_>> {
        let mut rest = Reader::new(&self.0);
        std::iter::from_fn(move || Slot::read(&mut rest))
    }
}

/// Whether a slot crosses a sign-in, like a guest's cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAtSignIn {
    /// It is carried over from the visitor's session.
    Yes,
    /// It ends with the visitor's session.
    No,
}

struct Slot<'a> {
    flags: u8,
    name: &'a [u8],
    value: &'a [u8],
    encoded: &'a [u8],
}

impl<'a> Slot<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let whole = reader.rest();
        let flags = reader.octet()?;
        let name_len = reader.octet()?;
        let name = reader.take(usize::from(name_len))?;
        let value_len = usize::try_from(reader.varint()?).ok()?;
        let value = reader.take(value_len)?;
        let encoded = &whole[..whole.len() - reader.rest().len()];
        Some(Self { flags, name, value, encoded })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_marked_slots_cross_a_sign_in() {
        let mut slots = Slots::default();
        slots.set("cart", b"3 apples", KeptAtSignIn::Yes).unwrap();
        slots.set("draft", b"dear", KeptAtSignIn::No).unwrap();
        let kept = slots.kept_at_sign_in();
        assert_eq!((kept.get("cart"), kept.get("draft")), (Some(&b"3 apples"[..]), None));
    }

    #[test]
    fn a_value_that_does_not_fit_changes_nothing() {
        let mut slots = Slots::default();
        slots.set("a", b"1", KeptAtSignIn::No).unwrap();
        let before = slots.clone();
        assert!(slots.set("a", &vec![0; Slots::OCTETS_MAX], KeptAtSignIn::No).is_err());
        assert_eq!(slots, before);
    }

    #[test]
    fn torn_slots_are_refused() {
        let mut slots = Slots::default();
        slots.set("a", b"12345", KeptAtSignIn::No).unwrap();
        let octets = slots.as_octets();
        for len in 1..octets.len() {
            assert_eq!(Slots::from_octets(&octets[..len]), None, "{len}");
        }
    }

    proptest! {
        #[test]
        fn slots_behave_like_a_map(
            edits in prop::collection::vec(("[a-d]{1,2}", prop::option::of(prop::collection::vec(any::<u8>(), 0..300))), 0..20)
        ) {
            let mut slots = Slots::default();
            let mut map = std::collections::BTreeMap::new();
            for (name, value) in edits {
                if let Some(value) = value {
                    slots.set(&name, &value, KeptAtSignIn::No).unwrap();
                    map.insert(name, value);
                } else {
                    slots.remove(&name);
                    map.remove(&name);
                }
            }
            for (name, value) in &map {
                prop_assert_eq!(slots.get(name), Some(&value[..]));
            }
            prop_assert_eq!(slots.iter().count(), map.len());
            prop_assert_eq!(Slots::from_octets(slots.as_octets()), Some(slots));
        }
    }
}
