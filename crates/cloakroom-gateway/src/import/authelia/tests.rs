//! A household's access control, and rules that cannot be said.

use super::*;
use crate::accounts::Group;
use crate::config::{Access, App, Settings};

/// A household's, with what people write there.
const HOUSEHOLD: &str = r"
theme: auto
access_control:
  default_policy: deny
  networks:
    - name: internal
      networks: ['192.168.0.0/16']
  rules:
    - domain: 'www.example.org'
      policy: bypass
    - domain: 'photos.example.org'
      policy: bypass
      resources:
        - '^/share([/?].*)?$'
        - '^/api/public/.*$'
        - '^/favicon\.ico$'
    - domain: 'photos.example.org'
      policy: two_factor
      subject: ['group:admins']
      resources: '^/admin([/?].*)?$'
    - domain: ['photos.example.org', 'music.example.org']
      policy: one_factor
      subject:
        - 'group:family'
        - ['user:grandma']
    - domain: 'vault.example.org'
      policy: one_factor
      networks: ['internal']
    - domain: 'vault.example.org'
      policy: two_factor
    - domain: '*.example.org'
      policy: bypass
      methods: ['OPTIONS']
    - domain: '*.example.org'
      policy: one_factor
      subject: 'group:admins'
    - domain_regex: '^user-(?P<User>\w+)\.example\.org$'
      policy: one_factor
";

fn translated(text: &str) -> (Vec<App>, String) {
    let translation = authelia_rules(text).unwrap();
    let text = format!("public_url = \"https://login.example.org\"\n{}", translation.text());
    let settings = Settings::try_sample(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    (settings.apps, translation.text().to_owned())
}

fn app<'a>(apps: &'a [App], origin: &str) -> &'a App {
    apps.iter().find(|app| app.origin.to_string() == format!("https://{origin}")).unwrap()
}

fn groups(access: &Access) -> Vec<&str> {
    access.groups.iter().map(Group::as_str).collect()
}

fn rules(app: &App) -> Vec<(String, Option<Vec<&str>>)> {
    app.rules.iter().map(|rule| (rule.path.to_string(), rule.access.as_ref().map(groups))).collect()
}

fn one(rules: &str) -> (App, String) {
    let (apps, text) = translated(&format!("access_control:\n  rules:\n{rules}"));
    let [app] = apps.try_into().unwrap_or_else(|apps| panic!("{apps:?} of {text}"));
    (app, text.replace("\n# ", " "))
}

#[test]
fn each_host_that_rules_name_has_a_table_with_those_rules_in_their_order() {
    let (apps, text) = translated(HOUSEHOLD);
    let origins: Vec<String> = apps.iter().map(|app| app.origin.to_string()).collect();
    let expected =
        ["www.example.org", "photos.example.org", "music.example.org", "vault.example.org", "*.example.org"];
    assert_eq!(origins, expected.map(|host| format!("https://{host}")));
    let www = app(&apps, "www.example.org");
    assert_eq!((rules(www), groups(&www.access)), (vec![("/*".to_owned(), None)], vec![UNDECIDED]));
    let music = app(&apps, "music.example.org");
    assert_eq!((rules(music), groups(&music.access)), (vec![], vec!["family", "user-grandma"]));
    assert!(text.contains("cloakroom user edit grandma --add-group user-grandma"), "{text}");
}

#[test]
fn what_is_open_there_is_open_here_and_not_a_path_more() {
    let (apps, text) = translated(HOUSEHOLD);
    let photos = app(&apps, "photos.example.org");
    let path = |path: &str, access: Option<Vec<&'static str>>| (path.to_owned(), access);
    let expected = vec![
        path("/share/*", None),
        path("/api/public", Some(vec![UNDECIDED])),
        path("/api/public/*", None),
        path("/admin/*", Some(vec![SECOND_FACTOR])),
    ];
    assert_eq!(rules(photos), expected, "{text}");
    assert_eq!(groups(&photos.access), ["family", "user-grandma"]);
    let text = text.replace("\n# ", " ");
    assert!(
        text.contains(
            "^/favicon\\.ico$ in rule 2 of photos.example.org was /favicon.ico without a query alone"
        ),
        "{text}"
    );
    assert!(text.contains("Put those into the group imported-two-factor"), "{text}");
}

#[test]
fn from_a_rule_on_that_cannot_be_said_nobody_passes() {
    let (apps, text) = translated(HOUSEHOLD);
    let vault = app(&apps, "vault.example.org");
    assert_eq!(
        (rules(vault), groups(&vault.access)),
        (vec![], vec![UNDECIDED]),
        "who is inside is not known"
    );
    let text = text.replace("\n# ", " ");
    assert!(text.contains("Rule 5 depends on networks, which no rule here does."), "{text}");
    let all = app(&apps, "*.example.org");
    assert_eq!(
        (rules(all), groups(&all.access)),
        (vec![], vec!["admins"]),
        "what some methods may is left out: {text}"
    );
    assert!(
        text.contains("rule 7 (methods) opened something of *.example.org to everybody, which stays shut"),
        "{text}"
    );
    assert!(text.contains("rule 9 names no host by its name"), "{text}");
}

#[test]
fn a_rule_for_all_hosts_is_one_for_each_that_comes_before_it() {
    let (apps, _) = translated(
        "access_control:\n  default_policy: one_factor\n  rules:\n\
         \x20   - {domain: '*.example.org', policy: deny, resources: ['^/admin.*$']}\n\
         \x20   - {domain: 'a.example.org', policy: one_factor, subject: 'group:a'}\n",
    );
    let a = app(&apps, "a.example.org");
    // What begins like it and is not below it would be the wider group's.
    assert_eq!((rules(a), groups(&a.access)), (vec![], vec![UNDECIDED]));
}

#[test]
fn nothing_is_looser_for_what_an_expression_leaves_open() {
    let admin = |resource: &str, policy: &str| {
        one(&format!(
            "    - {{domain: a.example.org, policy: {policy}, subject: 'group:ops', resources: ['{resource}']}}\n\
             \x20   - {{domain: a.example.org, policy: one_factor}}\n"
        ))
    };
    let ops = || ("/admin/*".to_owned(), Some(vec!["ops"]));
    let (exact, _) = admin("^/admin([/?].*)?$", "one_factor");
    assert_eq!((rules(&exact), groups(&exact.access)), (vec![ops()], vec![]));
    let (wider, _) = admin("^/admin(/.*)?$", "one_factor");
    assert_eq!(rules(&wider), vec![ops()], "for a query too, which is stricter");
    for resource in ["^/admin", "^/admin.*$", "^/adm[i]n$", "/admin", "^/(?i)admin$"] {
        let (shut, text) = admin(resource, "one_factor");
        assert_eq!((rules(&shut), groups(&shut.access)), (vec![], vec![UNDECIDED]), "{resource} {text}");
        assert!(text.contains("Rule 1 is about paths that no rule here can name."), "{text}");
    }
    let (open, text) = admin("^/adm[i]n$", "bypass");
    assert_eq!(
        (rules(&open), groups(&open.access)),
        (vec![], vec![]),
        "what was open is not, and the rest goes on: {text}"
    );
}

#[test]
fn groups_of_rules_for_one_path_are_let_in_together() {
    let (app, _) = one(
        "    - {domain: a.example.org, policy: one_factor, subject: 'group:a', resources: ['^/x([/?].*)?$']}\n\
         \x20   - {domain: a.example.org, policy: one_factor, subject: 'group:b', resources: ['^/x([/?].*)?$']}\n\
         \x20   - {domain: a.example.org, policy: deny}\n",
    );
    assert_eq!(rules(&app), [("/x/*".to_owned(), Some(vec!["a", "b"]))]);
    let (apart, _) = one(
        "    - {domain: a.example.org, policy: one_factor, subject: 'group:a', resources: ['^/x([/?].*)?$']}\n\
         \x20   - {domain: a.example.org, policy: deny, resources: ['^/x([/?].*)?$']}\n\
         \x20   - {domain: a.example.org, policy: one_factor, subject: 'group:b', resources: ['^/x([/?].*)?$']}\n",
    );
    assert_eq!(
        rules(&apart),
        [("/x/*".to_owned(), Some(vec!["a"]))],
        "what is between them had refused the others"
    );
    let (table, _) = one("    - {domain: a.example.org, policy: one_factor, subject: 'group:a'}\n\
         \x20   - {domain: a.example.org, policy: one_factor, subject: ['group:b', 'group:a']}\n\
         \x20   - {domain: a.example.org, policy: one_factor}\n");
    assert_eq!(groups(&table.access), ["a", "b"]);
    let (both, text) =
        one("    - {domain: a.example.org, policy: one_factor, subject: [['group:a', 'group:b']]}\n");
    assert_eq!(groups(&both.access), [UNDECIDED], "who has to be in both is not who is in one: {text}");
    let (client, _) = one("    - {domain: a.example.org, policy: one_factor, subject: 'oauth2:client:x'}\n");
    assert_eq!(groups(&client.access), [UNDECIDED]);
}

#[test]
fn what_is_no_access_control_is_refused() {
    assert_eq!(authelia_rules("users: {}"), Err(Untranslatable::Missing("access_control")));
    assert_eq!(authelia_rules("a: ["), Err(Untranslatable::NotYaml));
    let (apps, text) = translated(
        "access_control:\n  rules:\n    - {domain: 'a b', policy: bypass}\n    - {domain: '*.org', policy: bypass}\n    - 3\n",
    );
    assert!(apps.is_empty() && text.contains("a b is no host"), "{text}");
}
