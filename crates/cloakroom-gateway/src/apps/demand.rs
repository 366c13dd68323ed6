//! What it takes to reach a path of an application.

use crate::config::{Access, App, is_canonical};

/// What it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Demand<'a> {
    /// Nothing: everybody may.
    Nothing,
    /// A signed-in user who meets each of these.
    User(Vec<&'a Access>),
}

impl<'a> Demand<'a> {
    /// What an application asks for on this path, which is without its query.
    ///
    /// The first rule that matches decides. A path that programs read in different ways could be another rule's in the
    /// application's eyes, so it has to meet every rule there is, and is never public.
    ///
    /// Source: Traefik GHSA-6jwx-7vp4-9847, oauth2-proxy CVE-2025-54576.
    pub(crate) fn of(app: &'a App, path: &str) -> Self {
        if !is_canonical(path) {
            let rules = app.rules.iter().filter_map(|rule| rule.access.as_ref());
            return Self::User(std::iter::once(&app.access).chain(rules).collect());
        }
        match app.rules.iter().find(|rule| rule.path.matches(path)) {
            Some(rule) => rule.access.as_ref().map_or(Self::Nothing, |access| Self::User(vec![access])),
            None => Self::User(vec![&app.access]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AppName, Rule};

    fn access(group: &str) -> Access {
        Access { groups: vec![group.parse().unwrap()], proven_within: None }
    }

    fn app() -> App {
        let name: AppName = "wiki".parse().unwrap();
        let rule = |path: &str, access| Rule { path: path.parse().unwrap(), access };
        App {
            access: access("staff"),
            rules: vec![
                rule("/static/admin/*", Some(access("ops"))),
                rule("/static/*", None),
                rule("/admin/*", Some(access("ops"))),
            ],
            ..App::open_to_users(name, "https://wiki.example.org".parse().unwrap(), None)
        }
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let app = app();
        assert_eq!(Demand::of(&app, "/static/a.css"), Demand::Nothing);
        assert_eq!(Demand::of(&app, "/static/admin/a.css"), Demand::User(vec![&access("ops")]));
        assert_eq!(Demand::of(&app, "/admin/"), Demand::User(vec![&access("ops")]));
        assert_eq!(Demand::of(&app, "/else"), Demand::User(vec![&access("staff")]));
    }

    #[test]
    fn a_path_that_could_be_read_as_another_meets_every_rule_and_is_never_public() {
        let app = app();
        for path in [
            "/static/../admin/",
            "/static//a.css",
            "/static/%2e%2e/admin",
            "/static/a%2fb",
            "/static;x/a",
            "/%61dmin/",
            "/x/..;/admin",
            "/static/\\..\\admin",
        ] {
            let (staff, ops) = (access("staff"), access("ops"));
            assert_eq!(Demand::of(&app, path), Demand::User(vec![&staff, &ops, &ops]), "{path}");
        }
    }
}
