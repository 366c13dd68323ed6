//! Small drawings beside words that say the same. They are part of the page, which costs no request.

use maud::{Markup, html};

/// What a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    /// Something is not in order.
    Alert,
    /// Something is done.
    Check,
    /// A computer.
    Desk,
    /// A telephone or tablet.
    Phone,
    /// A program without a window.
    Terminal,
    /// Looking at what is hidden.
    Eye,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 7.5v5.5M12 16.4v.1M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z",
            Self::Check => "m8 12.3 2.8 2.8 5.2-5.6M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z",
            Self::Desk => "M4 5h16v11H4zM9 20h6M12 16v4",
            Self::Phone => "M7.5 3h9v18h-9zM11 18h2",
            Self::Terminal => "M3.5 5h17v14h-17zM7.5 9.5 10 12l-2.5 2.5M12.5 15h4",
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z"
            }
        }
    }
}

/// A drawing in the colour of the text beside it, which screen readers leave out.
pub(super) fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path d=(icon.path()) {}
        }
    }
}
