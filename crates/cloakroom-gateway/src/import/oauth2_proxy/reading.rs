//! The file, key by key.

use toml::{Table, Value as Toml};

use crate::import::fragment::Fragment;

/// A file that is being read; what has been looked at is taken out of it.
pub(super) struct Reading {
    pub(super) table: Table,
    pub(super) fragment: Fragment,
}

/// A group that is let in: as the provider calls it, and as it is called here.
pub(super) struct Allowed {
    pub(super) theirs: String,
    pub(super) ours: String,
}

impl Reading {
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.table.remove(key)? {
            Toml::String(text) if !text.is_empty() => Some(text),
            Toml::String(_) => None,
            other => {
                self.fragment.left_out(format!("{key} is no text: {other}"));
                None
            }
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.table.remove(key) {
            Some(Toml::Boolean(flag)) => flag,
            Some(Toml::String(text)) => text == "true",
            _ => false,
        }
    }

    /// A list, or one text, under its key or the same in the singular.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        let single = key.strip_suffix('s').unwrap_or(key);
        let found = [self.table.remove(key), self.table.remove(single)];
        let items = found.into_iter().flatten().flat_map(|value| match value {
            Toml::Array(items) => items,
            one => vec![one],
        });
        let texts = items.filter_map(|item| item.as_str().map(str::to_owned));
        texts
            .flat_map(|text| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>())
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// As [`Self::list`], of items that may have commas.
    pub(super) fn whole_items(&mut self, key: &str) -> Vec<String> {
        let found = [self.table.remove(key), self.table.remove(key.strip_suffix('s').unwrap_or(key))];
        let items = found.into_iter().flatten().flat_map(|value| match value {
            Toml::Array(items) => items,
            one => vec![one],
        });
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }
}
