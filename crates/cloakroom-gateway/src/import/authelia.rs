//! The access control of Authelia: which rules decide about which hosts.
//!
//! There and here the first rule that matches decides, so that rules are taken over in their order for as long as each says what it said. One
//! that cannot be said, and that what follows must not be looser than, is the last: from there on nobody passes until somebody has decided.
//!
//! Source: its manual, "Access Control", of version 4.

use saphyr::{LoadableYamlNode as _, Yaml};

use crate::config::AppOrigin;
use crate::import::decision::{Decision, group};
use crate::import::fragment::{Fragment, Translation, UNDECIDED, Untranslatable, app_name};
use crate::import::regexes::{Fit, Subject, Translated, translate};

/// The group that stands for a second factor, of which nothing is known here.
const SECOND_FACTOR: &str = "imported-two-factor";

/// Says the `access_control` of a `configuration.yml` of Authelia as `[[app]]` tables, one for each host that its rules name.
///
/// # Errors
/// [`Untranslatable`] where there is none.
pub fn authelia_rules(text: &str) -> Result<Translation, Untranslatable> {
    let documents = Yaml::load_from_str(text).map_err(|_| Untranslatable::NotYaml)?;
    let control = documents.first().and_then(|document| document.as_mapping_get("access_control"));
    let control =
        control.filter(|control| control.is_mapping()).ok_or(Untranslatable::Missing("access_control"))?;
    let listed = control
        .as_mapping_get("rules")
        .and_then(|rules| rules.as_vec().map(|rules| rules.iter().collect::<Vec<_>>()));
    let mut fragment = Fragment::default();
    let rules: Vec<Rule> =
        (1..).zip(listed.unwrap_or_default()).map(|(number, rule)| Rule::read(number, rule)).collect();
    let default = match control.as_mapping_get("default_policy").and_then(Yaml::as_str) {
        Some("bypass") => Decision::Public,
        Some("one_factor") => Decision::SignedIn(Vec::new()),
        Some("two_factor") => Decision::SecondFactor(Vec::new()),
        _ => Decision::Nobody,
    };
    if default != Decision::Nobody {
        fragment.left_out("default_policy lets people in at hosts that no rule names; a host without an [[app]] leads nowhere here");
    }
    let mut hosts: Vec<&str> = Vec::new();
    for host in rules.iter().flat_map(|rule| &rule.hosts) {
        if !hosts.contains(&host.as_str()) {
            hosts.push(host);
        }
    }
    let mut taken = Vec::new();
    for host in hosts {
        let Ok(origin) = format!("https://{host}").parse::<AppOrigin>() else {
            fragment.left_out(format!("{host} is no host that an application could be at"));
            continue;
        };
        if origin.is_of_many() {
            fragment.left_out(format!(
                "{host} is hosts of one label more here, and not of several; {} itself was never among them",
                origin.host()
            ));
        }
        application(&mut fragment, host, (&rules, &default), &mut taken);
    }
    for rule in rules.iter().filter(|rule| rule.hosts.is_empty()) {
        fragment.left_out(format!(
            "rule {} names no host by its name; hosts that are found by an expression have to be written out",
            rule.number
        ));
    }
    if rules.iter().any(|rule| matches!(rule.decision, Decision::SecondFactor(_))) {
        fragment.left_out(format!(
            "two_factor: a second factor is the provider's business here, and nothing is known of it. Put those into the group {SECOND_FACTOR} who \
             have to bring one there"
        ));
    }
    fragment.left_out("upstream: Authelia was asked by a proxy, and so is the gateway; cloakroom snippet, or an upstream for each [[app]]");
    Ok(fragment.finish("the access_control of Authelia"))
}

/// One rule, as far as it can be understood.
#[derive(Clone, Debug)]
struct Rule {
    /// Its place in the list, from 1.
    number: usize,
    /// The hosts that it names, some with `*.` before them.
    hosts: Vec<String>,
    /// Whether it is about hosts too that it does not name one by one.
    has_other_hosts: bool,
    /// Expressions of paths; none for all.
    resources: Vec<String>,
    decision: Decision,
    /// What else it depends on, which no rule here can.
    conditions: Vec<&'static str>,
    /// Users that stand in the place of groups, and the groups made of them.
    users: Vec<String>,
}

impl Rule {
    fn read(number: usize, rule: &Yaml<'_>) -> Self {
        let mut conditions = Vec::new();
        for (key, name) in [("networks", "networks"), ("methods", "methods"), ("query", "query")] {
            if rule.as_mapping_get(key).is_some_and(|value| !value.is_null()) {
                conditions.push(name);
            }
        }
        let mut has_other_hosts = rule.as_mapping_get("domain_regex").is_some_and(|value| !value.is_null());
        let mut hosts = Vec::new();
        for host in texts(rule.as_mapping_get("domain")) {
            if host.contains('{') || host.is_empty() {
                has_other_hosts = true;
            } else {
                hosts.push(host.to_ascii_lowercase());
            }
        }
        let (mut groups, mut users) = (Vec::new(), Vec::new());
        let subjects = subjects(rule.as_mapping_get("subject"));
        let is_for_some = subjects.as_ref().is_none_or(|subjects| !subjects.is_empty());
        for subject in subjects.unwrap_or_default() {
            let found = match subject.split_once(':') {
                Some(("group", name)) => group(name),
                Some(("user", name)) => {
                    users.push(name.to_owned());
                    group(&format!("user-{name}"))
                }
                _ => None,
            };
            groups.extend(found);
        }
        if is_for_some && groups.is_empty() {
            groups.push(UNDECIDED.to_owned());
            conditions.push("subject");
        }
        let decision = match rule.as_mapping_get("policy").and_then(Yaml::as_str) {
            Some("bypass") => Decision::Public,
            Some("one_factor") => Decision::SignedIn(groups),
            Some("two_factor") => Decision::SecondFactor(groups),
            _ => Decision::Nobody,
        };
        let resources = texts(rule.as_mapping_get("resources"));
        Self { number, hosts, has_other_hosts, resources, decision, conditions, users }
    }

    /// Whether it decides about every request that comes to it.
    fn is_about_all(&self) -> bool {
        self.conditions.is_empty() && self.resources.is_empty()
    }

    /// Whether a request to this host could be the rule's, and whether that depends on what cannot be said.
    fn is_about(&self, host: &str) -> Option<bool> {
        let named = self.hosts.iter().any(|named| {
            named == host
                || named
                    .strip_prefix('*')
                    .is_some_and(|below| host.strip_prefix('*').unwrap_or(host).ends_with(below))
        });
        if named { Some(true) } else { self.has_other_hosts.then_some(false) }
    }
}

/// One text, or a list of them.
fn texts(value: Option<&Yaml<'_>>) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    if let Some(text) = value.as_str() {
        return vec![text.to_owned()];
    }
    let items =
        value.as_vec().map(|items| items.iter().filter_map(Yaml::as_str).map(str::to_owned).collect());
    items.unwrap_or_default()
}

/// Subjects of which one is enough; `None` where several are asked for at a time, which no list of groups says.
fn subjects(value: Option<&Yaml<'_>>) -> Option<Vec<String>> {
    let Some(items) = value.and_then(|value| value.as_vec()) else { return Some(texts(value)) };
    let mut subjects = Vec::new();
    for item in items {
        let one_of = texts(Some(item));
        let [only] = <[String; 1]>::try_from(one_of).ok()?;
        subjects.push(only);
    }
    Some(subjects)
}

/// Something of a table that is being written.
struct Written {
    path: String,
    decision: Decision,
    /// The number of the rule that it is of.
    number: usize,
    /// The place of that rule, or of the last that it stands for, among those of its host.
    at: usize,
}

/// Writes the table of a host.
fn application(
    fragment: &mut Fragment,
    host: &str,
    (rules, default): (&[Rule], &Decision),
    taken: &mut Vec<String>,
) {
    let about: Vec<(&Rule, bool)> =
        rules.iter().filter_map(|rule| Some((rule, rule.is_about(host)?))).collect();
    let mut written: Vec<Written> = Vec::new();
    let mut table = default.clone();
    let mut remarks = Vec::new();
    let mut at = 0;
    while let Some((rule, is_named)) = about.get(at) {
        let later = what_follows(&about[at + 1..], default);
        at += 1;
        let is_conditional = !is_named || !rule.conditions.is_empty();
        if is_conditional {
            let why = if *is_named { rule.conditions.join(", ") } else { "domain_regex".to_owned() };
            if rule.decision == Decision::Public {
                fragment.left_out(format!(
                    "rule {} ({why}) opened something of {host} to everybody, which stays shut",
                    rule.number
                ));
                continue;
            }
            remarks.push(format!("Rule {} depends on {why}, which no rule here does. From there on nobody passes: decide, and go on.", rule.number));
            fragment.left_out(format!(
                "rules {} and following of {host}, since rule {} depends on {why}",
                rule.number, rule.number
            ));
            table = Decision::Nobody;
            break;
        }
        if rule.resources.is_empty() {
            table = rule.decision.clone();
            for (next, _) in
                about[at..].iter().take_while(|(next, is_named)| *is_named && next.is_about_all())
            {
                if !table.let_in_too(&next.decision) {
                    break;
                }
            }
            written.extend((table == Decision::Public).then(|| Written {
                path: "/*".to_owned(),
                decision: Decision::Public,
                number: rule.number,
                at,
            }));
            if table == Decision::Public {
                table = default.clone();
            }
            break;
        }
        let Some(found) = paths(rule, &later, host, fragment) else {
            remarks.push(format!("Rule {} is about paths that no rule here can name. From there on nobody passes: decide, and go on.", rule.number));
            fragment.left_out(format!("rules {} and following of {host}, since the resources of rule {} are more than paths and what is below them", rule.number, rule.number));
            table = Decision::Nobody;
            break;
        };
        written.extend(found.into_iter().map(|one| Written { at, ..one }));
    }
    for (rule, _) in &about {
        for user in &rule.users {
            fragment.left_out(format!("user:{user} in rule {}: there are groups only here; cloakroom user edit {user} --add-group user-{user}", rule.number));
        }
    }
    if written.is_empty() && table == Decision::Nobody && remarks.is_empty() {
        remarks.push("Nobody may.".to_owned());
    }
    fragment.table("[[app]]");
    for remark in remarks {
        fragment.table_remark(&remark);
    }
    fragment.entry("name", app_name(host, taken));
    fragment.entry("origin", format!("https://{host}"));
    access(fragment, &table);
    for Written { path, decision, number, .. } in joined(written) {
        fragment.gap();
        fragment.table_remark(&format!("Rule {number}."));
        fragment.table("[[app.rule]]");
        fragment.entry("path", path);
        access(fragment, &decision);
    }
}

/// What could decide about a request that a rule does not: the rules behind it, to the first that decides about all the rest.
fn what_follows<'r>(behind: &[(&'r Rule, bool)], default: &'r Decision) -> Vec<&'r Decision> {
    let last = behind.iter().position(|(rule, is_named)| *is_named && rule.is_about_all());
    let reached = &behind[..last.map_or(behind.len(), |last| last + 1)];
    reached.iter().map(|(rule, _)| &rule.decision).chain(last.is_none().then_some(default)).collect()
}

/// The rules that one of theirs makes; `None` where something would be looser.
fn paths(rule: &Rule, later: &[&Decision], host: &str, fragment: &mut Fragment) -> Option<Vec<Written>> {
    let what_follows_is_stricter = later.iter().all(|decision| decision.is_at_least(&rule.decision));
    let is_stricter_than_what_follows = later.iter().all(|decision| rule.decision.is_at_least(decision));
    let written = |path: String, decision: &Decision| Written {
        path,
        decision: decision.clone(),
        number: rule.number,
        at: 0,
    };
    let mut found = Vec::new();
    for expression in &rule.resources {
        let Some(translated) = translate(expression, Subject::PathAndQuery) else {
            if what_follows_is_stricter {
                fragment.left_out(format!(
                    "{expression} in rule {} of {host}: what follows decides there, and is no looser",
                    rule.number
                ));
                continue;
            }
            return None;
        };
        for Translated { path, fit } in translated {
            match fit {
                Fit::Exact => found.push(written(path, &rule.decision)),
                Fit::Narrower if what_follows_is_stricter => {
                    fragment.left_out(format!("{expression} in rule {} of {host} was more than {path}; what follows decides about the rest", rule.number));
                    found.push(written(path, &rule.decision));
                }
                Fit::Narrower => return None,
                Fit::Wider(_) if is_stricter_than_what_follows => {
                    found.push(written(path, &rule.decision));
                }
                // What is too much by itself is left to what follows.
                Fit::Wider(beyond) if beyond == path => {
                    if !what_follows_is_stricter {
                        return None;
                    }
                    fragment.left_out(format!(
                        "{expression} in rule {} of {host} was {path} without a query alone, which no rule here can ask for; what follows decides",
                        rule.number
                    ));
                }
                Fit::Wider(beyond) => {
                    let guard = Decision::strictest(&later.iter().copied().chain([&rule.decision]));
                    found.push(written(beyond, &guard));
                    found.push(written(path, &rule.decision));
                }
            }
        }
    }
    Some(found)
}

/// Rules for one path that follow each other at once let in the groups of each: there, somebody whom one does not let in comes to the next.
fn joined(written: Vec<Written>) -> Vec<Written> {
    let mut joined: Vec<Written> = Vec::new();
    for one in written {
        match joined.iter_mut().find(|other| other.path == one.path) {
            // The first decides here.
            Some(other) => {
                if other.at + 1 == one.at && other.decision.let_in_too(&one.decision) {
                    other.at = one.at;
                }
            }
            None => joined.push(one),
        }
    }
    joined
}

fn access(fragment: &mut Fragment, decision: &Decision) {
    match decision {
        Decision::Public => fragment.entry("public", true),
        Decision::SignedIn(groups) if groups.is_empty() => {}
        Decision::SignedIn(groups) => fragment.entry("groups", groups.clone()),
        Decision::SecondFactor(groups) => {
            let who = if groups.is_empty() { "everybody".to_owned() } else { groups.join(", ") };
            fragment.table_remark(&format!("two_factor, of {who}."));
            fragment.entry("groups", vec![SECOND_FACTOR.to_owned()]);
        }
        Decision::Nobody => fragment.entry("groups", vec![UNDECIDED.to_owned()]),
    }
}

#[cfg(test)]
mod tests;
