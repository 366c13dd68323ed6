//! Hosts and sites: who shares what with whom in a browser.

use std::net::IpAddr;

use cloakroom_suffixes::{Listed, Split};

use crate::check::finding::{Finding, Severity};
use crate::check::places::{apps, place_of};
use crate::config::{App, AppOrigin, Key, Origin, PublicUrl, Settings};

/// Whose a host is: the part of it that somebody has registered.
#[derive(Debug, PartialEq, Eq)]
enum Site<'a> {
    /// An address, a name of this machine, or one that no registry knows.
    Itself,
    /// A name below which others register theirs, and by which part of the list.
    Suffix(Listed),
    /// A registered name.
    Of(&'a str),
}

impl<'a> Site<'a> {
    /// Source: the Public Suffix List, <https://publicsuffix.org/list/>.
    fn of(url: &'a PublicUrl) -> Self {
        let host = url.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        if url.is_loopback() || address.parse::<IpAddr>().is_ok() {
            return Self::Itself;
        }
        let split = Split::of(host);
        match split.registered() {
            _ if split.listed() == Listed::No => Self::Itself,
            Some(registered) => Self::Of(registered),
            None => Self::Suffix(split.listed()),
        }
    }
}

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    let sign_in = settings.public_url.as_ref();
    if let Some(url) = sign_in {
        found.extend(suffix(url, &place_of(settings, Key::PublicUrl), "public_url"));
    }
    for (app, place) in apps(settings) {
        let sample = app.origin.sample();
        found.extend(suffix(&sample, place, "this origin"));
        if let Some(url) = sign_in {
            found.extend(
                another_site(url, &sample, &app.origin)
                    .map(|(what, advice)| Finding::new(Severity::Note, place, what, advice)),
            );
        }
    }
    found.extend(apps(settings).filter_map(|(app, place)| without_certificate(settings, app, place)));
    found.extend(shared_cookie(settings));
    found.extend(shared_hosts(settings));
    found.extend(shared_upstreams(settings));
    found
}

fn suffix(url: &PublicUrl, place: &Origin, what: &str) -> Option<Finding> {
    let Site::Suffix(listed) = Site::of(url) else { return None };
    let whose = match listed {
        Listed::Private => "its owner lets others have names below it",
        Listed::Icann | Listed::No => "anybody may register names below it",
    };
    let said = format!(
        "{what} is {url}, and {} is on the public suffix list: {whose}, and browsers treat it as no site of its own",
        url.host()
    );
    Some(Finding::new(
        Severity::Error,
        place,
        said,
        "use a name below it that is yours, such as one of your own domain",
    ))
}

fn another_site(sign_in: &PublicUrl, sample: &PublicUrl, app: &AppOrigin) -> Option<(String, &'static str)> {
    let (Site::Of(here), Site::Of(there)) = (Site::of(sign_in), Site::of(sample)) else { return None };
    (here != there).then(|| {
        (
            format!("{app} is of the site {there}, and the sign-in of {here}: signing in works, by redirects, but scripts of one cannot call the other with cookies, and neither can show the other in a frame"),
            "nothing, unless they are to do that; one domain for both would allow it",
        )
    })
}

/// Nobody vouches by ACME for all hosts beside one that answers.
fn without_certificate(settings: &Settings, app: &App, place: &Origin) -> Option<Finding> {
    let has_none = settings.acme.is_some() && settings.tls.is_none() && app.tls.is_none();
    (has_none && app.upstream.is_some() && app.origin.is_of_many()).then(|| {
        let what = format!(
            "{} has no certificate: by ACME each host gets one of its own, and this is many",
            app.origin.host_pattern()
        );
        let advice = "name a certificate for all of them in tls_certificate and tls_key of the table";
        Finding::new(Severity::Error, place, what, advice)
    })
}

/// Whoever runs any host below the domain has a say in who is signed in at all of them.
fn shared_cookie(settings: &Settings) -> Option<Finding> {
    let domain = settings.cookie_domain.as_ref()?;
    let named = |inside: bool| {
        let names =
            settings.apps.iter().filter(|app| domain.covers_host(&app.origin.host_pattern()) == inside);
        names.map(|app| app.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (inside, outside) = (named(true), named(false));
    let what = format!(
        "every host below {domain} is sent the session cookie, those that are not behind this gateway too: whoever runs one of them can \
         use the sessions of its visitors, can set another cookie in the place of theirs, so that they go on as somebody else, and can \
         keep them out with two{}",
        match (inside.as_str(), outside.as_str()) {
            ("", _) => "; and no [[app]] is there that would gain by it".to_owned(),
            (inside, "") => format!("; it opens {inside} without a hand-over"),
            (inside, outside) => format!(
                "; it opens {inside} without a hand-over, and not {outside}, which is elsewhere and has a cookie of its own"
            ),
        }
    );
    let advice = "leave cookie_domain out, which costs three redirects that nobody sees and takes the neighbours' say away; or be sure \
                  of everything that is and ever will be below it";
    Some(Finding::new(Severity::Warning, place_of(settings, Key::CookieDomain), what, advice))
}

/// Cookies know no ports, so that two origins on one host have one cookie between them, unless it is that of one sign-in anyway.
fn shared_hosts(settings: &Settings) -> Vec<Finding> {
    let origins: Vec<(AppOrigin, String)> = settings
        .public_url
        .iter()
        .map(|url| (url.clone().into(), place_of(settings, Key::PublicUrl).to_string()))
        .chain(apps(settings).map(|(app, place)| (app.origin.clone(), place.to_string())))
        .collect();
    let meet = |one: &AppOrigin, other: &AppOrigin| {
        let is_among = |one: &AppOrigin, other: &AppOrigin| other.at_host(&one.host_pattern()).is_some();
        one.host_pattern() == other.host_pattern() || is_among(one, other) || is_among(other, one)
    };
    let later = origins.iter().enumerate().filter_map(|(at, (url, place))| {
        let (other, _) = origins[..at].iter().find(|(other, _)| meet(other, url) && (other.scheme(), other.port()) != (url.scheme(), url.port()))?;
        if settings.cookie_domain.as_ref().is_some_and(|domain| domain.covers_host(&url.host_pattern())) {
            return None;
        }
        let what = format!(
            "{url} and {other} differ in the port alone, and cookies know no ports: each sign-in at one is the end of the other's"
        );
        Some(Finding::new(Severity::Error, place, what, "give each a host name of its own"))
    });
    later.collect()
}

/// Who may use one application may use what else answers at its address, unless it looks at the host.
fn shared_upstreams(settings: &Settings) -> Vec<Finding> {
    let all: Vec<_> = apps(settings).collect();
    let later = all.iter().enumerate().filter_map(|(at, (app, place))| {
        let upstream = app.upstream.as_ref()?;
        let is_other = |other: &&(&App, _)| {
            other.0.upstream.as_ref() == Some(upstream) && (&other.0.access, &other.0.rules) != (&app.access, &app.rules)
        };
        let (other, _) = all[..at].iter().find(is_other)?;
        let what = format!(
            "{} and {} are both at {upstream} with different rules: whoever may use one reaches the other, unless what answers there looks at the host",
            other.name, app.name
        );
        Some(Finding::new(Severity::Warning, place, what, "make sure that it does, or give both the same rules"))
    });
    later.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Severity, String)> {
        let found = check(&Settings::sample(text)).into_iter();
        found
            .map(|found| {
                (found.severity, format!("{}: {}", found.place.rsplit('/').next().unwrap(), found.what))
            })
            .collect()
    }

    const LOGIN: &str = "public_url = \"https://login.example.org\"\ntrusted_proxies = [\"127.0.0.1\"]\n";

    fn app(name: &str, origin: &str, more: &str) -> String {
        format!("[[app]]\nname = \"{name}\"\norigin = \"{origin}\"\n{more}\n")
    }

    #[test]
    fn a_site_is_what_somebody_has_registered() {
        let url = |text: &str| text.parse::<PublicUrl>().unwrap();
        for (text, site) in [
            ("https://a.b.example.co.uk", Site::Of("example.co.uk")),
            ("https://co.uk", Site::Suffix(Listed::Icann)),
            ("https://github.io", Site::Suffix(Listed::Private)),
            ("https://me.github.io", Site::Of("me.github.io")),
            ("https://intranet", Site::Itself),
            ("https://10.0.0.1", Site::Itself),
            ("https://[fd00::1]:8443", Site::Itself),
            ("http://wiki.localhost", Site::Itself),
        ] {
            assert_eq!(Site::of(&url(text)), site, "{text}");
        }
    }

    #[test]
    fn everything_of_one_domain_is_silent() {
        let text = LOGIN.to_owned()
            + &app("wiki", "https://wiki.example.org", "")
            + &app("b", "https://b.example.org", "");
        assert_eq!(said(&text), []);
    }

    #[test]
    fn names_that_others_share_are_found_with_their_lines() {
        let [found] =
            said("public_url = \"https://github.io\"\ntrusted_proxies = [\"127.0.0.1\"]").try_into().unwrap();
        assert!(
            found.0 == Severity::Error && found.1.starts_with("cloakroom.toml, line 1: public_url is"),
            "{found:?}"
        );
        let [found] =
            said(&(LOGIN.to_owned() + &app("shop", "https://shop.example.com", ""))).try_into().unwrap();
        assert!(
            found.0 == Severity::Note
                && found.1.contains("line 3: https://shop.example.com is of the site example.com"),
            "{found:?}"
        );
        let [found] =
            said(&(LOGIN.to_owned() + &app("a", "https://login.example.org:8443", ""))).try_into().unwrap();
        assert!(found.0 == Severity::Error && found.1.contains("differ in the port alone"), "{found:?}");
    }

    #[test]
    fn many_hosts_need_a_certificate_that_acme_does_not_give() {
        let many = app("homes", "https://*.example.org", "upstream = \"http://127.0.0.1:1\"");
        assert_eq!(said(&(LOGIN.to_owned() + &many)), []);
        let acme = "[acme]\nterms_of_service_agreed = true\n";
        let [found] = said(&(LOGIN.to_owned() + &many + acme)).try_into().unwrap();
        assert!(
            found.0 == Severity::Error && found.1.contains("*.example.org has no certificate"),
            "{found:?}"
        );
        let other = app("ports", "https://shop.example.org:8443", "");
        let [found] = said(&(LOGIN.to_owned() + &many + &other)).try_into().unwrap();
        assert!(found.1.contains("differ in the port alone"), "one of them is at that host: {found:?}");
    }

    #[test]
    fn what_neighbours_could_do_with_a_shared_cookie_is_said() {
        let text = LOGIN.to_owned() + "cookie_domain = \"example.org\"\n";
        let [found] = said(&text).try_into().unwrap();
        assert!(
            found.0 == Severity::Warning && found.1.contains("line 3: every host below example.org"),
            "{found:?}"
        );
        assert!(found.1.ends_with("no [[app]] is there that would gain by it"), "{found:?}");
        let inside = text.clone()
            + &app("wiki", "https://wiki.example.org", "")
            + &app("b", "https://login.example.org:8443", "");
        let [found] = said(&inside).try_into().unwrap();
        assert!(
            found.1.ends_with("it opens wiki, b without a hand-over"),
            "one session on two ports is one session: {found:?}"
        );
        let both = inside + &app("shop", "https://shop.example.com", "");
        let found = said(&both);
        assert!(
            found.iter().any(|found| found
                .1
                .ends_with("and not shop, which is elsewhere and has a cookie of its own")),
            "{found:?}"
        );
    }

    #[test]
    fn one_address_under_two_rules_is_found() {
        let upstream = "upstream = \"http://127.0.0.1:3000\"";
        let both = |more: &str| {
            LOGIN.to_owned()
                + &app("a", "https://a.example.org", upstream)
                + &app("b", "https://b.example.org", &format!("{upstream}\n{more}"))
        };
        assert_eq!(said(&both("")), []);
        let [found] = said(&both("groups = [\"ops\"]")).try_into().unwrap();
        assert!(
            found.0 == Severity::Warning && found.1.contains("a and b are both at http://127.0.0.1:3000"),
            "{found:?}"
        );
    }
}
