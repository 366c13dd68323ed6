//! How large the program is that is released.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::process::{self, ProcessError};

/// The most octets of the program without its symbols.
const OCTETS_MAX: u64 = 25_000_000;

/// Why it cannot be released as it is.
#[derive(Debug, thiserror::Error)]
enum SizeError {
    #[error("{program} has {octets} octets without its symbols, and {OCTETS_MAX} are allowed")]
    TooLarge { program: PathBuf, octets: u64 },
    #[error("cannot be read or copied")]
    File(#[from] io::Error),
    #[error("cannot be stripped")]
    Strip(#[from] ProcessError),
}

/// Strips a copy of the program as it was built, which keeps its symbols for backtraces, and looks how large that is.
pub(super) fn check(program: &Path, copy: &Path) -> Result<(), Box<dyn Error>> {
    let octets = stripped_octets(program, copy)?;
    println!("{octets} octets without its symbols, at most {OCTETS_MAX}");
    if octets > OCTETS_MAX {
        return Err(SizeError::TooLarge { program: program.to_owned(), octets }.into());
    }
    Ok(())
}

fn stripped_octets(program: &Path, copy: &Path) -> Result<u64, SizeError> {
    fs::copy(program, copy)?;
    process::output_of(process::program_of_ours("strip").arg(copy))?;
    Ok(fs::metadata(copy)?.len())
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn symbols_do_not_count() {
        let program = env::current_exe().expect("a test is a program");
        let copy = env::temp_dir().join(format!("stripped-{}", std::process::id()));
        let octets = stripped_octets(&program, &copy).expect("a linker brings strip along");
        let _gone = fs::remove_file(&copy);
        let whole = fs::metadata(&program).expect("it is there").len();
        assert!(0 < octets && octets < whole, "{octets} of {whole}");
    }

    #[test]
    fn a_program_that_is_missing_is_a_failure() {
        let gone = Path::new("no-such-program-anywhere");
        assert!(check(gone, &env::temp_dir().join("no-such-copy")).is_err());
    }
}
