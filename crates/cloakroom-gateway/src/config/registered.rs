//! Names that somebody has registered, beside those below which anybody may.

use cloakroom_suffixes::Split;

/// Whether a host name is one that somebody has registered, or one below it: not a public suffix, nor above one. The last label of a name that
/// no registry knows counts as a suffix, as it does for browsers.
///
/// Source: the Public Suffix List, <https://publicsuffix.org/list/>, "The algorithm".
pub(super) fn is_registered(host: &str) -> bool {
    Split::of(host).registered().is_some()
}
