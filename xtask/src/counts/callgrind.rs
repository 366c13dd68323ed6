//! What callgrind writes down: how many instructions a program took, and how often it called what.
//!
//! Source: the manual of valgrind, "Callgrind Format Specification".

use std::collections::HashMap;

/// What a program did while it was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Watched {
    /// Instructions.
    pub(super) instructions: u64,
    /// Calls of the allocator for memory, new or more.
    pub(super) allocations: u64,
}

/// The functions of the C library that give memory.
const ALLOCATING: [&str; 4] = ["malloc", "calloc", "realloc", "posix_memalign"];

/// Reads a dump; `None` when it does not say how many instructions there were.
pub(super) fn read(dump: &str) -> Option<Watched> {
    let totals = dump.lines().find_map(|line| line.strip_prefix("totals:"))?;
    let mut watched = Watched { instructions: number(totals)?, allocations: 0 };
    // A name is written out where it comes first, and is a number in parentheses from then on.
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut called = "";
    for line in dump.lines() {
        let is_call = line.starts_with("cfn=");
        if let Some(named) = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn=")) {
            let (key, name) = named.split_once(' ').unwrap_or((named, ""));
            if !name.is_empty() {
                names.insert(key, name);
            }
            if is_call {
                called = names.get(key).copied().unwrap_or(key);
            }
        } else if let Some(calls) = line.strip_prefix("calls=")
            && ALLOCATING.contains(&called)
        {
            watched.allocations += number(calls)?;
        }
    }
    Some(watched)
}

fn number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_the_total_and_allocations_are_calls() {
        let dump = "events: Ir\nfn=(1) main\n3 10\ncfn=(2) malloc\ncalls=5 0\n3 700\ncfn=(3) free\ncalls=4 0\n3 9\n\
                    \nfn=(2)\n9 700\n\nfn=(4) more\ncfi=(1)\ncfn=(2)\ncalls=2 0\n4 80\ncfn=(5) realloc\ncalls=1 0\n4 8\n\
                    totals: 1507\n";
        assert_eq!(read(dump), Some(Watched { instructions: 1507, allocations: 8 }));
        assert_eq!(read("fn=(1) main\n"), None);
    }
}
