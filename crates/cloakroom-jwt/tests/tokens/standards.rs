//! The rows of the checklist on JWTs.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;

use aws_lc_rs::hmac;
use cloakroom_core::{hours, seconds};
use cloakroom_jwt::{Algorithm, Flaw, KeyError, Refused, SigningKey, TokenId};
use serde_json::json;

use crate::support::{
    ALGORITHMS, AUDIENCE, ISSUER, NOW, NOW_SECONDS, World, alice, audience, claims, encode, issuer, key,
    parts, session,
};

#[test]
fn tok_01_the_algorithm_comes_from_configuration_whatever_the_token_says() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        assert!(world.with_header("alg", json!(algorithm.as_str())).is_ok());
        let others = ["none", "None", "nOnE", "", "HS256", "RS256", "PS256", "ES384", "ES512", "ES256K"];
        let others = others.into_iter().chain(["es256", "eddsa", "Ed25519", "ES256 "]);
        for other in others.chain(ALGORITHMS.into_iter().filter(|a| *a != algorithm).map(Algorithm::as_str)) {
            let refused = Err(Refused::Algorithm { expected: algorithm });
            assert_eq!(world.with_header("alg", json!(other)), refused, "{other:?}");
            let mut header = world.header();
            header["alg"] = json!(other);
            let unsigned = format!("{}.{}.", encode(header.to_string()), encode(claims().to_string()));
            assert_eq!(world.verify(&unsigned), refused, "{other:?}, unsigned");
        }
        for (value, flaw) in
            [(json!(null), Flaw::Wrong("alg")), (json!([algorithm.as_str()]), Flaw::Wrong("alg"))]
        {
            assert_eq!(world.with_header("alg", value), Err(Refused::Header(flaw)));
        }
    }
}

#[test]
fn tok_01_a_public_key_is_no_secret_to_make_a_mac_with() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let jwks = world.keys.jwks(NOW);
        for claimed in ["HS256", algorithm.as_str()] {
            let mut header = world.header();
            header["alg"] = json!(claimed);
            let message = format!("{}.{}", encode(header.to_string()), encode(claims().to_string()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, jwks.as_bytes()), message.as_bytes());
            assert!(world.verify(&format!("{message}.{}", encode(tag))).is_err(), "{claimed}");
        }
    }
}

#[test]
fn tok_01_a_token_of_the_other_algorithm_is_refused_under_a_key_of_the_same_name() {
    let (es256, eddsa) = (World::of(Algorithm::Es256), World::of(Algorithm::EdDsa));
    let mut header = eddsa.header();
    header["kid"] = json!(es256.forger.kid);
    let token = eddsa.forger.sign(&header.to_string(), &claims().to_string());
    assert_eq!(es256.verify(&token), Err(Refused::Algorithm { expected: Algorithm::Es256 }));
    header["alg"] = json!("ES256");
    let token = eddsa.forger.sign(&header.to_string(), &claims().to_string());
    assert_eq!(es256.verify(&token), Err(Refused::Signature));
}

#[test]
fn tok_02_nothing_in_a_token_chooses_a_key_outside_of_the_configured_set() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let here = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let attacker =
            World { forger: crate::support::Forger::with(&key(algorithm, 666)), ..World::of(algorithm) };
        for kid in ["../../dev/null", "' OR 1=1", "", &here, &attacker.forger.kid, &"k".repeat(600)] {
            assert_eq!(world.with_header("kid", json!(kid)), Err(Refused::UnknownKey), "{kid}");
        }
        let jwks = cloakroom_jwt::SigningKeys::begin(key(algorithm, 666), NOW).jwks(NOW);
        let jwk = serde_json::from_str::<serde_json::Value>(&jwks).unwrap()["keys"][0].clone();
        for (member, value) in
            [("jku", json!(here)), ("x5u", json!(here)), ("jwk", jwk), ("x5c", json!(["MIIB"]))]
        {
            // Signed by the attacker, with the attacker's name or with ours.
            for kid in [&attacker.forger.kid, &world.forger.kid] {
                let mut header = world.header();
                header["kid"] = json!(kid);
                header[member] = value.clone();
                let token = attacker.forger.sign(&header.to_string(), &claims().to_string());
                assert_eq!(world.verify(&token), Err(Refused::KeySource { member }));
            }
            // Even with our own signature, since we would not have written it.
            assert_eq!(world.with_header(member, value), Err(Refused::KeySource { member }));
        }
        let token = attacker.forger.sign(&world.header().to_string(), &claims().to_string());
        assert_eq!(world.verify(&token), Err(Refused::Signature), "our name, the attacker's key");
    }
    let connection = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(connection, Err(ErrorKind::WouldBlock), "somebody was asked for a key");
}

#[test]
fn tok_03_a_token_has_an_end_and_is_refused_from_then_on() {
    let world = World::of(Algorithm::EdDsa);
    let at = |exp: u64, nbf: u64| {
        let mut claims = claims();
        claims["iat"] = json!(exp - 100);
        claims["exp"] = json!(exp);
        claims["nbf"] = json!(nbf);
        world.with_payload(&claims.to_string()).map(|_| ())
    };
    assert_eq!(at(NOW_SECONDS + 10, 0), Ok(()));
    assert_eq!(at(NOW_SECONDS - 59, 0), Ok(()), "within the leeway of a minute");
    assert_eq!(at(NOW_SECONDS - 60, 0), Err(Refused::Expired));
    assert_eq!(at(NOW_SECONDS - 61, 0), Err(Refused::Expired));
    assert_eq!(at(NOW_SECONDS + 10, NOW_SECONDS + 60), Ok(()), "within the leeway of a minute");
    assert_eq!(at(NOW_SECONDS + 10, NOW_SECONDS + 61), Err(Refused::NotYet));
    assert_eq!(at(NOW_SECONDS + 161, 0), Err(Refused::NotYet), "minted in the future");
    assert_eq!(world.without_claim("exp"), Err(Refused::Claims(Flaw::Missing("exp"))));
    assert_eq!(world.without_claim("iat"), Err(Refused::Claims(Flaw::Missing("iat"))));
    let strict = crate::support::verifier(Algorithm::EdDsa, &world.keys.jwks(NOW));
    assert!(strict.with_leeway(seconds(61)).is_err(), "no verifier allows for more");
}

#[test]
fn tok_03_times_are_whole_numbers_that_a_calendar_has() {
    let world = World::of(Algorithm::EdDsa);
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for wrong in ["\"9999999999\"", "1e400", "1e300", "1.8e9", "-1", "18446744073709551615", "null", "[]"]
        {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let payload = claims.to_string().replacen('{', &format!("{{\"{name}\":{wrong},"), 1);
            let name = ["exp", "nbf", "iat", "auth_time"].into_iter().find(|known| *known == name).unwrap();
            assert_eq!(
                world.with_payload(&payload),
                Err(Refused::Claims(Flaw::Wrong(name))),
                "{name}: {wrong}"
            );
        }
    }
    assert_eq!(world.with_claim("exp", json!(253_402_300_799_u64)), Err(Refused::Lifetime));
    assert_eq!(world.with_claim("exp", json!(NOW_SECONDS + 301)), Err(Refused::Lifetime));
    assert_eq!(world.with_claim("exp", json!(NOW_SECONDS)), Err(Refused::Lifetime));
}

#[test]
fn tok_04_the_issuer_and_the_audience_match_octet_for_octet() {
    let world = World::of(Algorithm::EdDsa);
    let slashed = format!("{ISSUER}/");
    for wrong in
        [&*slashed, "https://ID.example.com", "HTTPS://id.example.com", " https://id.example.com", ""]
    {
        assert_eq!(world.with_claim("iss", json!(wrong)), Err(Refused::Issuer), "{wrong}");
    }
    assert_eq!(world.without_claim("iss"), Err(Refused::Claims(Flaw::Missing("iss"))));
    assert_eq!(world.with_claim("iss", json!([ISSUER])), Err(Refused::Claims(Flaw::Wrong("iss"))));

    let others = json!(["https://billing.example.com", format!("{AUDIENCE}/")]);
    for wrong in [json!("https://billing.example.com"), json!(AUDIENCE.to_uppercase()), json!([]), others] {
        assert_eq!(world.with_claim("aud", wrong.clone()), Err(Refused::Audience), "{wrong}");
    }
    assert_eq!(world.without_claim("aud"), Err(Refused::Claims(Flaw::Missing("aud"))));
    assert_eq!(world.with_claim("aud", json!(5)), Err(Refused::Claims(Flaw::Wrong("aud"))));
    assert!(world.with_claim("aud", json!(["https://billing.example.com", AUDIENCE])).is_ok());
}

#[test]
fn tok_07_a_minted_token_follows_the_profile_for_access_tokens() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let alice = alice();
        let mut ids = BTreeSet::new();
        for number in 0..1000_u128 {
            // Sessions with 1 to 1,000 seconds left.
            let end = NOW.after(seconds(u64::try_from(number + 1).unwrap()));
            let live = session(&alice, end);
            let id = TokenId::from_entropy(number.to_be_bytes());
            let token = issuer().mint(&world.keys, &live, &audience(), NOW, id).unwrap();
            let (header, claims) = parts(token.expose());
            assert_eq!(header, world.header());
            let seconds = |name: &str| claims[name].as_u64().unwrap();
            assert_eq!(seconds("iat"), NOW_SECONDS);
            assert!(seconds("exp") - seconds("iat") <= 300);
            assert!(seconds("exp") * 1000 <= end.as_millis());
            for (name, value) in [("iss", ISSUER), ("aud", AUDIENCE), ("sub", "alice"), ("client_id", "shop")]
            {
                assert_eq!(claims[name], value);
            }
            ids.insert(claims["jti"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids.len(), 1000);
    }
}

#[test]
fn tok_07_a_lifetime_of_more_than_five_minutes_cannot_be_configured() {
    assert!(issuer().with_lifetime(seconds(300)).is_ok());
    for wrong in [seconds(0), std::time::Duration::from_millis(999), seconds(301), hours(1)] {
        assert!(issuer().with_lifetime(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn tok_08_a_key_that_was_typed_or_printed_is_refused_and_not_repeated() {
    let text = |secret: &str| secret.repeat(32).as_bytes()[..32].to_vec();
    let half: Vec<u8> = (1..=16_u8).map(|octet| octet.wrapping_mul(octet).wrapping_mul(151)).collect();
    let halves = half.repeat(2);
    let typed = [
        text("secret"),
        text("changeme"),
        text("a"),
        vec![0; 32],
        (1..=32).collect(),
        vec![0xa7; 32],
        halves,
    ];
    for secret in typed {
        for algorithm in ALGORITHMS {
            let refused = crate::keys::of_secret(algorithm, &secret).err();
            assert_eq!(refused, Some(KeyError::Placeholder), "{secret:?}");
        }
    }
    // The private key that the debugger of jwt.io begins with.
    let debugger = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\nOF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G";
    let debugger = format!("-----BEGIN PRIVATE KEY-----\n{debugger}\n-----END PRIVATE KEY-----\n");
    let refused = SigningKey::from_pkcs8_pem(Algorithm::Es256, &debugger).err();
    assert_eq!(refused, Some(KeyError::PrintedExample));
    // The private key of RFC 8037 A.1, and that of RFC 7515 A.3.
    let ed25519 = br#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let p256 = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    for (algorithm, jwk) in [(Algorithm::EdDsa, &ed25519[..]), (Algorithm::Es256, &p256[..])] {
        let refused = SigningKey::from_jwk(algorithm, jwk).err().unwrap();
        assert_eq!(refused, KeyError::PrintedExample);
        assert!(!refused.to_string().contains("nWGx") && !refused.to_string().contains("jpsQ"));
    }
}
