//! Configuration files as people have them, and what becomes of them.

use std::time::Duration;

use super::*;
use crate::accounts::Group;
use crate::config::Settings;
use crate::import::fragment::UNDECIDED;

fn settings(text: &str) -> (Settings, String) {
    let translation = oauth2_proxy(text).unwrap();
    let settings = Settings::try_sample(translation.text());
    let settings = settings.unwrap_or_else(|error| panic!("{error} in {}", translation.text()));
    (settings, translation.text().to_owned())
}

/// As somebody runs it in front of one application, with Keycloak.
const IN_FRONT: &str = r#"
    http_address = "127.0.0.1:4180"
    reverse_proxy = true
    trusted_proxy_ips = ["127.0.0.1", "10.1.2.3"]
    provider = "keycloak-oidc"
    provider_display_name = "Our \"Keycloak\""
    client_id = "intranet"
    client_secret = "kc-s3cret-\\with\\backslashes"
    oidc_issuer_url = "https://id.example.org/realms/main"
    redirect_url = "https://intranet.example.org/oauth2/callback"
    scope = "openid email profile"
    email_domains = ["*"]
    allowed_groups = ["/staff", "ops"]
    upstreams = ["http://127.0.0.1:8080/"]
    cookie_secret = "0123456789abcdef0123456789abcdef"
    cookie_name = "_oauth2_proxy"
    cookie_expire = "12h0m0s"
    cookie_refresh = "1h"
    cookie_secure = true
    skip_auth_preflight = true
    set_xauthrequest = true
    pass_access_token = true
    trusted_ips = ["10.0.0.0/8"]
    skip_auth_routes = [
        "^/health$",
        "GET=^/api/public",
        "^/static/",
        "^/assets",
        "^/(css|js)/",
        "^/v\\d+/open$",
    ]
"#;

#[test]
fn a_proxy_in_front_of_an_application_is_taken_over_and_what_is_not_is_said() {
    let (settings, text) = settings(IN_FRONT);
    assert_eq!(settings.listen.to_string(), "127.0.0.1:4180");
    assert_eq!(settings.public_url.as_ref().unwrap().to_string(), "https://intranet.example.org");
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(
        (settings.absolute_timeout, settings.idle_timeout),
        (Duration::from_hours(12), Duration::from_hours(1))
    );
    let [provider] = settings.oidc.as_slice() else { panic!("{text}") };
    assert_eq!((provider.name.as_str(), provider.title.as_str()), ("keycloak-oidc", "Our \"Keycloak\""));
    assert_eq!(provider.groups.as_ref().unwrap().claim, "groups");
    assert_eq!(provider.newcomers, crate::config::Newcomers::Created);
    assert!(text.contains(r#"client_secret = "kc-s3cret-\\with\\backslashes""#), "{text}");
    let [app] = settings.apps.as_slice() else { panic!("{text}") };
    assert_eq!(app.upstream.as_ref().unwrap().to_string(), "http://127.0.0.1:8080");
    assert!(app.preflight && app.x_auth_request);
    let groups: Vec<&str> = app.access.groups.iter().map(Group::as_str).collect();
    assert_eq!(groups, ["staff", "ops"]);
    let map = provider.groups.as_ref().unwrap().map.as_ref().unwrap();
    assert_eq!((map.len(), map["/staff"].as_str()), (2, "staff"), "{text}");
    let rules: Vec<_> = app.rules.iter().map(|rule| (rule.path.to_string(), rule.access.is_none())).collect();
    let expected = [
        ("/health", true),
        ("/static", false),
        ("/static/*", true),
        ("/assets/*", true),
        ("/css", false),
        ("/css/*", true),
        ("/js", false),
        ("/js/*", true),
    ];
    assert_eq!(rules, expected.map(|(path, public)| (path.to_owned(), public)));
    assert!(
        app.rules.iter().filter_map(|rule| rule.access.as_ref()).all(|access| *access == app.access),
        "a guard is no hole"
    );
    for said in [
        "GET=^/api/public of skip_auth_routes is open to some methods",
        "^/v\\d+/open$ of skip_auth_routes is more than a path",
        "^/assets of skip_auth_routes was more than /assets/*",
        "pass_access_token has no counterpart",
        "trusted_ips has no counterpart",
        "cookie_refresh = \"1h\" asked the provider again",
        "cookie_secret: there is no such secret here",
    ] {
        assert!(text.replace("\n# ", " ").contains(said), "{said} in {text}");
    }
}

#[test]
fn a_proxy_that_others_ask_has_the_hosts_that_it_leads_back_to() {
    let (settings, text) = settings(
        r#"
        provider = "oidc"
        client_id = "gate"
        client_secret = "s"
        oidc_issuer_url = "https://id.example.org"
        redirect_url = "https://auth.example.org/oauth2/callback"
        email_domains = "example.org"
        upstreams = ["static://202"]
        cookie_domains = [".example.org"]
        whitelist_domains = [".example.org", "wiki.example.com:*", ".com"]
        "#,
    );
    let origins: Vec<String> = settings.apps.iter().map(|app| app.origin.to_string()).collect();
    assert_eq!(origins, ["https://*.example.org", "https://wiki.example.com"], "{text}");
    assert_eq!(
        settings.oidc[0].newcomers,
        crate::config::Newcomers::TurnedAway,
        "not everybody at the provider may"
    );
    assert_eq!(settings.cookie_domain, None, "only if somebody wants it");
    assert_eq!(settings.absolute_timeout, Duration::from_hours(168));
    assert!(
        text.contains("cookie_domain = \"example.org\"") && text.contains("email_domains (example.org)"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_decided_is_shut() {
    let (settings, text) = settings(
        "provider = \"github\"\nclient_id = \"x\"\nclient_secret = \"y\"\nemail_domains = [\"*\"]\n\
         redirect_url = \"https://a.example.org/oauth2/callback\"\nupstreams = [\"http://127.0.0.1:1\", \"http://127.0.0.1:2/api/\", \"file:///srv\"]\n",
    );
    assert_eq!(settings.oidc.len(), 0);
    assert_eq!(settings.apps[0].access.groups[0].as_str(), UNDECIDED, "{text}");
    assert!(text.contains("provider = \"github\" has no oidc_issuer_url"), "{text}");
    assert!(
        text.contains("the upstream http://127.0.0.1:2/api/ has no counterpart")
            && text.contains("file:///srv"),
        "{text}"
    );
    let groups = "provider = \"oidc\"\noidc_issuer_url = \"https://id.example.org\"\nclient_id = \"x\"\nclient_secret = \"y\"\nallowed_groups = [\"a,b\", \"/a\", \"\\u0007\"]\n\
                  redirect_url = \"https://a.example.org/oauth2/callback\"\nupstreams = [\"http://127.0.0.1:1\"]\n";
    let (settings, text) = self::settings(groups);
    let groups: Vec<&str> = settings.apps[0].access.groups.iter().map(Group::as_str).collect();
    assert_eq!(groups, ["a", "b", "imported-undecided-2", "imported-undecided-3"], "{text}");
}

#[test]
fn a_file_that_says_little_makes_a_fragment_all_the_same() {
    for text in [
        "",
        "cookie_expire = \"0\"",
        "cookie_expire = \"30m\"\ncookie_refresh = \"45m\"",
        "upstreams = [\"http://127.0.0.1:1\"]",
    ] {
        let translation = oauth2_proxy(text).unwrap();
        assert!(Settings::try_sample(translation.text()).is_ok(), "{}", translation.text());
        assert!(!translation.left_out().is_empty());
    }
    assert!(matches!(oauth2_proxy("upstreamConfig:\n  upstreams: []\n"), Err(Untranslatable::NotToml(_))));
}
