//! The keys of the other system, and the rotation lists that they come in.

use zeroize::Zeroizing;

use crate::Refusal;

/// A secret of the other system, as its configuration holds it.
///
/// It is the key that the old system used, so this crate refuses one only where that system would not have started with
/// it. A secret from a tutorial was as weak over there; whoever knows it can forge the cookies that are read here too,
/// and is a reason not to move sessions in at all.
///
/// # Security
/// Neither shown nor copied, and wiped when dropped.
///
/// ```compile_fail
/// println!("{:?}", cloakroom_foreign::Secret::new("keyboard cat"));
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The octets of the secret; text stands for its UTF-8.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(octets.into()))
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The octets, of which the system wants at least so many.
    pub(crate) fn at_least(&self, bytes_min: usize) -> Result<&[u8], InvalidKey> {
        match self.0.len() {
            0 => Err(InvalidKey::Empty),
            bytes if bytes < bytes_min => Err(InvalidKey::TooShort { bytes, bytes_min }),
            _ => Ok(&self.0),
        }
    }
}

/// Why the other system would not have started with this key either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// The key is empty.
    #[error("the key is empty; the other system has one in its configuration")]
    Empty,
    /// The system asks for longer keys.
    #[error("the key has {bytes} octets, and its system asks for at least {bytes_min}; is it the whole key?")]
    TooShort {
        /// Octets of the given key.
        bytes: usize,
        /// Octets that the system asks for.
        bytes_min: usize,
    },
    /// The cipher has keys of another length.
    #[error("the key has {bytes} octets, which is no length of a key of its cipher; is it decoded?")]
    WrongLength {
        /// Octets of the given key.
        bytes: usize,
    },
    /// The text after `base64:` is not base64.
    #[error("the key begins with `base64:` and what follows is not base64")]
    NotBase64,
}

/// Keys that are good at the same time: the current one, then those from before.
pub(crate) struct Keys(Vec<Zeroizing<Vec<u8>>>);

impl Keys {
    pub(crate) fn of(current: impl Into<Vec<u8>>) -> Self {
        Self(vec![Zeroizing::new(current.into())])
    }

    pub(crate) fn add(&mut self, older: impl Into<Vec<u8>>) {
        self.0.push(Zeroizing::new(older.into()));
    }

    /// The position of the first key that passes the check.
    pub(crate) fn find(&self, is_right: impl Fn(&[u8]) -> bool) -> Result<usize, Refusal> {
        self.0.iter().position(|key| is_right(key)).ok_or(Refusal::NotAuthentic)
    }

    /// What the first key opens, and its position.
    pub(crate) fn open<T>(&self, open: impl Fn(&[u8]) -> Option<T>) -> Result<(usize, T), Refusal> {
        let mut opened = self.0.iter().enumerate().filter_map(|(at, key)| Some((at, open(key)?)));
        opened.next().ok_or(Refusal::NotAuthentic)
    }

    /// The key at a position that [`Keys::find`] gave.
    pub(crate) fn at(&self, position: usize) -> &[u8] {
        &self.0[position]
    }
}
