//! `[[app]]` tables as they stand in the file, read with the line of whatever is wrong.

use std::ops::Range;
use std::path::PathBuf;

use toml::de::DeTable;

use crate::accounts::Group;
use crate::config::table::{Entry, TableError, flag, known, parsed, tables, time, wrong};
use crate::config::{Access, App, AppOrigin, CrossSite, PathPattern, Rule, Scheme, upstream_terms};
use crate::tls::CertificateFiles;

const APP_KEYS: [&str; 12] = [
    "name",
    "origin",
    "upstream",
    "groups",
    "proven_within",
    "idle_timeout",
    "absolute_timeout",
    "preflight",
    "cross_site",
    "jwt",
    "x_auth_request",
    "rule",
];
const TLS_KEYS: [&str; 2] = ["tls_certificate", "tls_key"];
const RULE_KEYS: [&str; 4] = ["path", "public", "groups", "proven_within"];

/// Reads every `[[app]]` table.
pub(super) fn apps(value: &Entry<'_>) -> Result<Vec<App>, TableError> {
    let mut apps: Vec<App> = Vec::new();
    for (table, at) in tables(value, "app")? {
        let app = app(table, at.clone())?;
        if let Some(other) = apps.iter().find(|other| other.name == app.name || other.origin == app.origin) {
            let message = format!(
                "two [[app]] tables share the name {:?} or the origin {}",
                other.name.as_str(),
                other.origin
            );
            return Err(TableError { at, message });
        }
        apps.push(app);
    }
    Ok(apps)
}

fn app(table: &DeTable<'_>, at: Range<usize>) -> Result<App, TableError> {
    known(table, &[&APP_KEYS[..], &upstream_terms::KEYS[..], &TLS_KEYS[..]].concat())?;
    let required = |name: &str| {
        table
            .get(name)
            .ok_or_else(|| TableError { at: at.clone(), message: format!("an [[app]] has no {name}") })
    };
    let name = parsed(required("name")?, "name", "1 to 40 of a to z, 0 to 9 and -")?;
    let origin: AppOrigin = parsed(
        required("origin")?,
        "origin",
        "an origin without a path, such as https://wiki.example.org, or https://*.example.org for every host of one label below a domain of \
         your own",
    )?;
    if !origin.is_loopback() && origin.scheme() == Scheme::Http {
        let message = "this origin is plain HTTP on a name that is not localhost, where browsers keep no Secure cookie; expected https://...";
        return Err(TableError { at, message: message.to_owned() });
    }
    let upstream = table.get("upstream");
    let upstream = upstream
        .map(|value| {
            parsed(
                value,
                "upstream",
                "an address such as http://127.0.0.1:3000, https://app.internal or h2c://127.0.0.1:3000",
            )
        })
        .transpose()?;
    let rules = match table.get("rule") {
        Some(value) => {
            tables(value, "app.rule")?.map(|(table, at)| rule(table, at)).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    Ok(App {
        access: access(table)?,
        upstream_terms: upstream_terms::read(table)?,
        tls: certificate(table, &at)?,
        preflight: table.get("preflight").map_or(Ok(false), |value| flag(value, "preflight"))?,
        jwt: table.get("jwt").map_or(Ok(false), |value| flag(value, "jwt"))?,
        x_auth_request: table
            .get("x_auth_request")
            .map_or(Ok(false), |value| flag(value, "x_auth_request"))?,
        idle_timeout: table.get("idle_timeout").map(|value| time(value, "idle_timeout")).transpose()?,
        absolute_timeout: table
            .get("absolute_timeout")
            .map(|value| time(value, "absolute_timeout"))
            .transpose()?,
        cross_site: table.get("cross_site").map_or(Ok(CrossSite::default()), cross_site)?,
        ..App { rules, ..App::open_to_users(name, origin, upstream) }
    })
}

/// A certificate and its key: both or none.
fn certificate(table: &DeTable<'_>, at: &Range<usize>) -> Result<Option<CertificateFiles>, TableError> {
    let path = |name: &str| {
        let path = |value: &Entry<'_>| {
            let text = value.get_ref().as_str().filter(|text| !text.is_empty());
            text.map(PathBuf::from).ok_or_else(|| wrong(value, name, "a PEM file"))
        };
        table.get(name).map(path).transpose()
    };
    match (path(TLS_KEYS[0])?, path(TLS_KEYS[1])?) {
        (Some(chain), Some(key)) => Ok(Some(CertificateFiles { chain, key })),
        (None, None) => Ok(None),
        _ => {
            Err(TableError { at: at.clone(), message: "tls_certificate and tls_key go together".to_owned() })
        }
    }
}

fn rule(table: &DeTable<'_>, at: Range<usize>) -> Result<Rule, TableError> {
    known(table, &RULE_KEYS)?;
    let path = table.get("path");
    let path =
        path.ok_or_else(|| TableError { at: at.clone(), message: "an [[app.rule]] has no path".to_owned() })?;
    let path: PathPattern =
        parsed(path, "path", "a path such as /status, or with everything below it, such as /static/*")?;
    let is_public = table.get("public").map_or(Ok(false), |value| flag(value, "public"))?;
    let access = access(table)?;
    if is_public && access != Access::default() {
        let message =
            "public = true lets everybody in, and does not go with groups or proven_within".to_owned();
        return Err(TableError { at, message });
    }
    Ok(Rule { path, access: (!is_public).then_some(access) })
}

fn access(table: &DeTable<'_>) -> Result<Access, TableError> {
    let groups = table.get("groups").map_or(Ok(Vec::new()), groups)?;
    let proven_within = table.get("proven_within").map(|value| time(value, "proven_within")).transpose()?;
    Ok(Access { groups, proven_within })
}

fn groups(value: &Entry<'_>) -> Result<Vec<Group>, TableError> {
    let wrong = || wrong(value, "groups", "a list of groups, such as [\"staff\"]");
    let items = value.get_ref().as_array().ok_or_else(wrong)?;
    let groups: Option<Vec<Group>> =
        items.iter().map(|item| item.get_ref().as_str().and_then(|text| text.parse().ok())).collect();
    groups.filter(|groups| !groups.is_empty()).ok_or_else(wrong)
}

fn cross_site(value: &Entry<'_>) -> Result<CrossSite, TableError> {
    match value.get_ref().as_str() {
        Some("pass") => Ok(CrossSite::Pass),
        Some("refuse") => Ok(CrossSite::Refuse),
        Some("refuse-siblings") => Ok(CrossSite::RefuseSiblings),
        _ => Err(wrong(value, "cross_site", "one of pass, refuse or refuse-siblings")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Result<Vec<App>, String> {
        let table = DeTable::parse(text).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        apps(value).map_err(|error| error.message)
    }

    const WIKI: &str = "[[app]]\nname = \"wiki\"\norigin = \"https://wiki.example.org\"\n";

    #[test]
    fn an_application_needs_a_name_and_an_origin_and_lets_every_user_in() {
        let [wiki] = read(WIKI).unwrap().try_into().unwrap();
        assert_eq!(wiki.origin.to_string(), "https://wiki.example.org");
        assert_eq!((wiki.upstream, wiki.access, wiki.rules), (None, Access::default(), Vec::new()));
        assert!(!wiki.jwt && read(&format!("{WIKI}jwt = true")).unwrap()[0].jwt);
        assert_eq!(read("[[app]]\nname = \"wiki\"").unwrap_err(), "an [[app]] has no origin");
    }

    #[test]
    fn limits_of_its_own_are_times_above_zero() {
        let text = format!("{WIKI}idle_timeout = \"15m\"\nabsolute_timeout = \"8h\"");
        let [wiki] = read(&text).unwrap().try_into().unwrap();
        assert_eq!(
            (wiki.idle_timeout, wiki.absolute_timeout),
            (Some(Duration::from_mins(15)), Some(Duration::from_hours(8)))
        );
        let refused = read(&format!("{WIKI}idle_timeout = \"0s\"")).unwrap_err();
        assert_eq!(refused, "this idle_timeout is not valid; expected a time such as 15m");
    }

    #[test]
    fn rules_are_kept_in_their_order() {
        let text = format!(
            "{WIKI}groups = [\"staff\"]\nproven_within = \"8h\"\ncross_site = \"refuse\"\n\
             [[app.rule]]\npath = \"/static/*\"\npublic = true\n\
             [[app.rule]]\npath = \"/admin/*\"\ngroups = [\"ops\"]\nproven_within = \"15m\"\n"
        );
        let [wiki] = read(&text).unwrap().try_into().unwrap();
        assert_eq!(wiki.cross_site, CrossSite::Refuse);
        assert_eq!(wiki.access.groups, ["staff".parse().unwrap()]);
        let rules: Vec<_> =
            wiki.rules.iter().map(|rule| (rule.path.to_string(), rule.access.clone())).collect();
        let ops =
            Access { groups: vec!["ops".parse().unwrap()], proven_within: Some(Duration::from_mins(15)) };
        assert_eq!(rules, [("/static/*".to_owned(), None), ("/admin/*".to_owned(), Some(ops))]);
    }

    #[test]
    fn whatever_is_wrong_says_what_would_be_right() {
        for (more, message) in [
            ("groop = [\"a\"]", "unknown key \"groop\"; did you mean \"groups\"?"),
            ("groups = []", "this groups is not valid; expected a list of groups, such as [\"staff\"]"),
            (
                "upstream = \"ftp://x\"",
                "this upstream is not valid; expected an address such as http://127.0.0.1:3000, https://app.internal \
                 or h2c://127.0.0.1:3000",
            ),
            ("[[app.rule]]\npublic = true", "an [[app.rule]] has no path"),
            (
                "[[app.rule]]\npath = \"/a\"\npublic = true\ngroups = [\"a\"]",
                "public = true lets everybody in, and does not go with groups or proven_within",
            ),
            (
                "[[app]]\nname = \"wiki\"\norigin = \"https://b.example\"",
                "two [[app]] tables share the name \"wiki\" or the origin https://wiki.example.org",
            ),
        ] {
            assert_eq!(read(&format!("{WIKI}{more}")).unwrap_err(), message);
        }
        assert_eq!(read("app = 3").unwrap_err(), "app is written [[app]], once for each");
        for suffix in ["*.com", "*.co.uk", "*", "*.*.example.org"] {
            let many = format!("[[app]]\nname = \"a\"\norigin = \"https://{suffix}\"");
            assert!(read(&many).unwrap_err().contains("below a domain of your own"), "{suffix}");
        }
        let plain = "[[app]]\nname = \"a\"\norigin = \"http://a.example\"";
        assert!(read(plain).unwrap_err().starts_with("this origin is plain HTTP"));
    }
}
