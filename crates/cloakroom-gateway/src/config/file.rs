//! The TOML file, read with the line of every key and value.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::config::table::TableError;
use crate::config::{
    ConfigError, FileFacts, Given, Key, Layer, Origin, acme_table, app_table, brand_table, hook, oidc_table,
};

impl Layer {
    /// The keys of a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be read, is not TOML, or holds a key or type that nobody knows.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        parse(path, &text)
    }
}

fn parse(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })?;
    let mut layer = Layer::default();
    layer.set_file(FileFacts::of(path, table.get_ref(), |offset| line_of(text, offset)));
    for (name, value) in table.get_ref() {
        let line = line_of(text, name.span().start);
        let in_table = |error: TableError| ConfigError::Table {
            path: path.to_owned(),
            line: line_of(text, error.at.start),
            message: error.message,
        };
        match name.get_ref().as_ref() {
            "app" => {
                layer.set_apps(app_table::apps(value).map_err(in_table)?);
                continue;
            }
            "acme" => {
                layer.set_acme(acme_table::acme(value).map_err(in_table)?);
                continue;
            }
            "brand" => {
                let read = brand_table::brand(value).map_err(in_table)?;
                layer.set_brand(read.brand);
                if let Some((name, at)) = read.name {
                    let twice = || TableError {
                        at: at.clone(),
                        message: "the name stands in [brand] and as a key; keep one of them".to_owned(),
                    };
                    table.get_ref().get("name").map_or(Ok(()), |_| Err(in_table(twice())))?;
                    let origin = Origin::File { path: path.to_owned(), line: line_of(text, at.start) };
                    layer.insert(Key::Name, Given::Text(name), origin);
                }
                continue;
            }
            "oidc" => {
                layer.set_oidc(oidc_table::providers(value).map_err(in_table)?);
                continue;
            }
            "sign_in" => {
                layer.set_hook(hook::sign_in(value).map_err(in_table)?);
                continue;
            }
            _ => {}
        }
        let Some(key) = Key::from_name(name.get_ref()) else {
            return Err(ConfigError::UnknownKey {
                path: path.to_owned(),
                line,
                name: name.get_ref().to_string(),
                meant: Key::nearest(name.get_ref()),
            });
        };
        let origin = Origin::File { path: path.to_owned(), line: line_of(text, value.span().start) };
        let Some(given) = given(value.get_ref()) else {
            let value = text[value.span()].to_owned();
            return Err(ConfigError::WrongValue { origin, key, value });
        };
        layer.insert(key, given, origin);
    }
    Ok(layer)
}

/// Text, whole numbers and lists of text; no key takes anything else.
fn given(value: &DeValue<'_>) -> Option<Given> {
    match value {
        DeValue::String(text) => Some(Given::Text(text.to_string())),
        DeValue::Integer(number) if number.radix() == 10 => Some(Given::Text(number.as_str().to_owned())),
        DeValue::Boolean(flag) => Some(Given::Flag(*flag)),
        DeValue::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            items.map(Given::List)
        }
        _ => None,
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text[..offset.min(text.len())].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(Path::new("cloakroom.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_key_that_was_meant() {
        assert_eq!(
            refusal("# mine\nlisten = \"127.0.0.1:1\"\n\npublic_ulr = \"http://localhost\"\n"),
            "cloakroom.toml, line 4: unknown key \"public_ulr\"; did you mean \"public_url\"?"
        );
    }

    #[test]
    fn an_unknown_key_far_from_all_lists_the_keys() {
        assert!(
            refusal("colour = 1")
                .starts_with("cloakroom.toml, line 1: unknown key \"colour\"; the keys are listen, ")
        );
    }

    #[test]
    fn a_table_is_an_unknown_key_too() {
        assert!(refusal("[server]\nlisten = \"127.0.0.1:1\"").contains("line 1: unknown key \"server\""));
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        assert!(refusal("listen = \"127.0.0.1:1\"\nname = \n").starts_with("cloakroom.toml, line 2: "));
    }

    #[test]
    fn a_key_given_twice_is_refused() {
        assert!(refusal("name = \"a\"\nname = \"b\"\n").starts_with("cloakroom.toml, line 2: "));
    }

    #[test]
    fn the_name_may_stand_with_the_rest_of_the_brand_and_not_twice() {
        let layer = parse(Path::new("c.toml"), "[brand]\nname = \"Acme\"").unwrap();
        let (given, origin) = layer.get(Key::Name).unwrap();
        assert_eq!((given.as_text(), origin.to_string().as_str()), (Some("Acme"), "c.toml, line 2"));
        assert_eq!(
            refusal("name = \"a\"\n[brand]\nname = \"b\""),
            "cloakroom.toml, line 3: the name stands in [brand] and as a key; keep one of them"
        );
    }

    #[test]
    fn a_value_of_a_wrong_type_is_refused_as_it_is_written() {
        let refusal = refusal("listen = 1.5");
        assert!(
            refusal.starts_with("cloakroom.toml, line 1: listen = 1.5 is not valid; expected an IP"),
            "{refusal}"
        );
    }

    #[test]
    fn numbers_and_lists_are_taken_as_written() {
        let layer = parse(
            Path::new("c.toml"),
            "password_length_min = 16\ntrusted_proxies = [\n \"10.0.0.0/8\",\n \"::1\",\n]",
        )
        .unwrap();
        assert_eq!(layer.get(Key::PasswordLengthMin).unwrap().0, Given::Text("16".into()));
        assert_eq!(layer.get(Key::TrustedProxies).unwrap().0.items(), ["10.0.0.0/8", "::1"]);
    }
}
