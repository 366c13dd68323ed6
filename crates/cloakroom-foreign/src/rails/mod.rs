//! Rails' cookies: the session of the cookie store, and what `cookies.encrypted` and `cookies.signed` wrote.
//!
//! | what | Rails' default | here |
//! |---|---|---|
//! | encrypted | AES-256-GCM; ciphertext `--` vector `--` tag, each strict base64; the tag whole | [`EncryptedCookie`] |
//! | signed | base64 `--` hexadecimal HMAC-SHA-1 over it, in lower case | [`SignedCookie`], [`SignedCookie::digest`] |
//! | key | PBKDF2 over `secret_key_base`, 1000 rounds, SHA-256 since 7.0, SHA-1 before | [`Key::digest`], [`Key::salt`], [`Key::rounds`] |
//! | rotation | `cookies_rotations` | [`EncryptedCookie::fallback`], [`SignedCookie::fallback`] |
//! | name and expiry | in the message: `pur`, `exp` | checked; [`EncryptedCookie::accept_without_purpose`] |
//! | serialization | JSON | [`Serialization`](crate::Serialization) |
//!
//! The session of a database or of a cache store is a row whose ID is in a cookie without a MAC; what this crate reads is the cookie store.
//! AES-CBC, which Rails wrote before 5.2, is not read.
//!
//! Deriving a key takes its thousand rounds once, where the reader is made.
//!
//! Vectors: Rails 7.1.5, 7.2 and 8.0.2.

mod encrypted;
mod key;
mod message;
mod signed;
mod time;

pub use encrypted::EncryptedCookie;
pub use key::Key;
pub use signed::SignedCookie;
