//! Who is believed, and what crosses a network unprotected.

use std::net::IpAddr;

use cloakroom::client::Network;

use crate::check::finding::{Finding, Severity};
use crate::check::places::{apps, place_of};
use crate::config::{Key, Scheme, Settings, Upstream};

/// Networks that no router of the Internet knows; whoever trusts one whole trusts every machine of every office in it.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        settings.trusted_proxies.iter().filter_map(|network| too_wide(settings, network)).collect();
    let listens_widely = !settings.listen.ip().is_loopback();
    let speaks_tls = settings.speaks_tls();
    let is_https = settings.public_url.as_ref().is_some_and(|url| url.scheme() == Scheme::Https);
    if is_https && !speaks_tls && settings.trusted_proxies.is_empty() {
        let what = "browsers reach the gateway through a proxy that speaks TLS, and no proxy is trusted: everybody has the \
                    proxy's address, in the list of sessions and in the bound on guesses, which strangers then use up for all";
        let advice = "name the address by which the proxy reaches the gateway in trusted_proxies";
        found.push(Finding::new(
            Severity::Warning,
            place_of(settings, Key::TrustedProxies),
            what.to_owned(),
            advice,
        ));
    }
    if listens_widely && !speaks_tls {
        let what = format!(
            "plain HTTP on {}: who can read the network between the proxy and here reads passwords and cookies",
            settings.listen
        );
        let advice =
            "keep that network to the proxy and the gateway, or give the gateway a certificate of its own";
        found.push(Finding::new(Severity::Note, place_of(settings, Key::Listen), what, advice));
    }
    if settings.accounts_are_on_this_machine_alone() {
        let what =
            "sessions are on a server and accounts in a file, which instances on other machines do not share"
                .to_owned();
        let advice = "set accounts to the address of a database where there are any";
        found.push(Finding::new(Severity::Warning, place_of(settings, Key::Accounts), what, advice));
    }
    let only = settings.proxy.iter().map(|upstream| (upstream, place_of(settings, Key::Proxy)));
    let of_apps = apps(settings).filter_map(|(app, place)| Some((app.upstream.as_ref()?, place.clone())));
    found.extend(only.chain(of_apps).filter(|(upstream, _)| !is_near(upstream)).map(|(upstream, place)| {
        let what = format!(
            "{upstream} may be far away, and is spoken to in plain HTTP: who can read or change the way there is whoever they like to be"
        );
        Finding::new(Severity::Warning, place, what, "reach it by a tunnel, or let a proxy on this machine speak TLS to it")
    }));
    found
}

fn too_wide(settings: &Settings, network: &Network) -> Option<Finding> {
    let text = network.to_string();
    let everybody = network.contains(IpAddr::from([192, 0, 2, 1]))
        && network.contains(IpAddr::from([203, 0, 113, 1]))
        || text.ends_with("/0");
    let (severity, what) = if everybody {
        let what =
            "anybody may say by X-Forwarded-For where they come from, and ask the questions of proxies";
        (Severity::Error, format!("trusted_proxies has {text}, which is everybody: {what}"))
    } else if PRIVATE.contains(&text.as_str()) {
        let what = "every machine in it, printers and guests among them, may say where its requests come from, and ask the questions of proxies";
        (Severity::Warning, format!("trusted_proxies has all of {text}: {what}"))
    } else {
        return None;
    };
    Some(Finding::new(
        severity,
        place_of(settings, Key::TrustedProxies),
        what,
        "name the addresses of the proxies themselves",
    ))
}

/// Whether it is on this machine or in a network of one's own, as far as its name tells.
fn is_near(upstream: &Upstream) -> bool {
    let host = upstream.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) if address.is_loopback() => true,
        Ok(address) => PRIVATE
            .iter()
            .any(|network| network.parse::<Network>().is_ok_and(|network| network.contains(address))),
        // A name without a point is of one's own network, or of a container's.
        Err(_) => !host.contains('.') || host.ends_with(".localhost") || host.ends_with(".internal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Severity, String, String)> {
        let found = check(&Settings::sample(text)).into_iter();
        found
            .map(|found| (found.severity, found.place.rsplit('/').next().unwrap().to_owned(), found.what))
            .collect()
    }

    #[test]
    fn a_proxy_that_is_everybody_is_an_error_and_a_whole_private_network_a_warning() {
        for (networks, severity) in [
            ("\"0.0.0.0/0\"", Some(Severity::Error)),
            ("\"::/0\"", Some(Severity::Error)),
            ("\"128.0.0.0/1\"", Some(Severity::Error)),
            ("\"10.0.0.0/8\"", Some(Severity::Warning)),
            ("\"fc00::/7\"", Some(Severity::Warning)),
            ("\"10.0.0.7\", \"10.1.0.0/16\", \"2001:db8::/32\"", None),
        ] {
            let found = said(&format!("name = \"a\"\ntrusted_proxies = [{networks}]"));
            assert_eq!(found.first().map(|found| found.0), severity, "{networks} {found:?}");
            assert!(found.iter().all(|found| found.1 == "cloakroom.toml, line 2"), "{found:?}");
        }
    }

    #[test]
    fn a_proxy_that_nobody_has_named_is_found() {
        let found = said("public_url = \"https://login.example.org\"");
        assert!(
            matches!(&found[..], [(Severity::Warning, place, what)] if place == "default" && what.contains("no proxy is trusted"))
        );
        let found = said(
            "public_url = \"https://login.example.org\"\nlisten = \"0.0.0.0:7464\"\ntrusted_proxies = [\"10.0.0.7\"]",
        );
        assert!(
            matches!(&found[..], [(Severity::Note, place, _)] if place == "cloakroom.toml, line 2"),
            "{found:?}"
        );
    }

    #[test]
    fn an_application_far_away_is_found() {
        for upstream in [
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://192.168.3.4",
            "http://wiki:80",
            "http://a.internal",
        ] {
            assert_eq!(said(&format!("proxy = \"{upstream}\"")), [], "{upstream}");
        }
        for upstream in ["http://wiki.example.org", "http://203.0.113.9:80"] {
            assert!(said(&format!("proxy = \"{upstream}\""))[0].2.contains("may be far away"), "{upstream}");
        }
    }
}
