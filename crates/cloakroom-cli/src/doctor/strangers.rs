//! What somebody gets who is not signed in.

use std::io;

use cloakroom_gateway::config::PathPattern;

use super::http::Request;
use super::patient::Patient;
use super::report::{Finding, Report};

/// The fields by which proxies ask, and what each says where it is right.
fn question(patient: &Patient, target: &str) -> [(&'static str, String); 6] {
    let origin = &patient.place.origin;
    [
        ("X-Original-URL", format!("{origin}{target}")),
        ("X-Original-Method", "GET".to_owned()),
        ("X-Forwarded-Proto", origin.scheme().as_str().to_owned()),
        ("X-Forwarded-Host", origin.authority().to_owned()),
        ("X-Forwarded-Uri", target.to_owned()),
        ("X-Forwarded-Method", "GET".to_owned()),
    ]
}

pub(super) fn examine(patient: &Patient, report: &mut Report) -> io::Result<()> {
    let login = patient.login();
    let page = patient.send(|target| Request::get(target).page())?;
    let led = page.is_led_to(&login);
    let mend = match page.answer.status {
        401 => "error_page 401",
        200..300 => "auth_request /|forward_auth|forwardAuth|lua.cloakroom|ext_authz",
        _ => "auth_request /|uri /_cloakroom/verify|address: http|ext_authz",
    };
    report.judge("sign-in", "a page that one has to sign in for leads to the sign-in", mend, led.clone());
    questions(patient, report, led.is_ok())?;
    scripts(patient, report)?;
    let origin = patient.place.origin.to_string();
    let socket = patient.send(|target| Request::get(target).socket(&origin))?;
    report.judge(
        "socket",
        "a WebSocket of nobody is refused by 401",
        "proxy_set_header Upgrade|Upgrade",
        socket.is_refused(401),
    );
    doors(patient, report)?;
    own_pages(patient, report)?;
    paths(patient, report)?;
    hosts(patient, report)?;
    transport(patient, report)
}

/// Nothing that a client says changes what the gateway is asked.
fn questions(patient: &Patient, report: &mut Report, is_well: bool) -> io::Result<()> {
    const WHAT: &str = "nothing that a client sends changes what the gateway is asked";
    let login = patient.login();
    let mut meddled = Vec::new();
    for at in 0..6 {
        let (target, mark) = patient.marked();
        let (name, right) = question(patient, &target).into_iter().nth(at).unwrap_or_default();
        // Where it is asked rightly, another value must not matter; where it is not, the right one must not help.
        let value = if is_well { "evil" } else { right.as_str() };
        let sent = patient.send_marked(&Request::get(&target).page().field(name, value), &mark)?;
        if sent.is_led_to(&login).is_ok() != is_well {
            meddled.push(name);
        }
    }
    let seen = meddled
        .first()
        .map_or(Ok(()), |name| Err(format!("the gateway is asked about what the client says in {name}")));
    let mend = meddled
        .first()
        .map(|name| format!("proxy_set_header {name} |{name}|request_header -x-"))
        .unwrap_or_default();
    report.judge("question", WHAT, &mend, seen);
    Ok(())
}

fn scripts(patient: &Patient, report: &mut Report) -> io::Result<()> {
    let fetched = patient.send(|target| Request::get(target).fetch())?;
    report.judge(
        "script",
        "a script gets 401 and no redirect",
        "return 401|authResponseHeaders|forward_auth",
        fetched.is_refused(401),
    );
    let told = fetched
        .answer
        .head
        .one("x-cloakroom-login")
        .is_some_and(|login| login.starts_with(&patient.login().replace('?', "")));
    let told = if told { Ok(()) } else { Err("no X-Cloakroom-Login in the answer".to_owned()) };
    report.judge(
        "login",
        "a script is told where the sign-in is",
        "add_header X-Cloakroom-Login|x-cloakroom-login|forward_auth",
        told,
    );
    Ok(())
}

/// Nobody outside can ask what proxies ask.
fn doors(patient: &Patient, report: &mut Report) -> io::Result<()> {
    let mut open = None;
    let families = ["", "/nginx", "/caddy", "/traefik", "/haproxy", "/envoy/"];
    for place in [&patient.place, &patient.sign_in] {
        for family in families {
            let path = format!("/_cloakroom/verify{family}");
            let fields = question(patient, &patient.target);
            let request =
                fields.iter().fold(Request::get(&path), |request, (name, value)| request.field(name, value));
            let answer = place.send(&request)?;
            if !matches!(answer.status, 403 | 404 | 421) {
                open.get_or_insert(format!("{}{path} answers {}", place.origin, answer.status));
            }
        }
    }
    let (mend, seen) = match open {
        None => ("", Ok(())),
        Some(seen) if seen.contains("/verify answers") => ("internal;|_cloakroom/verify", Err(seen)),
        Some(seen) => ("verify/ {|verify {|respond /_cloakroom/verify|_cloakroom/verify", Err(seen)),
    };
    report.judge("door", "nobody outside can ask whether a request may pass", mend, seen);
    Ok(())
}

/// The gateway has its own paths at each host, and learns which host it is.
fn own_pages(patient: &Patient, report: &mut Report) -> io::Result<()> {
    const PATHS: &str = "location ^~ /_cloakroom/ {|/_cloakroom/*|/_cloakroom/";
    let page = patient.sign_in.send(&Request::get("/_cloakroom/login").page())?;
    let is_there = page.status == 200 && page.body.contains("/_cloakroom/login");
    let seen = if is_there { Ok(()) } else { Err(format!("status {}", page.status)) };
    report.judge("pages", "the sign-in page is at its origin", "server_name|reverse_proxy", seen);
    let account = patient.place.send(&Request::get("/_cloakroom/account").page())?;
    let expected = format!("{}/_cloakroom/account", patient.sign_in.origin);
    let (mend, seen) = match account.location() {
        Some(location) if location == expected => (String::new(), Ok(())),
        Some(location) if location.starts_with(&patient.login()) => (
            PATHS.to_owned(),
            Err("these paths are asked about as if they were the application's".to_owned()),
        ),
        Some(location) => {
            let what = format!(
                "a redirect to {location}: the gateway does not learn the Host that the browser sent"
            );
            (
                format!("proxy_set_header Host {}|passHostHeader|host", patient.place.origin.authority()),
                Err(what),
            )
        }
        None => (
            PATHS.to_owned(),
            Err(format!("status {}: these paths do not lead to the gateway", account.status)),
        ),
    };
    report.judge(
        "host",
        "the gateway has /_cloakroom/ of the application's host, and learns which host it is",
        &mend,
        seen,
    );
    Ok(())
}

/// A path that could be read in two ways opens no door.
fn paths(patient: &Patient, report: &mut Report) -> io::Result<()> {
    const WHAT: &str = "a path that could be read in two ways opens nothing";
    let public = patient.app.rules.iter().find(|rule| rule.access.is_none()).map(|rule| &rule.path);
    let base = public.map_or_else(|| "/doctor/*".to_owned(), PathPattern::to_string);
    let base = base.trim_end_matches('*').trim_end_matches('/');
    let (mut seen, mut mark) = (Ok(()), String::new());
    // Whichever way a program reads them, they are the page: what a proxy makes plain before it asks is no way around it.
    for detour in ["/../", "/%2e%2e/", "/..%2f", "/..;/", "/..%5c", "//../../"] {
        let (_, fresh) = patient.marked();
        let target = format!(
            "{base}{detour}{}?{fresh}=1",
            patient.target.trim_start_matches('/').split('?').next().unwrap_or_default()
        );
        mark.clone_from(&fresh);
        let sent = patient.send_marked(&Request::get(&target).page(), &mark)?;
        let has_passed = sent.arrived.is_some() || (200..300).contains(&sent.answer.status);
        if has_passed && seen.is_ok() {
            seen = Err(format!("{target} came through, status {}", sent.answer.status));
        }
    }
    report.judge("paths", WHAT, "$request_uri|forward_auth|normalize_path|X-Forwarded-Uri", seen);
    Ok(())
}

/// A host that is nobody's leads nowhere.
fn hosts(patient: &Patient, report: &mut Report) -> io::Result<()> {
    let (target, mark) = patient.marked();
    let sent = patient.send_marked(&Request::get(&target).page().field("Host", "nobody.invalid"), &mark)?;
    let is_refused = sent.arrived.is_none() && (400..500).contains(&sent.answer.status);
    let seen = if is_refused {
        Ok(())
    } else {
        Err(format!("Host: nobody.invalid is answered, with status {}", sent.answer.status))
    };
    report.judge(
        "strangers",
        "a host that is nobody's leads nowhere",
        "default_server|respond 421|421",
        seen,
    );
    Ok(())
}

/// Certificates are judged by every connection; what is left is that browsers are told to stay with TLS.
fn transport(patient: &Patient, report: &mut Report) -> io::Result<()> {
    const WHAT: &str = "browsers are told to stay with TLS (Strict-Transport-Security)";
    if patient.sign_in.origin.scheme().as_str() != "https" {
        report.note("tls", WHAT, Finding::NotSeen("it is plain HTTP on this machine"));
        return Ok(());
    }
    let page = patient.sign_in.send(&Request::get("/_cloakroom/login").page())?;
    let seen = page
        .head
        .one("strict-transport-security")
        .map(|_| ())
        .ok_or_else(|| "the sign-in page comes without it".to_owned());
    report.judge("tls", WHAT, "proxy_pass|reverse_proxy", seen);
    Ok(())
}
