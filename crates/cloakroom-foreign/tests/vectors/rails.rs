//! Rails 7.1.5, 7.2 and 8.0.2.

use std::collections::BTreeMap;

use cloakroom_foreign::rails::{EncryptedCookie, Key, SignedCookie};
use cloakroom_foreign::{Digest, Refusal, Secret, Value, Verified};

use crate::vector::{Vector, check, check_flips, percent_decoded};

const FILES: [&str; 3] = [
    include_str!("../data/rails_7.1.json"),
    include_str!("../data/rails_7.2.json"),
    include_str!("../data/rails_8.0.json"),
];

fn key(vector: &Vector, secret: &Secret) -> Key {
    let derivation = vector.param("secret_key_base_use").as_str().expect("a derivation");
    let is_sha1 = derivation.starts_with("PBKDF2-HMAC-SHA1");
    Key::new(secret).expect("a key").digest(if is_sha1 { Digest::Sha1 } else { Digest::Sha256 })
}

/// Readers by what distinguishes them: deriving their keys takes a thousand rounds each.
#[derive(Default)]
struct Readers {
    encrypted: BTreeMap<String, EncryptedCookie>,
    signed: BTreeMap<String, SignedCookie>,
}

impl Readers {
    fn of(vectors: &[Vector]) -> Self {
        let mut readers = Self::default();
        for vector in vectors {
            let (name, key_now) = (vector.text("cookie_name"), key(vector, &vector.secret()));
            let older: Vec<_> = vector.fallbacks().iter().map(|secret| key(vector, secret)).collect();
            if vector.text("system") == "rails-signed-cookie" {
                let reader = older.iter().fold(SignedCookie::new(name, &key_now), SignedCookie::fallback);
                readers.signed.insert(name.to_owned(), reader);
            } else {
                let reader =
                    older.iter().fold(EncryptedCookie::new(name, &key_now), EncryptedCookie::fallback);
                readers.encrypted.insert(name.to_owned(), reader);
            }
        }
        readers
    }

    fn read(&self, vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
        let name = vector.text("cookie_name");
        match vector.text("system") {
            "rails-signed-cookie" => self.signed[name].read(value, vector.now()),
            _ => self.encrypted[name].read(value, vector.now()),
        }
    }
}

#[test]
fn rails_session_encrypted_and_signed_cookie_vectors() {
    let reasons = [
        ("tampered-tag", Refusal::NotAuthentic),
        ("tampered-shorttag", Refusal::NotAuthentic),
        ("tampered-malleable", Refusal::Malformed),
        ("expired", Refusal::Expired),
        ("tampered-name", Refusal::OtherPurpose),
        ("tampered-payload", Refusal::NotAuthentic),
        ("tampered-uppercase", Refusal::Malformed),
    ];
    for file in FILES {
        let vectors = Vector::all(file, "");
        let readers = Readers::of(&vectors);
        check(&vectors, 12, &reasons, |vector, value| readers.read(vector, value));
    }
}

/// The percent-encoded text and the text that it stands for are one cookie.
#[test]
fn rails_cookies_are_percent_decoded() {
    for vector in FILES.iter().flat_map(|file| Vector::all(file, "")) {
        assert_eq!(percent_decoded(vector.cookie_value()), vector.text("cookie_value_decoded").as_bytes());
    }
}

#[test]
fn rails_refuses_every_flipped_bit() {
    for file in FILES {
        let vectors = Vector::all(file, "");
        let readers = Readers::of(&vectors);
        let same = |a: &[u8], b: &[u8]| percent_decoded(a) == percent_decoded(b);
        check_flips(&vectors, same, |vector, value| readers.read(vector, value));
    }
}
