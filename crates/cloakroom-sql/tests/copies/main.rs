//! What a store answers from memory is what the file says, whoever writes to it: this process, another, or one that is killed.
#![cfg(target_os = "linux")] // Elsewhere nothing is answered from memory.
#![expect(clippy::unwrap_used, reason = "a test")]

mod processes;
mod scene;
mod storm;
mod writes;
