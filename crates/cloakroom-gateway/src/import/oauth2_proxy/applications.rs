//! What is behind it, and what of that is open to everybody.

use crate::config::{AppOrigin, PublicUrl, Upstream};
use crate::import::fragment::{UNDECIDED, app_name};
use crate::import::oauth2_proxy::reading::{Allowed, Reading};
use crate::import::regexes::{Fit, Subject, translate};

/// A path, and whether everybody may.
struct OpenPath {
    path: String,
    is_public: bool,
}

impl Reading {
    /// What is behind it. oauth2-proxy serves upstreams at its own origin.
    pub(super) fn applications(
        &mut self,
        public_url: Option<&PublicUrl>,
        groups: &[Allowed],
        is_locked: bool,
    ) {
        let groups: Vec<String> = if is_locked {
            vec![UNDECIDED.to_owned()]
        } else {
            groups.iter().map(|group| group.ours.clone()).collect()
        };
        let upstreams = self.list("upstreams");
        let (mut upstream, mut others) = (None, Vec::new());
        for text in upstreams {
            let parsed = text.strip_suffix('/').unwrap_or(&text).parse::<Upstream>();
            match parsed {
                Ok(parsed) if upstream.is_none() => upstream = Some(parsed.to_string()),
                _ => others.push(text),
            }
        }
        for other in others.iter().filter(|other| !other.starts_with("static:")) {
            self.fragment.left_out(format!(
                "the upstream {other} has no counterpart: requests are not told apart by path here, and no files are served. An application of its own \
                 needs an origin of its own"
            ));
        }
        let rules = self.rules();
        let (preflight, fields) = (self.flag("skip_auth_preflight"), self.flag("set_xauthrequest"));
        let hosts = self.list("whitelist_domains");
        let mut taken = Vec::new();
        let mut apps: Vec<(String, Option<String>)> = Vec::new();
        if let (Some(url), Some(upstream)) = (public_url, &upstream) {
            apps.push((url.to_string(), Some(upstream.clone())));
        } else if upstream.is_some() {
            self.fragment.left_out(
                "there is an upstream and no redirect_url that says at which origin: add an [[app]] for it",
            );
        }
        apps.extend(hosts.iter().filter_map(|host| Some((self.origin_of_many(host)?, None))));
        if apps.is_empty() {
            self.fragment.left_out(
                "no origin of an application is in the file: add an [[app]] for each host whose proxy asks",
            );
        }
        for (origin, upstream) in apps {
            self.fragment.table("[[app]]");
            let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
            self.fragment.entry("name", app_name(host, &mut taken));
            self.fragment.entry("origin", origin);
            if let Some(upstream) = upstream {
                self.fragment.entry("upstream", upstream);
            }
            if !groups.is_empty() {
                self.fragment.entry("groups", groups.clone());
            }
            if preflight {
                self.fragment.entry("preflight", true);
            }
            if fields {
                self.fragment.entry("x_auth_request", true);
            }
            for rule in &rules {
                self.fragment.gap();
                self.fragment.table("[[app.rule]]");
                self.fragment.entry("path", rule.path.clone());
                match (rule.is_public, groups.is_empty()) {
                    (true, _) => self.fragment.entry("public", true),
                    (false, true) => {}
                    (false, false) => self.fragment.entry("groups", groups.clone()),
                }
            }
        }
    }

    /// The origins that a domain of `whitelist_domains` stands for.
    fn origin_of_many(&mut self, domain: &str) -> Option<String> {
        let (domain, has_any_port) =
            domain.strip_suffix(":*").map_or((domain, false), |domain| (domain, true));
        let below = domain.strip_prefix("*.").or_else(|| domain.strip_prefix('.'));
        let origin = below.map_or_else(|| format!("https://{domain}"), |below| format!("https://*.{below}"));
        if has_any_port {
            self.fragment.left_out(format!("{domain} on any port: only that of https:// was taken over"));
        }
        if origin.parse::<AppOrigin>().is_err() {
            self.fragment.left_out(format!(
                "{domain} of whitelist_domains is no domain that an application could be below"
            ));
            return None;
        }
        if below.is_some() {
            self.fragment.left_out(format!(
                "{domain} of whitelist_domains is hosts of one label more here, and not of several"
            ));
        }
        Some(origin)
    }

    /// What is open to everybody, in the order in which it is found.
    fn rules(&mut self) -> Vec<OpenPath> {
        let routes = self.whole_items("skip_auth_routes");
        let older = self.whole_items("skip_auth_regex");
        let mut rules = Vec::new();
        for route in routes.iter().chain(&older) {
            if route.split_once('=').is_some_and(|(method, _)| is_method(method.trim_end_matches('!'))) {
                self.fragment.left_out(format!("{route} of skip_auth_routes is open to some methods; rules know paths only, so that it stays shut"));
                continue;
            }
            let Some(found) = translate(route, Subject::Path) else {
                self.fragment.left_out(format!("{route} of skip_auth_routes is more than a path and what is below it, so that it stays shut"));
                continue;
            };
            for translated in found {
                match translated.fit {
                    Fit::Exact => {}
                    Fit::Narrower => self.fragment.left_out(format!(
                        "{route} of skip_auth_routes was more than {}, and the rest of it stays shut",
                        translated.path
                    )),
                    Fit::Wider(path) => rules.push(OpenPath { path, is_public: false }),
                }
                rules.push(OpenPath { path: translated.path, is_public: true });
            }
        }
        rules
    }
}

fn is_method(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_uppercase())
}
