//! How long processes used a processor, and waited for one.

use std::fs;
use std::time::Duration;

/// Time of all threads of some processes, since they began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// On a processor.
    pub busy: Duration,
    /// Ready to run while every processor had something else to do.
    pub waited: Duration,
}

impl Usage {
    /// That of these processes, as the scheduler counts it. A process or thread that has ended counts no more, and so
    /// nothing is said of one that ends while it is measured.
    pub fn of(processes: impl IntoIterator<Item = u32>) -> Self {
        let threads = |process| fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let usages = processes
            .into_iter()
            .flat_map(threads)
            .filter_map(|thread| parse(&fs::read_to_string(thread.path().join("schedstat")).ok()?));
        usages.fold(Self::default(), |sum, usage| Self {
            busy: sum.busy + usage.busy,
            waited: sum.waited + usage.waited,
        })
    }

    /// What has come to it since then.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            busy: self.busy.saturating_sub(earlier.busy),
            waited: self.waited.saturating_sub(earlier.waited),
        }
    }
}

/// Nanoseconds that ran, nanoseconds that waited, and how often it was switched to.
fn parse(schedstat: &str) -> Option<Usage> {
    let mut numbers =
        schedstat.split_whitespace().map(|number| number.parse().ok().map(Duration::from_nanos));
    Some(Usage { busy: numbers.next()??, waited: numbers.next()?? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_scheduler_says_how_long_a_thread_ran_and_waited() {
        let usage = Usage { busy: Duration::from_nanos(7), waited: Duration::from_nanos(3) };
        assert_eq!(parse("7 3 1\n"), Some(usage));
        assert_eq!(parse(""), None);
    }

    #[test]
    fn this_process_has_used_a_processor() {
        assert!(Usage::of([std::process::id()]).busy > Duration::ZERO);
    }
}
