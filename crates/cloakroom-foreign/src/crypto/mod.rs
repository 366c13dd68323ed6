//! What the formats are built from: digests and MACs, ciphers, and the texts that carry octets.

mod cipher;
mod digest;
mod keys;
mod text;

pub(crate) use cipher::{aes_cbc, aes_ctr, aes_gcm, xchacha20_poly1305};
pub use digest::Digest;
pub(crate) use keys::Keys;
pub use keys::{InvalidKey, Secret};
pub(crate) use text::{
    Plus, STANDARD, STANDARD_LENIENT, STANDARD_UNPADDED, URL_SAFE_LENIENT, URL_SAFE_PADDED,
    URL_SAFE_PADDED_LENIENT, URL_SAFE_UNPADDED, ascii, bounded, from_base64, inflate, percent_decoded,
    split_last, unhex,
};
