//! Values that a client carries for us: sealed, so that nobody reads or changes them, or signed, so that nobody changes them.
//!
//! ```text
//! sealed = base64url( 1 | key ID, 4 octets | nonce, 12 octets | ciphertext | tag, 16 octets )      AES-256-GCM
//! signed = base64url( 2 | key ID, 4 octets | payload | MAC, 32 octets )                            HMAC-SHA-256
//! ```
//! Every pair of a purpose and a cookie name has a key of its own, made from a key of the ring by HKDF-SHA-256, and both are bound
//! to the value once more: as associated data of the cipher, and under the MAC. A value that is moved to another cookie, another
//! purpose or another kind is worth nothing.
//!
//! Source: NIST SP 800-38D; RFC 5869; ASVS 5.0 9.1.1, 11.3; RFC 6265bis 8.3.

mod key;
mod ring;
mod sealer;
mod signer;
mod text;

pub use key::{InvalidKey, KeyId, SealKey};
pub use ring::{KeyRing, KeyRingError};
pub use sealer::{Opened, SealError, Sealer};
pub use signer::Signer;
pub use text::Purpose;
