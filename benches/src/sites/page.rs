//! What every page says, so that no application is measured by what it says.

pub(super) const PAGE: &str = "Good morning";
