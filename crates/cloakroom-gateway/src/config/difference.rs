//! What is different between two configurations of one gateway.

use std::fmt::Display;

use crate::config::{Key, Settings};

impl Settings {
    /// The keys that say something else in `new` and that a gateway cannot change while it runs.
    ///
    /// What listens, who the gateway is to browsers, providers and applications, and where sessions and accounts are.
    pub(crate) fn fixed_keys_changed(&self, new: &Self) -> Vec<Key> {
        let changed = [
            (Key::Listen, self.listen != new.listen),
            (Key::PublicUrl, self.public_url != new.public_url),
            (Key::CookieDomain, self.cookie_domain != new.cookie_domain),
            (Key::RedirectListen, self.redirect_listen != new.redirect_listen),
            (Key::ShutdownTimeout, self.shutdown_timeout != new.shutdown_timeout),
            (Key::TlsCertificate, self.speaks_tls() != new.speaks_tls()),
            (Key::DataDir, self.data_dir != new.data_dir),
            (Key::Store, self.store != new.store),
            (Key::Accounts, self.accounts != new.accounts),
            (Key::NearCache, self.near_cache != new.near_cache),
            (Key::RememberMe, self.remember_me != new.remember_me),
            (Key::Bind, self.bind != new.bind),
            (Key::LogFormat, self.watch.log_format != new.watch.log_format),
            (Key::EventsKept, self.watch.events_kept != new.watch.events_kept),
            (Key::MetricsListen, self.watch.metrics != new.watch.metrics),
        ];
        changed.into_iter().filter(|(_, is_changed)| *is_changed).map(|(key, _)| key).collect()
    }

    /// All that is different, each as a few words for the log.
    pub(crate) fn differences(&self, new: &Self) -> Vec<String> {
        let value = |settings: &Self, key: Key| {
            settings.in_effect.iter().find(|entry| entry.0 == key).map(|entry| entry.1.clone())
        };
        let mut said: Vec<String> = Key::ALL
            .into_iter()
            .filter(|key| value(self, *key) != value(new, *key))
            .map(|key| format!("{key} = {}", value(new, key).unwrap_or_default()))
            .collect();
        said.extend(tables("app", &self.apps, &new.apps, |app| &app.name));
        said.extend(tables("oidc", &self.oidc, &new.oidc, |provider| &provider.name));
        said.extend((self.hook != new.hook).then(|| "sign_in.hook is different".to_owned()));
        said.extend((self.brand != new.brand).then(|| "brand is different".to_owned()));
        said
    }
}

/// Tables that are new, gone or different, by their names.
fn tables<T: PartialEq, N: Display + PartialEq>(
    kind: &str,
    old: &[T],
    new: &[T],
    name: impl Fn(&T) -> &N,
) -> Vec<String> {
    let was = |table: &T| old.iter().find(|other| name(other) == name(table));
    let gone = old.iter().filter(|table| new.iter().all(|other| name(other) != name(table)));
    let gone = gone.map(|table| format!("{kind} {} is gone", name(table)));
    let others = new.iter().filter_map(|table| match was(table) {
        None => Some(format!("{kind} {} is new", name(table))),
        Some(other) if other != table => Some(format!("{kind} {} is different", name(table))),
        Some(_) => None,
    });
    gone.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIKI: &str = "[[app]]\nname = \"wiki\"\norigin = \"https://wiki.example.org\"\n";

    #[test]
    fn every_difference_is_named() {
        let old = Settings::sample(&format!(
            "name = \"a\"\n{WIKI}[[app]]\nname = \"b\"\norigin = \"https://b.example\"\n"
        ));
        let new = Settings::sample(&format!(
            "idle_timeout = \"5m\"\n{WIKI}jwt = true\n[[app]]\nname = \"c\"\norigin = \"https://b.example\"\n"
        ));
        let expected = [
            "idle_timeout = \"5m\"",
            "name = \"cloakroom\"",
            "app b is gone",
            "app wiki is different",
            "app c is new",
        ];
        assert_eq!(old.differences(&new), expected);
        assert_eq!(old.differences(&old), Vec::<String>::new());
        assert_eq!(old.fixed_keys_changed(&new), []);
    }

    #[test]
    fn where_a_gateway_is_and_what_it_keeps_cannot_change_while_it_runs() {
        let old = Settings::sample("");
        for (text, key) in [
            ("listen = \"127.0.0.1:1\"", Key::Listen),
            ("public_url = \"https://a.example\"", Key::PublicUrl),
            ("accounts = \"sqlite:other.db\"", Key::Accounts),
            ("near_cache = \"2s\"", Key::NearCache),
        ] {
            assert_eq!(old.fixed_keys_changed(&Settings::sample(text)), [key], "{text}");
        }
        let here = "public_url = \"https://login.example.org\"\n";
        let shared = Settings::sample(&format!("{here}cookie_domain = \"example.org\""));
        assert_eq!(Settings::sample(here).fixed_keys_changed(&shared), [Key::CookieDomain]);
        let moved = Settings::sample("data_dir = \"/var/lib/cloakroom\"");
        assert_eq!(old.fixed_keys_changed(&moved), [Key::DataDir, Key::Store, Key::Accounts]);
    }
}
