//! Statements that belong together.

/// A statement of a change.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// It may find nothing to write to.
    May(&'static str),
    /// If it writes no row, the whole change is undone.
    ///
    /// In MySQL, a row that is already as it should be is not written.
    Must(&'static str),
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Changed {
    /// It is done, and on the disk.
    Done,
    /// A statement that must write found nothing; everything is as it was.
    Undone,
}

impl Part {
    pub(crate) const fn statement(self) -> &'static str {
        match self {
            Self::May(statement) | Self::Must(statement) => statement,
        }
    }

    /// Whether so many rows are what it asks for.
    pub(crate) const fn is_met_by(self, written: u64) -> bool {
        written > 0 || matches!(self, Self::May(_))
    }
}
