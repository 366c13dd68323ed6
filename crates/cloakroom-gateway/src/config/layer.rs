//! One source of settings, such as the environment, before its values are read.

use std::collections::BTreeMap;

use crate::config::{
    AcmeSettings, App, Brand, ConfigError, FileFacts, Given, HookSettings, Key, OidcProvider, Origin,
};

/// Values that one source gives, each with the place where it stands.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    entries: BTreeMap<Key, (Given, Origin)>,
    /// Applications, which only a file can name.
    apps: Vec<App>,
    /// Providers of sign-ins, likewise.
    oidc: Vec<OidcProvider>,
    /// What else is known of the file, if it is one.
    file: Option<FileFacts>,
    /// Where certificates come from, likewise.
    acme: Option<AcmeSettings>,
    /// The hook of an application's own users, likewise.
    hook: Option<HookSettings>,
    /// How pages look, likewise.
    brand: Option<Brand>,
}

impl Layer {
    /// The flags that were given on the command line.
    pub fn from_flags(flags: impl IntoIterator<Item = (Key, String)>) -> Self {
        let entries =
            flags.into_iter().map(|(key, value)| (key, (Given::Text(value), Origin::Flag(key)))).collect();
        Self { entries, ..Self::default() }
    }

    /// The environment variables that name a key.
    ///
    /// Others that start with `CLOAKROOM_` are left alone, since container platforms make up variables
    /// from service names; only one that looks like a mistyped key is refused.
    ///
    /// # Errors
    /// [`ConfigError::MistypedVariable`] for a variable that is nearly a key.
    pub fn from_environment(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layer = Self::default();
        for (variable, value) in variables {
            let Some(name) = variable.strip_prefix("CLOAKROOM_") else { continue };
            let name = name.to_ascii_lowercase();
            if let Some(key) = Key::from_name(&name) {
                layer.insert(key, Given::Text(value), Origin::Environment(key));
            } else if let Some(meant) = Key::nearest(&name) {
                return Err(ConfigError::MistypedVariable { variable, meant });
            }
        }
        Ok(layer)
    }

    pub(super) fn insert(&mut self, key: Key, given: Given, origin: Origin) {
        self.entries.insert(key, (given, origin));
    }

    pub(super) fn set_apps(&mut self, apps: Vec<App>) {
        self.apps = apps;
    }

    pub(super) fn apps(&self) -> &[App] {
        &self.apps
    }

    pub(super) fn set_oidc(&mut self, providers: Vec<OidcProvider>) {
        self.oidc = providers;
    }

    pub(super) fn set_file(&mut self, facts: FileFacts) {
        self.file = Some(facts);
    }

    pub(super) fn file(&self) -> Option<&FileFacts> {
        self.file.as_ref()
    }

    pub(super) fn set_acme(&mut self, acme: AcmeSettings) {
        self.acme = Some(acme);
    }

    pub(super) fn acme(&self) -> Option<&AcmeSettings> {
        self.acme.as_ref()
    }

    pub(super) fn oidc(&self) -> &[OidcProvider] {
        &self.oidc
    }

    pub(super) fn set_hook(&mut self, hook: Option<HookSettings>) {
        self.hook = hook;
    }

    pub(super) const fn hook(&self) -> Option<&HookSettings> {
        self.hook.as_ref()
    }

    pub(super) fn set_brand(&mut self, brand: Brand) {
        self.brand = Some(brand);
    }

    pub(super) fn brand(&self) -> Option<&Brand> {
        self.brand.as_ref()
    }

    pub(super) fn get(&self, key: Key) -> Option<&(Given, Origin)> {
        self.entries.get(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_environment_variable_names_a_key_in_capitals() {
        let layer =
            Layer::from_environment(variables(&[("CLOAKROOM_PUBLIC_URL", "https://a.example")])).unwrap();
        let (given, origin) = layer.get(Key::PublicUrl).unwrap();
        assert_eq!(given.as_text(), Some("https://a.example"));
        assert_eq!(origin.to_string(), "environment variable CLOAKROOM_PUBLIC_URL");
    }

    #[test]
    fn a_mistyped_variable_is_refused_with_the_right_one() {
        let error = Layer::from_environment(variables(&[("CLOAKROOM_LISTN", "x")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment variable CLOAKROOM_LISTN is unknown; did you mean CLOAKROOM_LISTEN?"
        );
    }

    #[test]
    fn variables_that_a_platform_makes_up_are_left_alone() {
        let made_up = variables(&[
            ("CLOAKROOM_SERVICE_HOST", "10.0.0.1"),
            ("CLOAKROOM_PORT_7464_TCP", "x"),
            ("PATH", "/"),
        ]);
        assert!(Layer::from_environment(made_up).is_ok());
    }
}
