//! What a minted token says, and when there is none.

use cloakroom_core::{
    Authentication, FreshSecret, Lifetime, Method, Proof, Record, SessionId, Subject, Timestamp, hours,
    minutes, seconds,
};
use cloakroom_jwt::{Algorithm, LiveSession, MintError, Profile, Refused, SigningKeys, TokenId};
use serde_json::json;

use crate::support::{
    ALGORITHMS, NOW, NOW_SECONDS, World, alice, audience, issuer, key, mint, parts, session, verifier,
};

const ID: TokenId = TokenId::from_entropy([0x5a; 16]);

#[test]
fn the_verifier_reads_what_the_issuer_wrote() {
    for algorithm in ALGORITHMS {
        let world = World::of(algorithm);
        let alice = alice();
        let live = session(&alice, NOW.after(hours(1))).with_assurance("aal2");
        let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
        let verified = world.verify(token.expose()).unwrap();
        assert_eq!(verified.subject, alice.subject);
        assert_eq!(verified.session, Some(SessionId::from_octets([7; 16])));
        assert_eq!(verified.client_id, "shop");
        assert_eq!(verified.token_id, "5a".repeat(16));
        assert_eq!(verified.issued_at, NOW);
        assert_eq!(verified.expires_at, token.expires_at());
        assert_eq!(verified.expires_at, NOW.after(minutes(5)));
        assert_eq!(verified.proven_at, Some(alice.proven_at));
        assert_eq!(verified.methods.as_slice(), ["pwd", "mfa"]);
        assert_eq!(verified.assurance.as_deref(), Some("aal2"));
    }
}

#[test]
fn what_is_known_of_the_user_is_told_where_it_is_to_be() {
    let (world, alice) = (World::of(Algorithm::Es256), alice());
    let live = session(&alice, NOW.after(hours(1)));
    let profile = Profile {
        name: Some("Élise \"山\""),
        preferred_username: Some("alice"),
        email: Some("a@example.org"),
        groups: &["dev", "ops"],
    };
    let token = issuer().mint(&world.keys, &live.with_profile(profile), &audience(), NOW, ID).unwrap();
    let verified = world.verify(token.expose()).unwrap();
    assert_eq!(verified.name.as_deref(), profile.name);
    assert_eq!(verified.preferred_username.as_deref(), profile.preferred_username);
    assert_eq!(verified.email.as_deref(), profile.email);
    assert_eq!(verified.groups, profile.groups);
    let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
    let claims = parts(token.expose()).1;
    for claim in ["name", "preferred_username", "email", "groups"] {
        assert_eq!(claims.get(claim), None);
    }
    let nothing = live.with_profile(Profile::default());
    let token = issuer().mint(&world.keys, &nothing, &audience(), NOW, ID).unwrap();
    assert_eq!(parts(token.expose()).1["groups"], json!([]));
}

#[test]
fn the_longest_groups_and_names_fit_into_a_token() {
    let (world, alice) = (World::of(Algorithm::Es256), alice());
    let (name, email, group) = ("🦦".repeat(128), format!("{}@b", "\\".repeat(252)), "g".repeat(64));
    let groups = vec![group.as_str(); 64];
    let profile =
        Profile { name: Some(&name), preferred_username: Some(&group), email: Some(&email), groups: &groups };
    let live = session(&alice, NOW.after(hours(1))).with_profile(profile);
    let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
    assert_eq!(world.verify(token.expose()).unwrap().groups, groups);
}

#[test]
fn a_key_in_no_ring_signs_what_its_jwk_verifies() {
    for algorithm in ALGORITHMS {
        let (key, alice) = (key(algorithm, 5), alice());
        let live = session(&alice, NOW.after(hours(1)));
        let token = issuer().mint_with(&key, &live, &audience(), NOW, ID).unwrap();
        let set = format!(r#"{{"keys":[{}]}}"#, key.public_jwk());
        assert_eq!(verifier(algorithm, &set).verify(token.expose(), NOW).unwrap().subject, alice.subject);
    }
}

#[test]
fn a_token_never_outlives_the_session_whichever_limit_ends_it() {
    let lifetime = Lifetime::try_new(seconds(100), hours(1), seconds(10)).unwrap();
    let (id, fresh) = (SessionId::from_octets([7; 16]), FreshSecret::from_entropy([9; 32]));
    let record = Record::authenticated(Subject::new("alice").unwrap(), Method::Password, &fresh, NOW);
    let live = LiveSession::of(id, &record, &lifetime).unwrap();
    let keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW);
    let token = issuer().mint(&keys, &live, &audience(), NOW, ID).unwrap();
    assert_eq!(token.expires_at(), NOW.after(seconds(110)), "idle timeout and touch window");

    let alice = alice();
    let mint_at = |now: Timestamp, end: Timestamp| {
        issuer().mint(&keys, &session(&alice, end), &audience(), now, ID).map(|token| token.expires_at()).ok()
    };
    let ms = std::time::Duration::from_millis;
    assert_eq!(mint_at(NOW.after(ms(999)), NOW.after(ms(5999))), Some(NOW.after(seconds(5))));
    assert_eq!(mint_at(NOW.after(ms(999)), NOW.after(hours(1))), Some(NOW.after(minutes(5))));
}

#[test]
fn a_session_that_has_ended_or_is_a_visitors_has_no_token() {
    let keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW);
    let alice = alice();
    for end in [NOW.after(std::time::Duration::from_millis(999)), NOW, NOW.before(hours(1))] {
        let refused = issuer().mint(&keys, &session(&alice, end), &audience(), NOW, ID).err();
        assert_eq!(refused, Some(MintError::SessionEnded));
    }
    let record = Record::anonymous(&FreshSecret::from_entropy([9; 32]), NOW);
    assert!(LiveSession::of(SessionId::from_octets([7; 16]), &record, &Lifetime::default()).is_none());
}

#[test]
fn a_ring_whose_keys_all_take_over_later_signs_nothing() {
    let keys = SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW);
    let alice = alice();
    let before = NOW.before(seconds(1));
    let refused = issuer().mint(&keys, &session(&alice, NOW.after(hours(1))), &audience(), before, ID).err();
    assert_eq!(refused, Some(MintError::NoKey));
}

#[test]
fn each_way_to_sign_in_is_told_by_a_name_of_its_own() {
    let world = World::of(Algorithm::EdDsa);
    for (method, names) in [
        (Method::Password, json!(["pwd"])),
        (Method::PasswordAndSecondFactor, json!(["pwd", "mfa"])),
        (Method::Passkey, json!(["passkey"])),
        (Method::Federated, json!(["federated"])),
        (Method::OneTimeLink, json!(["one_time_link"])),
        (Method::Remembered, json!(["remembered"])),
        (Method::OneTimeCode, json!(["otp"])),
        (Method::RecoveryCode, json!(["recovery_code"])),
        (Method::Other, json!(["other"])),
    ] {
        let mut alice = alice();
        alice.method = method;
        let live = session(&alice, NOW.after(hours(1)));
        let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
        assert_eq!(parts(token.expose()).1["amr"], names);
    }
}

#[test]
fn all_proofs_of_a_session_are_told_and_the_time_of_the_last() {
    let world = World::of(Algorithm::EdDsa);
    let first = Proof { method: Method::Password, at: NOW.before(hours(1)) };
    let at = NOW.before(minutes(2));
    let alice = Authentication::new(alice().subject, Method::OneTimeCode, at).after(first);
    let live = session(&alice, NOW.after(hours(1)));
    let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
    let claims = parts(token.expose()).1;
    assert_eq!(claims["amr"], json!(["otp", "pwd", "mfa"]));
    assert_eq!(claims["auth_time"], json!(at.as_millis() / 1000));
}

#[test]
fn lif_12_a_token_of_a_remembered_browser_claims_no_time_of_authentication() {
    let world = World::of(Algorithm::EdDsa);
    let alice = Authentication::new(alice().subject, Method::Remembered, NOW);
    let live = session(&alice, NOW.after(hours(1)));
    let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
    let claims = parts(token.expose()).1;
    assert_eq!((&claims["amr"], claims.get("auth_time")), (&json!(["remembered"]), None));
    assert_eq!(world.verify(token.expose()).unwrap().proven_at, None);
}

#[test]
fn a_subject_of_the_longest_kind_fits_into_a_token() {
    let world = World::of(Algorithm::Es256);
    let mut alice = alice();
    for subject in ["\"".repeat(255), "\\".repeat(255), "\u{80ff}".repeat(85)] {
        alice.subject = Subject::new(&subject).unwrap();
        let live = session(&alice, NOW.after(hours(1)));
        let token = issuer().mint(&world.keys, &live, &audience(), NOW, ID).unwrap();
        assert_eq!(world.verify(token.expose()).unwrap().subject, alice.subject);
    }
}

#[test]
fn another_issuer_or_audience_or_time_is_not_verified() {
    let world = World::of(Algorithm::Es256);
    let token = mint(&world.keys, NOW);
    let at = |now: Timestamp| world.verifier.verify(token.expose(), now).map(|verified| verified.issued_at);
    assert_eq!(at(NOW.after(seconds(359))), Ok(Timestamp::from_millis(NOW_SECONDS * 1000)));
    assert_eq!(at(NOW.after(seconds(360))), Err(Refused::Expired));
    assert_eq!(at(NOW.before(seconds(61))), Err(Refused::NotYet));
    assert_eq!(at(Timestamp::MAX), Err(Refused::Expired));
    assert_eq!(at(Timestamp::EPOCH), Err(Refused::NotYet));
}
