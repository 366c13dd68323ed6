//! The parts of the list.

/// What a name's suffix is one by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// No line of the list: the last label of any other name is taken for a suffix.
    No,
    /// A line for what a registry of the domain name system gives out.
    Icann,
    /// A line that an owner asked for, whose customers have names below his.
    Private,
}
