//! Which processors the node of a turn has, and which everybody else.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::error::NodesError;

/// A processor for nodes, of which one works at a time, and the others for clients and stores.
///
/// Left to itself the scheduler moves a server to the processor of the client that wakes it, and measures how two share one.
/// On a machine with a single processor that is how it is.
#[derive(Clone, Debug)]
pub struct Processors {
    nodes: CpuSet,
    others: CpuSet,
}

impl Processors {
    /// Shares out what this thread may use.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn of_this_thread() -> Result<Self, NodesError> {
        let all = sched_getaffinity(None).map_err(io::Error::from);
        let all = all.map_err(NodesError::system("cannot see the processors"))?;
        let Some(first) = (0..CpuSet::MAX_CPU).find(|number| all.is_set(*number)) else {
            return Ok(Self { nodes: all, others: all });
        };
        let (mut nodes, mut others) = (CpuSet::new(), all);
        nodes.set(first);
        others.unset(first);
        Ok(if others.count() == 0 { Self { nodes: all, others: all } } else { Self { nodes, others } })
    }

    /// Leaves the processor of the nodes to them: this thread, and all that it starts from now on.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn keep_to_others(&self) -> Result<(), NodesError> {
        keep_to(&self.others)
    }

    /// Starts something on the processor of the nodes.
    ///
    /// # Errors
    /// What `start` says, and [`NodesError`] when the operating system refuses to share the processors out.
    pub fn start<T>(&self, start: impl FnOnce() -> Result<T, NodesError>) -> Result<T, NodesError> {
        // What a thread starts has its processors.
        keep_to(&self.nodes)?;
        let started = start();
        self.keep_to_others()?;
        started
    }
}

fn keep_to(processors: &CpuSet) -> Result<(), NodesError> {
    let kept = sched_setaffinity(None, processors).map_err(io::Error::from);
    kept.map_err(NodesError::system("cannot choose processors"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_share_their_processor_with_nobody() {
        let before = sched_getaffinity(None).unwrap();
        let processors = Processors::of_this_thread().unwrap();
        let during = processors.start(|| Ok(sched_getaffinity(None).unwrap())).unwrap();
        let after = sched_getaffinity(None).unwrap();
        sched_setaffinity(None, &before).unwrap();
        assert_eq!((&during, &after), (&processors.nodes, &processors.others));
        let shared = (0..CpuSet::MAX_CPU).any(|number| during.is_set(number) && after.is_set(number));
        assert_eq!(shared, before.count() == 1);
    }
}
