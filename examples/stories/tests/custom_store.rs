//! The example of a store keeps every promise of the contract.

use cloakroom_examples::custom_store::MapStore;
use cloakroom_testkit::{Fixture, conformance_tests};

conformance_tests!(plain: async || Fixture::new(MapStore::default()));
