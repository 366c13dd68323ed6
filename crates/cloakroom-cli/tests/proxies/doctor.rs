//! `cloakroom doctor` on proxies whose configuration is whole, and on ones that miss a line.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::process::Output;

use cloakroom_test_servers::{Caddy, Nginx, free_port};
use serde_json::Value;

use crate::gateway::Gateway;
use crate::setup::{Proxy, Setup, configuration, snippet};

const PASSWORD: &str = "gravel otter lantern fog";

/// A gateway with a user, an application that is stopped, and a port for a proxy.
struct Practice {
    gateway: Gateway,
    port: u16,
}

impl Practice {
    fn open() -> Self {
        let port = free_port().unwrap();
        let upstream = SocketAddr::from(([127, 0, 0, 1], free_port().unwrap()));
        let rules = "[[app.rule]]\npath = \"/static/*\"\npublic = true\n";
        let gateway = Gateway::configured(&configuration(port, upstream, rules), &[]);
        let added = gateway.command(&["user", "add", "alice"], PASSWORD);
        assert!(added.status.success(), "{added:?}");
        Self { gateway, port }
    }

    fn print(&self, proxy: &str) -> String {
        snippet(self.gateway.directory(), &[proxy, "--listen", &self.gateway.address.to_string()])
    }

    fn start(&self, setup: Setup) -> Proxy {
        setup.start(self.port, self.gateway.address, self.gateway.directory())
    }

    fn doctor(&self, words: &[&str]) -> Output {
        let url = format!("http://wiki.localhost:{}/page?x=1", self.port);
        let listen = self.gateway.address.to_string();
        let fixed = ["doctor", &url, "--listen", &listen];
        self.gateway.command(&[&fixed[..], words].concat(), PASSWORD)
    }

    /// Every rule and what became of it, and for broken ones the line that mends it.
    fn examine(&self) -> BTreeMap<String, (String, String)> {
        let output = self.doctor(&["--user", "alice", "--as-application", "--json"]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let rules = said.as_array().unwrap().iter().map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            (text("rule"), (text("finding"), format!("{} / {}", text("seen"), text("mend"))))
        });
        let rules: BTreeMap<_, _> = rules.collect();
        let is_broken = rules.values().any(|(finding, _)| finding == "broken");
        assert_eq!(output.status.code(), Some(i32::from(is_broken)), "{output:?}");
        rules
    }

    /// Asserts that everything is kept that can be looked at without TLS.
    fn is_well(&self) {
        let rules = self.examine();
        assert!(rules.len() >= 18, "{rules:?}");
        for (rule, (finding, seen)) in &rules {
            let expected = if rule == "tls" { "unseen" } else { "kept" };
            assert_eq!(finding, expected, "{rule}: {seen}");
        }
    }

    /// Asserts that a line which is missing is found by its rule, and named.
    fn misses(&self, line: &str, rule: &str) {
        let rules = self.examine();
        let broken: Vec<_> = rules.iter().filter(|(_, (finding, _))| finding == "broken").collect();
        let Some((_, (_, seen))) = broken.iter().find(|(found, _)| *found == rule) else {
            panic!("without {line:?} it is not {rule} that is broken: {broken:#?}")
        };
        let [named, mend] = [line, seen].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(mend.contains(&named), "without {line:?}: {mend}");
    }
}

/// The last line that has a text, which is the application's where there are several, taken out or replaced.
fn without(text: &str, line: &str, instead: &str) -> String {
    let at = text.lines().collect::<Vec<_>>().iter().rposition(|other| other.trim() == line.trim());
    let at = at.unwrap_or_else(|| panic!("no line {line:?} in {text}"));
    let kept = text.lines().enumerate().map(|(number, other)| if number == at { instead } else { other });
    kept.collect::<Vec<_>>().join("\n") + "\n"
}

/// The first line likewise.
fn without_first(text: &str, line: &str) -> String {
    let mut is_gone = false;
    let kept = text.lines().filter(|other| {
        is_gone || other.trim() != line || {
            is_gone = true;
            false
        }
    });
    let kept = kept.collect::<Vec<_>>().join("\n") + "\n";
    assert!(is_gone, "no line {line:?} in {text}");
    kept
}

#[test]
fn nginx_with_the_printed_text_keeps_every_rule() {
    let practice = Practice::open();
    let _proxy = Nginx::Debian.serve(practice.port, &practice.print("nginx")).unwrap();
    practice.is_well();
}

#[test]
fn caddy_with_the_printed_text_keeps_every_rule() {
    let practice = Practice::open();
    let _proxy = Caddy::Debian.serve(practice.port, &practice.print("caddy")).unwrap();
    practice.is_well();
}

#[test]
fn traefik_with_the_printed_text_keeps_every_rule() {
    let practice = Practice::open();
    let _proxy = practice.start(Setup::Traefik);
    practice.is_well();
}

#[test]
fn haproxy_with_the_printed_text_keeps_every_rule() {
    let practice = Practice::open();
    let _proxy = practice.start(Setup::HaProxy);
    practice.is_well();
}

#[test]
fn envoy_with_the_printed_text_keeps_every_rule() {
    let practice = Practice::open();
    let _proxy = practice.start(Setup::Envoy);
    practice.is_well();
}

#[test]
fn a_line_that_nginx_misses_is_found_and_named() {
    let practice = Practice::open();
    let text = practice.print("nginx");
    let authority = format!("wiki.localhost:{}", practice.port);
    let host = format!("proxy_set_header Host {authority};");
    let url = format!("proxy_set_header X-Original-URL http://{authority}$request_uri;");
    for (line, rule) in [
        ("auth_request /_cloakroom/verify;", "sign-in"),
        ("error_page 401 = @cloakroom_sign_in;", "sign-in"),
        ("add_header X-Cloakroom-Login $cloakroom_login always;", "login"),
        (&url, "question"),
        ("proxy_set_header X-Original-Method $request_method;", "question"),
        ("internal;", "door"),
        ("location ^~ /_cloakroom/verify/ { return 404; }", "door"),
        ("proxy_set_header Cookie $cloakroom_cookie;", "cookies"),
        ("proxy_set_header Remote-User $cloakroom_remote_user;", "identity"),
        ("proxy_set_header Remote-Email $cloakroom_remote_email;", "forged"),
        ("proxy_set_header X-Cloakroom-Aal $cloakroom_x_cloakroom_aal;", "forged"),
        ("proxy_set_header X-Forwarded-User \"\";", "forged"),
        ("proxy_set_header x-real-ip \"\";", "forged"),
        ("proxy_set_header Connection $cloakroom_connection;", "upgrade"),
        (&host, "fields"),
        ("proxy_set_header X-Forwarded-Proto http;", "fields"),
        ("proxy_set_header X-Forwarded-For $remote_addr;", "fields"),
    ] {
        // `internal` stands in three places, and the first is the question's.
        let broken = if line == "internal;" { without_first(&text, line) } else { without(&text, line, "") };
        let proxy = Nginx::Debian.serve(practice.port, &broken).unwrap();
        practice.misses(line, rule);
        drop(proxy);
    }
    for (line, instead, rule, named) in [
        ("~*^websocket$ websocket;", "    ~.+ $http_upgrade;", "h2c", "~*^websocket$ websocket;"),
        ("return 421;", "    return 200;", "strangers", "default_server"),
    ] {
        let proxy = Nginx::Debian.serve(practice.port, &without(&text, line, instead)).unwrap();
        practice.misses(named, rule);
        drop(proxy);
    }
    let at_sign_in = without_first(&text, "proxy_set_header X-Forwarded-For $remote_addr;");
    let _proxy = Nginx::Debian.serve(practice.port, &at_sign_in).unwrap();
    practice.misses("proxy_set_header X-Forwarded-For $remote_addr;", "address");
}

#[test]
fn a_line_that_caddy_misses_is_found_and_named() {
    let practice = Practice::open();
    let text = practice.print("caddy");
    for (line, rule) in [
        ("respond /_cloakroom/verify* 404", "door"),
        ("request_header -x-auth-request-*", "forged"),
        ("request_header -*_*", "forged"),
    ] {
        let proxy = Caddy::Debian.serve(practice.port, &without(&text, line, "")).unwrap();
        practice.misses(line, rule);
        drop(proxy);
    }
    // Either of the two alone keeps it from happening.
    let both = without(&text, "request_header @plain -Connection", "");
    let proxy =
        Caddy::Debian.serve(practice.port, &without(&both, "request_header @plain -Upgrade", "")).unwrap();
    practice.misses("request_header @plain -Upgrade", "h2c");
    drop(proxy);
    let copy = text.lines().find(|line| line.trim().starts_with("copy_headers")).unwrap();
    let proxy =
        Caddy::Debian.serve(practice.port, &without(&text, copy, &copy.replace(" Cookie", ""))).unwrap();
    practice.misses(copy, "cookies");
    drop(proxy);
    let gateway = text.lines().find(|line| line.trim().starts_with("reverse_proxy /_cloakroom/*")).unwrap();
    let proxy = Caddy::Debian.serve(practice.port, &without(&text, gateway, "")).unwrap();
    practice.misses(gateway, "host");
    drop(proxy);
}

#[test]
fn what_cannot_be_looked_at_is_said_and_nothing_is_taken_for_kept() {
    let practice = Practice::open();
    let _proxy = Nginx::Debian.serve(practice.port, &practice.print("nginx")).unwrap();
    let output = practice.doctor(&["--user", "alice"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for rule in ["identity", "forged", "cookies", "fields", "h2c", "upgrade"] {
        assert!(said.lines().any(|line| line.starts_with(&format!("unseen  {rule}"))), "{rule}: {said}");
    }
    assert!(
        said.contains("kept    sign-in    a page that one has to sign in for leads to the sign-in\n"),
        "{said}"
    );
    let sessions = practice.gateway.command(&["session", "list", "alice", "--json"], "");
    assert_eq!(String::from_utf8_lossy(&sessions.stdout).trim(), "[]", "the examination's session has ended");
    let upstream = practice.gateway.command(&["check", "--offline"], "");
    let upstream = String::from_utf8_lossy(&upstream.stdout).into_owned();
    let at = upstream.split("to http://").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let _application = TcpListener::bind(&at).unwrap();
    let refused = practice.doctor(&["--as-application"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("stop the application first"), "{refused:?}");
}
