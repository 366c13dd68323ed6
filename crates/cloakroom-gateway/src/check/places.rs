//! Where what is checked stands.

use crate::config::{App, Key, Origin, Settings};

/// Where a key stands.
pub(super) fn place_of(settings: &Settings, key: Key) -> Origin {
    let entry = settings.in_effect.iter().find(|(known, ..)| *known == key);
    entry.map_or(Origin::Default, |(_, _, origin)| origin.clone())
}

/// The applications with the places where they stand.
pub(super) fn apps(settings: &Settings) -> impl Iterator<Item = (&App, &Origin)> {
    settings.apps.iter().zip(&settings.file.apps)
}
