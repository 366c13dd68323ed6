//! What strangers send, and what only somebody with the issuer's key could.

use cloakroom_jwt::{Algorithm, Flaw, Refused};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{ALGORITHMS, NOW, NOW_SECONDS, World, claims, encode, mint};

#[test]
fn a_token_with_any_bit_flipped_is_refused() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let token = mint(&world.keys, NOW);
        assert!(world.verify(token.expose()).is_ok());
        for (place, character) in token.expose().char_indices() {
            for bit in 0..8 {
                let mut flipped = token.expose().to_owned();
                let other = char::from(u8::try_from(character).unwrap() ^ (1 << bit));
                flipped.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
                assert!(world.verify(&flipped).is_err(), "bit {bit} of character {place}");
            }
        }
    }
}

#[test]
fn a_token_that_is_cut_padded_or_put_together_anew_is_refused() {
    let world = World::of(Algorithm::EdDsa);
    let (one, other) = (mint(&world.keys, NOW), mint(&world.keys, NOW.after(cloakroom_core::seconds(1))));
    let text = one.expose();
    for end in 0..text.len() {
        assert!(world.verify(&text[..end]).is_err(), "the first {end} characters");
        assert!(world.verify(&text[end + 1..]).is_err(), "without the first {}", end + 1);
    }
    let wrapped =
        [format!(" {text}"), format!("{text} "), format!("{text}="), format!("{text}\n"), format!(".{text}")];
    let joined =
        [format!("{text}."), format!("{text}.{text}"), format!("Bearer {text}"), text.replacen('.', "..", 1)];
    for wrong in wrapped.iter().chain(&joined) {
        assert!(world.verify(wrong).is_err(), "{wrong}");
    }
    let (one, other): (Vec<&str>, Vec<&str>) =
        (text.split('.').collect(), other.expose().split('.').collect());
    let mixed = [one[0], other[1], one[2]].join(".");
    assert_eq!(world.verify(&mixed), Err(Refused::Signature));
}

#[test]
fn a_signature_has_one_text_and_one_length() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let token = mint(&world.keys, NOW);
        let (message, _) = token.expose().rsplit_once('.').unwrap();
        let zero = encode([0; 64]);
        let of_der = encode([&[0x30, 0x44, 2, 32][..], &[1; 32], &[2, 32], &[1; 32]].concat());
        for wrong in ["", "A", &zero, &of_der, &encode([1; 63]), &encode([1; 65]), &"A".repeat(5000)] {
            assert_eq!(world.verify(&format!("{message}.{wrong}")), Err(Refused::Signature), "{wrong}");
        }
    }
}

#[test]
fn the_header_is_held_to_its_word() {
    let world = World::of(Algorithm::EdDsa);
    for other in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "at+jwt ", "logout+jwt", ""] {
        assert_eq!(world.with_header("typ", json!(other)), Err(Refused::Type), "{other}");
    }
    for crit in [json!(["exp"]), json!([]), json!("b64"), json!(null)] {
        assert_eq!(world.with_header("crit", crit), Err(Refused::Critical));
    }
    let sign = |header: &str| world.verify(&world.forger.sign(header, &claims().to_string())).map(|_| ());
    let (kid, alg) = (&world.forger.kid, "EdDSA");
    assert_eq!(sign(&format!(r#"{{"alg":"{alg}","typ":"at+jwt"}}"#)), Err(Refused::NoKeyId));
    assert_eq!(sign(&format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#)), Err(Refused::Type));
    let expected = Algorithm::EdDsa;
    assert_eq!(sign(&format!(r#"{{"typ":"at+jwt","kid":"{kid}"}}"#)), Err(Refused::Algorithm { expected }));
    let good = format!(r#""alg":"{alg}","typ":"at+jwt","kid":"{kid}""#);
    assert_eq!(sign(&format!("{{{good}}}")), Ok(()));
    assert_eq!(
        sign(&format!("{{{good},\"b64\":false,\"zip\":\"DEF\"}}")),
        Ok(()),
        "unknown, so without effect"
    );
    assert_eq!(sign(&format!("{{{good},\"alg\":\"none\"}}")), Err(Refused::Header(Flaw::Duplicate)));
    assert_eq!(sign(&format!("{{{good},\"\\u0061lg\":\"none\"}}")), Err(Refused::Header(Flaw::Duplicate)));
    for wrong in ["", "null", "[]", "\"x\"", &format!("{{{good}"), &format!("{{{good}}}{{}}")] {
        assert_eq!(sign(wrong), Err(Refused::Header(Flaw::NotJson)), "{wrong}");
    }
    assert_eq!(sign(&format!("{{{good},\"x\":\"{}\"}}", "x".repeat(1000))), Err(Refused::TooLong));
}

#[test]
fn claims_are_read_strictly_even_from_somebody_with_the_key() {
    let world = World::of(Algorithm::EdDsa);
    let good = claims().to_string();
    let twice =
        |member: &str| world.with_payload(&good.replacen('{', &format!("{{{member},"), 1)).map(|_| ());
    for member in ["\"sub\":\"mallory\"", "\"exp\":9999999999", "\"s\\u0075b\":\"mallory\""] {
        assert_eq!(twice(member), Err(Refused::Claims(Flaw::Duplicate)), "{member}");
    }
    assert_eq!(twice("\"x\":1,\"x\":1"), Err(Refused::Claims(Flaw::Duplicate)));
    assert_eq!(twice("\"x\":{\"sub\":\"mallory\"}"), Ok(()), "unknown, so without effect");
    for name in ["sub", "client_id", "jti"] {
        let known = ["sub", "client_id", "jti"].into_iter().find(|known| *known == name).unwrap();
        assert_eq!(world.without_claim(name), Err(Refused::Claims(Flaw::Missing(known))));
        for wrong in
            [json!(""), json!(7), json!(null), json!("a\nb"), json!("x".repeat(256)), json!(["alice"])]
        {
            assert_eq!(
                world.with_claim(name, wrong.clone()),
                Err(Refused::Claims(Flaw::Wrong(known))),
                "{wrong}"
            );
        }
    }
    assert_eq!(world.with_claim("sid", json!("7")), Err(Refused::Claims(Flaw::Wrong("sid"))));
    assert_eq!(world.with_claim("amr", json!(vec!["x"; 17])), Err(Refused::Claims(Flaw::Wrong("amr"))));
    assert!(world.with_claim("amr", json!(vec!["x"; 16])).is_ok());
    assert_eq!(world.with_claim("x", json!("x".repeat(12_400))), Err(Refused::TooLong));
    for wrong in ["", "null", "[]", &good[1..], &format!("{good}{good}"), &"[".repeat(5000)] {
        assert_eq!(world.with_payload(wrong), Err(Refused::Claims(Flaw::NotJson)), "{wrong}");
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        (NOW_SECONDS - 400..NOW_SECONDS + 400).prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        ".{0,12}".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_stranger_sends_is_refused(
        text in prop_oneof![".{0,80}", "[A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,90}"],
    ) {
        prop_assert!(World::of(Algorithm::EdDsa).verify(&text).is_err());
    }

    #[test]
    fn a_header_of_any_shape_is_refused_without_the_key(header in json_value(), signature: [u8; 64]) {
        let token = format!("{}.{}.{}", encode(header.to_string()), encode(claims().to_string()), encode(signature));
        prop_assert!(World::of(Algorithm::Es256).verify(&token).is_err());
    }

    #[test]
    fn claims_of_any_shape_are_good_only_for_us_and_now(
        name in prop::sample::select(
            vec!["iss", "aud", "sub", "client_id", "iat", "exp", "nbf", "jti", "sid", "auth_time", "amr", "acr", "name", "groups", "x"],
        ),
        value in json_value(),
    ) {
        let world = World::of(Algorithm::EdDsa);
        if let Ok(verified) = world.with_claim(name, value.clone()) {
            prop_assert!(!["iss", "aud"].contains(&name), "{value}");
            let minute = cloakroom_core::seconds(60);
            prop_assert!(verified.issued_at <= NOW.after(minute) && verified.expires_at.after(minute) > NOW);
            prop_assert!(verified.expires_at.since(verified.issued_at) <= cloakroom_core::minutes(5));
        }
    }
}
