//! How keys take over from one another, second by second.

use std::time::Duration;

use cloakroom_core::{Timestamp, minutes, seconds};
use cloakroom_jwt::{Algorithm, InvalidKeys, Refused, ScheduledKey, SigningKeys};
use serde_json::Value;

use crate::support::{ALGORITHMS, NOW, key, mint, verifier};

const ANNOUNCEMENT: Duration = seconds(60);
/// Five minutes that a token lives, and a minute of leeway.
const AFTERLIFE: Duration = seconds(360);

fn published(keys: &SigningKeys, now: Timestamp) -> Vec<String> {
    let jwks: Value = serde_json::from_str(&keys.jwks(now)).unwrap();
    let names = jwks["keys"].as_array().unwrap().iter();
    names.map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}

fn id(number: u64) -> String {
    key(Algorithm::EdDsa, number).id().to_string()
}

#[test]
fn a_verifier_that_refreshes_in_time_knows_every_key_and_believes_no_withdrawn_one() {
    // As often as it has to, at every offset to the rotation that a few periods bring about; and a lazy one's control.
    for (period, offset) in [(60, 0), (60, 31), (60, 59), (7, 3)] {
        let verdicts = Timeline { period, offset }.run();
        assert_eq!(verdicts.unknown, 0, "a good token was refused: every {period} s from second {offset} on");
        assert!(verdicts.good > 3000);
        assert!(verdicts.forged_in_time > 0, "the forger's key was never good, so nothing is shown");
        assert_eq!(verdicts.forged_too_late, 0, "a withdrawn key was believed");
    }
    assert!(
        Timeline { period: 400, offset: 59 }.run().unknown > 0,
        "a verifier that reads too seldom is caught"
    );
}

/// Half an hour in which the key changes every ten minutes.
struct Timeline {
    /// How often the verifier reads the key set, in seconds.
    period: u64,
    offset: u64,
}

#[derive(Default)]
struct Verdicts {
    good: usize,
    unknown: usize,
    forged_in_time: usize,
    forged_too_late: usize,
}

impl Timeline {
    fn run(&self) -> Verdicts {
        const ROTATION: u64 = 600;
        let mut keys = SigningKeys::begin(key(Algorithm::EdDsa, 0), NOW).announced_for(ANNOUNCEMENT);
        let verifier = verifier(Algorithm::EdDsa, &keys.jwks(NOW)).with_leeway(seconds(60)).unwrap();
        let stolen = SigningKeys::begin(key(Algorithm::EdDsa, 0), NOW);
        let mut verdicts = Verdicts::default();
        let mut live = Vec::new();
        for second in 0..1800 {
            let now = NOW.after(seconds(second));
            if second > 0 && second % ROTATION == 0 {
                keys.rotate(key(Algorithm::EdDsa, second / ROTATION), now).unwrap();
            }
            if second % self.period == self.offset % self.period {
                verifier.refresh(keys.jwks(now).as_bytes()).unwrap();
            }
            live.push((second, mint(&keys, now)));
            // Each token at its first moment, and at the last at which a verifier whose clock is behind accepts it.
            let oldest = second.saturating_sub(359);
            live.retain(|(minted, _)| *minted >= oldest);
            for (minted, token) in [live.first(), live.last()].into_iter().flatten() {
                match verifier.verify(token.expose(), now) {
                    Ok(_) => verdicts.good += 1,
                    Err(Refused::UnknownKey) => verdicts.unknown += 1,
                    Err(other) => panic!("{other} at second {second}, minted at {minted}"),
                }
            }
            // Somebody has the first key. It signs until second 660 and is withdrawn at 1,020.
            let forged = mint(&stolen, now);
            let is_believed = verifier.verify(forged.expose(), now).is_ok();
            let is_withdrawn = second >= ROTATION + 60 + 360 + self.period;
            verdicts.forged_in_time += usize::from(is_believed && !is_withdrawn);
            verdicts.forged_too_late += usize::from(is_believed && is_withdrawn);
        }
        verdicts
    }
}

#[test]
fn a_key_is_announced_then_signs_then_is_only_believed_then_is_gone() {
    let mut keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW).announced_for(ANNOUNCEMENT);
    let rotated = NOW.after(minutes(10));
    assert_eq!(published(&keys, rotated), [id(1)]);
    keys.rotate(key(Algorithm::EdDsa, 2), rotated).unwrap();
    assert_eq!(published(&keys, rotated), [id(1), id(2)], "announced, and the first still signs");

    let takes_over = rotated.after(ANNOUNCEMENT);
    let ms = Duration::from_millis(1);
    assert_eq!(published(&keys, takes_over.before(ms)), [id(1), id(2)]);
    assert_eq!(published(&keys, takes_over), [id(2), id(1)], "the second signs");
    let withdrawn = takes_over.after(AFTERLIFE);
    assert_eq!(published(&keys, withdrawn.before(ms)), [id(2), id(1)]);
    assert_eq!(published(&keys, withdrawn), [id(2)]);

    keys.forget_withdrawn(withdrawn.before(ms));
    assert_eq!(keys.scheduled().len(), 2);
    keys.forget_withdrawn(withdrawn);
    assert_eq!(keys.scheduled().len(), 1);
    keys.forget_withdrawn(Timestamp::MAX);
    assert_eq!(keys.scheduled().len(), 1, "the key that signs is never forgotten");
}

#[test]
fn a_key_that_somebody_else_has_is_gone_at_once() {
    for algorithm in ALGORITHMS {
        let mut keys = SigningKeys::begin(key(algorithm, 1), NOW);
        keys.rotate(key(algorithm, 2), NOW).unwrap();
        let verifier = verifier(algorithm, &keys.jwks(NOW));
        let before = mint(&keys, NOW);
        keys.replace_compromised(key(algorithm, 3), NOW).unwrap();
        let after = mint(&keys, NOW);
        assert_eq!(verifier.verify(after.expose(), NOW), Err(Refused::UnknownKey));
        assert!(Refused::UnknownKey.may_be_of_a_newer_key());
        verifier.refresh(keys.jwks(NOW).as_bytes()).unwrap();
        assert!(verifier.verify(after.expose(), NOW).is_ok());
        assert_eq!(verifier.verify(before.expose(), NOW), Err(Refused::UnknownKey));
    }
}

#[test]
fn a_ring_that_is_restored_publishes_and_signs_as_before() {
    let mut keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW).announced_for(ANNOUNCEMENT);
    keys.rotate(key(Algorithm::EdDsa, 2), NOW.after(minutes(1))).unwrap();
    let kept = keys.scheduled().iter().rev().map(|scheduled| ScheduledKey {
        key: cloakroom_jwt::SigningKey::from_pkcs8_pem(Algorithm::EdDsa, &scheduled.key.expose_pkcs8_pem())
            .unwrap(),
        published_from: scheduled.published_from,
        signs_from: scheduled.signs_from,
    });
    let restored = SigningKeys::restore(kept.collect()).unwrap();
    for second in (0..900).step_by(10) {
        let now = NOW.after(seconds(second));
        assert_eq!(restored.jwks(now), keys.jwks(now), "second {second}");
        assert_eq!(mint(&restored, now).expose(), mint(&keys, now).expose(), "second {second}");
    }
}

#[test]
fn keys_that_make_no_ring_are_refused() {
    let scheduled = |algorithm, seed, from, signs| ScheduledKey {
        key: key(algorithm, seed),
        published_from: NOW.after(seconds(from)),
        signs_from: NOW.after(seconds(signs)),
    };
    let refused = |keys| SigningKeys::restore(keys).err().unwrap();
    assert_eq!(refused(vec![]), InvalidKeys::Empty);
    let (first, second) = (scheduled(Algorithm::EdDsa, 1, 0, 0), scheduled(Algorithm::Es256, 2, 0, 1));
    assert_eq!(
        refused(vec![first, second]),
        InvalidKeys::MixedAlgorithms { id: key(Algorithm::Es256, 2).id().clone() }
    );
    let id = key(Algorithm::EdDsa, 1).id().clone();
    let (first, second) = (scheduled(Algorithm::EdDsa, 1, 0, 0), scheduled(Algorithm::EdDsa, 1, 0, 1));
    assert_eq!(refused(vec![first, second]), InvalidKeys::Twice { id: id.clone() });
    assert_eq!(
        refused(vec![scheduled(Algorithm::EdDsa, 1, 2, 1)]),
        InvalidKeys::SignsUnpublished { id: id.clone() }
    );

    let mut keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW);
    let again = keys.rotate(key(Algorithm::EdDsa, 1), NOW);
    assert_eq!(again, Err(InvalidKeys::Twice { id: id.clone() }));
    assert_eq!(keys.replace_compromised(key(Algorithm::EdDsa, 1), NOW), Err(InvalidKeys::Twice { id }));
    assert!(keys.rotate(key(Algorithm::Es256, 2), NOW).is_err());
    assert_eq!(published(&keys, NOW), [self::id(1)]);
}
