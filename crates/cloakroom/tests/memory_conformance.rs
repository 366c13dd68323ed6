//! The memory store keeps every promise of the store contracts.

use cloakroom::MemoryStore;
use cloakroom_testkit::{Fixture, conformance_tests};

conformance_tests!(indexed: async || Fixture::new(MemoryStore::new()));
