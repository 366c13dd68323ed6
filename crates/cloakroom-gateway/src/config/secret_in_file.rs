//! Whether a configuration file has to be kept from others.

use crate::config::{Key, Origin, Settings};

impl Settings {
    /// Whether a secret stands in the configuration file itself.
    pub(crate) fn has_secret_in_file(&self) -> bool {
        let is_password = |(key, value, origin): &(Key, String, Origin)| {
            matches!((key, origin), (Key::Store | Key::Accounts, Origin::File { .. }))
                && value.contains(":***@")
        };
        self.file.has_client_secret || self.in_effect.iter().any(is_password)
    }
}

#[cfg(test)]
impl Settings {
    /// Settings from the text of a file that is called `cloakroom.toml`.
    pub(crate) fn sample(text: &str) -> Self {
        Self::try_sample(text).unwrap()
    }

    /// The same, where it may be refused.
    pub(crate) fn try_sample(text: &str) -> Result<Self, crate::config::ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cloakroom.toml");
        std::fs::write(&path, text).unwrap();
        crate::config::SettingsSource { file: Some(path), ..Default::default() }.load()
    }
}
