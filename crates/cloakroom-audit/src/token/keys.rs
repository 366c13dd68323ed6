//! Keys of examples and tutorials, which sign for everybody.

use ring::hmac::{self, Algorithm, Key};

use super::decode::{to_base64, to_base64url};

/// The keys. Whoever signs with one of them might as well not sign.
const KNOWN: &[&str] = &[
    "secret",
    "keyboard cat",
    "changeme",
    "change-me",
    "change_me",
    "changeit",
    "password",
    "123456",
    "12345678",
    "test",
    "dev",
    "development",
    "your-256-bit-secret",
    "your-secret-key",
    "your_secret_key",
    "your secret key",
    "yoursecretkey",
    "mysecret",
    "my-secret",
    "my_secret",
    "mysecretkey",
    "my-secret-key",
    "my_secret_key",
    "my secret",
    "supersecret",
    "super-secret",
    "super_secret",
    "super secret",
    "super secret key",
    "secretkey",
    "secret-key",
    "secret_key",
    "secret key",
    "SECRET_KEY",
    "SECRET",
    "jwtsecret",
    "jwt-secret",
    "jwt_secret",
    "JWT_SECRET",
    "key",
    "s3cr3t",
    "shhhhh",
    "shhhh, very secret",
    "session_secret",
    "session-secret",
    "cookie_secret",
    "qwerty",
    "admin",
    "default",
    "cat",
    "a-string-secret-at-least-256-bits-long",
    "_5#y2L\"F4Q8z\\n\\xec]/",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "ThisTokenIsNotSoSecretChangeIt",
    "",
];

/// The known key under which these octets have this code.
fn known(algorithm: Algorithm, matches: impl Fn(&Key) -> bool) -> Option<&'static str> {
    KNOWN.iter().copied().find(|key| matches(&Key::new(algorithm, key.as_bytes())))
}

/// The known key of a JWT that is signed with a code of this name.
pub(super) fn of_jwt(name: &str, signed: &str, signature: &str) -> Option<&'static str> {
    let algorithm = match name {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => return None,
    };
    known(algorithm, |key| to_base64url(hmac::sign(key, signed.as_bytes()).as_ref()) == signature)
}

/// The known key of a value that Express signed.
pub(super) fn of_express(value: &str, signature: &str) -> Option<&'static str> {
    known(hmac::HMAC_SHA256, |key| to_base64(hmac::sign(key, value.as_bytes()).as_ref()) == signature)
}

/// The known key of a session of Flask's.
pub(super) fn of_flask(signed: &str, signature: &str) -> Option<&'static str> {
    let sha1 = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
    known(sha1, |key| {
        let derived = hmac::sign(key, b"cookie-session");
        let tag = hmac::sign(&Key::new(sha1, derived.as_ref()), signed.as_bytes());
        to_base64url(tag.as_ref()) == signature
    })
}
