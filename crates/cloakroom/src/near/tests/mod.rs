//! Tests of the near cache that look inside; the others are in the crate's `tests/near`.

mod interleavings;
