//! Ciphers, by the lengths of their keys. All answer `None` when key, nonce or text are not of their lengths.

use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, AesGcm};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, StreamCipher};
use chacha20poly1305::XChaCha20Poly1305;
use ctr::Ctr128BE;
use zeroize::Zeroizing;

type Plaintext = Zeroizing<Vec<u8>>;
type Aes192Gcm = AesGcm<Aes192, U12>;

/// AES-CBC with PKCS#7 padding. Callers check the MAC first, so the padding tells nobody anything.
pub(crate) fn aes_cbc(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Plaintext> {
    match key.len() {
        16 => cbc::<cbc::Decryptor<Aes128>>(key, iv, ciphertext),
        32 => cbc::<cbc::Decryptor<Aes256>>(key, iv, ciphertext),
        _ => None,
    }
}

/// AES in counter mode, with the whole block as a big-endian counter. Callers check the MAC first.
pub(crate) fn aes_ctr(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Plaintext> {
    match key.len() {
        16 => ctr::<Ctr128BE<Aes128>>(key, iv, ciphertext),
        24 => ctr::<Ctr128BE<Aes192>>(key, iv, ciphertext),
        32 => ctr::<Ctr128BE<Aes256>>(key, iv, ciphertext),
        _ => None,
    }
}

/// AES-GCM with a nonce of 12 octets and a whole tag of 16; a shorter tag is refused before anything else.
pub(crate) fn aes_gcm(
    key: &[u8],
    nonce: &[u8],
    associated: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Option<Plaintext> {
    match key.len() {
        16 => aead::<Aes128Gcm>(key, nonce, associated, ciphertext, tag),
        24 => aead::<Aes192Gcm>(key, nonce, associated, ciphertext, tag),
        32 => aead::<Aes256Gcm>(key, nonce, associated, ciphertext, tag),
        _ => None,
    }
}

/// XChaCha20-Poly1305 with a key of 32 octets, a nonce of 24 and a tag of 16.
pub(crate) fn xchacha20_poly1305(
    key: &[u8],
    nonce: &[u8],
    associated: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Option<Plaintext> {
    aead::<XChaCha20Poly1305>(key, nonce, associated, ciphertext, tag)
}

fn cbc<C: BlockModeDecrypt + KeyIvInit>(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Plaintext> {
    let cipher = C::new_from_slices(key, iv).ok()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    let text_bytes = cipher.decrypt_padded::<Pkcs7>(&mut text).ok()?.len();
    text.truncate(text_bytes);
    Some(text)
}

fn ctr<C: StreamCipher + KeyIvInit>(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Plaintext> {
    let mut cipher = C::new_from_slices(key, iv).ok()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    cipher.try_apply_keystream(&mut text).ok()?;
    Some(text)
}

fn aead<C: Aead + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    associated: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Option<Plaintext> {
    const TAG_BYTES: usize = 16;
    if tag.len() != TAG_BYTES {
        return None;
    }
    let cipher = C::new_from_slice(key).ok()?;
    let sealed = [ciphertext, tag].concat();
    let payload = Payload { msg: &sealed, aad: associated };
    cipher.decrypt(nonce.try_into().ok()?, payload).ok().map(Zeroizing::new)
}
