//! Limits of an application's own, checked against those of the whole.

use std::time::Duration;

use crate::config::{ConfigError, Key, Settings, span};

impl Settings {
    /// Each limit of an application is at most the gateway's, and belongs to an application at an origin of its own.
    ///
    /// # Errors
    /// [`ConfigError::AppLimit`].
    pub(super) fn check_app_limits(&self) -> Result<(), ConfigError> {
        let here = self.public_url_on(self.listen.port());
        for app in &self.apps {
            let refused = |limit, value: Duration, why| {
                Err(ConfigError::AppLimit {
                    name: app.name.to_string(),
                    limit,
                    value: span::render(value),
                    why,
                })
            };
            let most = [
                (Key::IdleTimeout, app.idle_timeout, self.idle_timeout),
                (Key::AbsoluteTimeout, app.absolute_timeout, self.absolute_timeout),
            ];
            for (key, limit, most) in most {
                let Some(limit) = limit else { continue };
                if limit > most {
                    let why =
                        format!("it is at most the gateway's own {key}, which is {:?}", span::render(most));
                    return refused(key, limit, why);
                }
                if app.origin == here {
                    let why = format!("at the origin of the sign-in the gateway's own {key} counts");
                    return refused(key, limit, why);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{App, Layer, Settings};

    fn refusal(origin: &str, idle: u64, absolute: u64) -> Option<String> {
        let app = App {
            idle_timeout: Some(std::time::Duration::from_mins(idle)),
            absolute_timeout: Some(std::time::Duration::from_mins(absolute)),
            ..App::open_to_users("wiki".parse().unwrap(), origin.parse().unwrap(), None)
        };
        let mut layer = Layer::default();
        layer.set_apps(vec![app]);
        Settings::resolve(vec![layer]).err().map(|error| error.to_string())
    }

    #[test]
    fn an_applications_limits_are_at_most_the_gateways() {
        assert_eq!(refusal("http://wiki.localhost:8080", 60, 24 * 60), None);
        let refused = refusal("http://wiki.localhost:8080", 61, 60).unwrap();
        assert!(refused.contains("idle_timeout = \"61m\"") && refused.contains("at most"), "{refused}");
        let refused = refusal("http://wiki.localhost:8080", 60, 24 * 60 + 1).unwrap();
        assert!(refused.contains("absolute_timeout"), "{refused}");
        let refused = refusal("http://localhost:7464", 30, 60).unwrap();
        assert!(refused.contains("origin of the sign-in"), "{refused}");
    }
}
