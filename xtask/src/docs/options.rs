//! What `cargo xtask docs` can be told.

use clap::Args;

/// What to write.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Copy the pictures of the manual from what the browser tests have photographed, instead of writing the reference
    #[arg(long)]
    pub(super) pictures: bool,
}
