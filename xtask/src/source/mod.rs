//! The tracked files of the repository, and just enough Rust to read them.

mod lexer;
mod rust;
mod tree;

pub(crate) use lexer::{Kind, Token};
pub(crate) use rust::{RustFile, attribute};
pub(crate) use tree::{SourceFile, Tree};
