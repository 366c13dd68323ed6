//! Numbers at fixed places, one for each combination of labels.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

/// A label whose values are known beforehand.
pub(super) trait Label: Copy + 'static {
    /// All values, in the order of their places.
    const ALL: &'static [Self];

    /// The place of a value.
    fn place(self) -> usize;

    /// How it is written.
    fn as_str(self) -> &'static str;
}

/// Labels with their names, and what they are in the text.
macro_rules! labels {
    ($($(#[doc = $about:literal])+ $label:ident { $($(#[doc = $doc:literal])+ $value:ident $name:literal,)+ })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $label { $($(#[doc = $doc])+ $value,)+ }

        impl $crate::metrics::series::Label for $label {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn place(self) -> usize {
                self as usize
            }

            fn as_str(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }
        }
    )+};
}
pub(super) use labels;

/// A counter for each value of one label.
#[derive(Debug)]
pub(super) struct Counts<A>(Box<[AtomicU64]>, PhantomData<A>);

/// A counter for each pair of values.
#[derive(Debug)]
pub(super) struct CountsOfTwo<A, B>(Box<[AtomicU64]>, PhantomData<(A, B)>);

impl<A: Label> Counts<A> {
    pub(super) fn add(&self, a: A) {
        self.add_some(a, 1);
    }

    /// Several at once.
    pub(super) fn add_some(&self, a: A, number: u64) {
        self.0[a.place()].fetch_add(number, Ordering::Relaxed);
    }

    /// Every value with its number, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (A, u64)> {
        A::ALL.iter().map(|a| (*a, self.0[a.place()].load(Ordering::Relaxed)))
    }
}

impl<A: Label, B: Label> CountsOfTwo<A, B> {
    pub(super) fn add(&self, a: A, b: B) {
        self.0[a.place() * B::ALL.len() + b.place()].fetch_add(1, Ordering::Relaxed);
    }

    /// Every pair with its number, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (A, B, u64)> {
        let of = |a: A, b: B| self.0[a.place() * B::ALL.len() + b.place()].load(Ordering::Relaxed);
        A::ALL.iter().flat_map(move |a| B::ALL.iter().map(move |b| (*a, *b, of(*a, *b))))
    }
}

impl<A: Label> Default for Counts<A> {
    fn default() -> Self {
        Self(A::ALL.iter().map(|_| AtomicU64::new(0)).collect(), PhantomData)
    }
}

impl<A: Label, B: Label> Default for CountsOfTwo<A, B> {
    fn default() -> Self {
        let pairs = A::ALL.len() * B::ALL.len();
        Self((0..pairs).map(|_| AtomicU64::new(0)).collect(), PhantomData)
    }
}
