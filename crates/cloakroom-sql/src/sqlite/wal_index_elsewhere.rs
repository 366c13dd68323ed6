//! The head of the write-ahead log's index, where nobody has tried whether reading it shows what others write to their memory.

use std::io;
use std::path::Path;

/// There is none.
#[derive(Debug)]
pub(super) enum WalIndex {}

/// There is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {}

impl Head {
    pub(super) fn is_whole(&self) -> bool {
        match *self {}
    }

    pub(super) fn is_next_of(&self, _: &Self, _: u32) -> bool {
        match *self {}
    }
}

impl WalIndex {
    pub(super) fn open(_: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn head(&self) -> Option<Head> {
        match *self {}
    }
}
