//! The decoders see only what is authentic, and still answer whatever it is.

use proptest::prelude::*;

use super::samples::samples;
use super::{from_etf, from_gob, from_json, from_marshal};

const WRITTEN: [&str; 3] = [
    include_str!("../../tests/data/etf.txt"),
    include_str!("../../tests/data/gob.txt"),
    include_str!("../../tests/data/marshal.txt"),
];

fn decode_all(octets: &[u8]) {
    // The verdict does not matter here: a change may make another value.
    let _ = (from_etf(octets), from_gob(octets), from_json(octets), from_marshal(octets));
}

/// A sample with a few octets changed, so that its head leads the decoder inside.
fn changed() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<Vec<u8>> =
        WRITTEN.iter().flat_map(|lines| samples(lines)).map(|(_, octets)| octets).collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    (prop::sample::select(all), changes).prop_map(|(mut octets, changes)| {
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        octets
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_octets_make_a_decoder_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_all(&octets);
    }

    #[test]
    fn no_changed_text_makes_a_decoder_panic(octets in changed()) {
        decode_all(&octets);
    }
}
