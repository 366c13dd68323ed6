//! Where the programs are.

use std::env;
use std::path::PathBuf;

/// The program that `variable` names, else the first of these names in the search path.
pub(super) fn program(variable: &str, names: &[&str]) -> PathBuf {
    if let Some(path) = env::var_os(variable) {
        return path.into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = names.iter().find_map(|name| {
        env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    });
    found.unwrap_or_else(|| panic!("{} is not installed; {variable} may say where it is", names[0]))
}
