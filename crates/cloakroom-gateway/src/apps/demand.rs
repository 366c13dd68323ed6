//! What it takes to reach a path of an application.

use std::time::Duration;

use crate::accounts::{Group, Groups};
use crate::config::{Access, App, Rule, is_canonical};

/// What it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Demand<'a> {
    /// Nothing: everybody may.
    Nothing,
    /// A signed-in user who meets each of these.
    User(Vec<&'a Access>),
}

/// What in an application's table decides about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decider<'a> {
    /// The first rule that matches.
    Rule(&'a Rule),
    /// What the table says where no rule does.
    Table,
    /// All of it: programs read the path in different ways.
    Everything,
}

/// Whether a user brings what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// They do.
    Yes,
    /// They will, once they have proved again who they are.
    WithNewProof,
    /// They are in none of the groups.
    No,
}

impl<'a> Decider<'a> {
    /// What decides about this path, which is without its query.
    ///
    /// A path that programs read in different ways could be another rule's in the application's eyes, so it has to meet every rule
    /// there is, and is never public.
    ///
    /// Source: Traefik GHSA-6jwx-7vp4-9847, oauth2-proxy CVE-2025-54576.
    pub(crate) fn of(app: &'a App, path: &str) -> Self {
        if !is_canonical(path) {
            return Self::Everything;
        }
        app.rules.iter().find(|rule| rule.path.matches(path)).map_or(Self::Table, Self::Rule)
    }
}

impl<'a> Demand<'a> {
    /// What an application asks for on this path.
    pub(crate) fn of(app: &'a App, path: &str) -> Self {
        match Decider::of(app, path) {
            Decider::Rule(rule) => {
                rule.access.as_ref().map_or(Self::Nothing, |access| Self::User(vec![access]))
            }
            Decider::Table => Self::User(vec![&app.access]),
            Decider::Everything => {
                let rules = app.rules.iter().filter_map(|rule| rule.access.as_ref());
                Self::User(std::iter::once(&app.access).chain(rules).collect())
            }
        }
    }

    /// The groups that a user of these groups lacks: of each of these lists one.
    pub(crate) fn lacking(&self, groups: &Groups) -> Vec<Vec<&'a str>> {
        let Self::User(demanded) = self else { return Vec::new() };
        let unmet = demanded
            .iter()
            .map(|access| &access.groups)
            .filter(|wanted| !wanted.is_empty() && !wanted.iter().any(|group| groups.contains(group)));
        unmet.map(|wanted| wanted.iter().map(Group::as_str).collect()).collect()
    }

    /// Whether a user of these groups meets it, whose last proof is this old.
    pub(crate) fn met_by(&self, groups: &Groups, proof_age: Duration) -> Met {
        let Self::User(demanded) = self else { return Met::Yes };
        let is_in_one = |access: &Access| {
            access.groups.is_empty() || access.groups.iter().any(|group| groups.contains(group))
        };
        let is_recent = |access: &Access| access.proven_within.is_none_or(|window| proof_age < window);
        if !demanded.iter().all(|access| is_in_one(access)) {
            Met::No
        } else if !demanded.iter().all(|access| is_recent(access)) {
            Met::WithNewProof
        } else {
            Met::Yes
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
