//! What the application gets of somebody who is signed in, and what of an attacker.

use std::io;

use cloakroom_gateway::snippet::forgeable_fields;

use super::http::{Head, Request};
use super::patient::{Patient, Sent};
use super::report::{Finding, Report};
use super::visitor::Visitor;

/// A value that no proxy would set. It is an address too (RFC 5737).
const FORGED: &str = "203.0.113.66";

/// Identity fields as an application behind WSGI or CGI would take them for the real ones.
const ALIASES: [&str; 4] = ["Remote_User", "Remote_Groups", "Remote_Email", "X_Cloakroom_Aal"];

/// A cookie of the application's own.
const OTHER_COOKIE: &str = "doctor=1";

const ALONE: &str = "run it with --as-application while the application is stopped";

/// Signs in through the proxy and looks at what arrives. The session ends with it.
pub(super) fn examine(patient: &Patient, report: &mut Report, user: &str, password: &str) -> io::Result<()> {
    const WHAT: &str = "a sign-in leads back to the page";
    const MEND: &str = "location ^~ /_cloakroom/ {|/_cloakroom/*|/_cloakroom/";
    let mut visitor = Visitor::new(&patient.place, &patient.sign_in);
    let (target, mark) = patient.marked();
    let forged = [("X-Forwarded-For", FORGED)];
    let seen = match visitor.sign_in(&target, &forged, user, password)? {
        Err(seen) => Finding::of(Err(seen), MEND),
        Ok(answer) => match (&patient.application, answer.status) {
            (Some(application), _) if application.got(&mark).is_some() => Finding::Kept,
            (None, 502..=504) => Finding::NotSeen("the application does not answer"),
            (None, status) if !matches!(status, 300..=403) => Finding::Kept,
            (_, status) => Finding::of(Err(format!("status {status}")), MEND),
        },
    };
    let is_in = !matches!(seen, Finding::Broken { .. });
    report.note("return", WHAT, seen);
    if is_in {
        address(&mut visitor, report)?;
        sockets(patient, report, &visitor.cookies())?;
        what_arrives(patient, report, &visitor.cookies(), user)?;
    }
    visitor.sign_out()
}

/// The gateway has the address that the proxy saw.
fn address(visitor: &mut Visitor<'_>, report: &mut Report) -> io::Result<()> {
    let page = visitor.at_sign_in(Request::get("/_cloakroom/account").page())?;
    let seen = if page.body.contains(FORGED) {
        Err(format!("the list of sessions has {FORGED}, which the client made up in X-Forwarded-For"))
    } else {
        Ok(())
    };
    report.judge(
        "address",
        "the gateway believes the proxy, not the client, where it comes from",
        "proxy_set_header X-Forwarded-For|forwardedHeaders|xff",
        seen,
    );
    Ok(())
}

fn sockets(patient: &Patient, report: &mut Report, cookies: &str) -> io::Result<()> {
    let own = patient.place.origin.to_string();
    let foreign = patient
        .send(|target| Request::get(target).socket("https://evil.invalid").field("Cookie", cookies))?;
    report.judge(
        "origin",
        "a WebSocket that a page of another origin opens is refused by 403",
        "proxy_set_header Upgrade $cloakroom_upgrade|forward_auth|origin",
        foreign.is_refused(403),
    );
    let socket = patient.send(|target| Request::get(target).socket(&own).field("Cookie", cookies))?;
    match &socket.arrived {
        None => report.note(
            "upgrade",
            "a WebSocket of the application's own page is handed on",
            Finding::NotSeen(ALONE),
        ),
        Some(head) => {
            let is_socket = head.one("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
            let is_announced =
                head.one("connection").is_some_and(|of| of.to_ascii_lowercase().contains("upgrade"));
            let seen = if is_socket && is_announced && socket.answer.status == 101 {
                Ok(())
            } else {
                Err(format!(
                    "it arrives with Upgrade: {:?}, Connection: {:?}, and is answered {}",
                    head.one("upgrade"),
                    head.one("connection"),
                    socket.answer.status
                ))
            };
            let mend = if is_socket {
                "proxy_set_header Connection $"
            } else {
                "proxy_set_header Upgrade $cloakroom_upgrade"
            };
            report.judge(
                "upgrade",
                "a WebSocket of the application's own page is handed on",
                &format!("{mend}|request_header @socket|Upgrade"),
                seen,
            );
        }
    }
    Ok(())
}

fn what_arrives(patient: &Patient, report: &mut Report, cookies: &str, user: &str) -> io::Result<()> {
    let both = format!("{OTHER_COOKIE}; {cookies}");
    let names = || forgeable_fields().chain(ALIASES);
    let forged = patient.send(|target| {
        let request = Request::get(target).page().field("Cookie", &both);
        // Fields that the proxy itself decides by come in a request of their own.
        names().fold(request, |request, name| request.field(name, FORGED))
    })?;
    let h2c = patient.send(|target| {
        Request::get(target)
            .page()
            .field("Cookie", cookies)
            .field("Connection", "Upgrade, HTTP2-Settings")
            .field("Upgrade", "h2c")
            .field("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA")
    })?;
    tunnels(report, &h2c);
    let Some(head) = &forged.arrived else {
        let why = if patient.application.is_some() { "the request did not arrive" } else { ALONE };
        for (rule, what) in [
            ("identity", "the application learns who is there"),
            ("forged", "nothing forged arrives"),
            ("cookies", "our cookies stay at the proxy"),
            ("fields", "Host and X-Forwarded- fields are the proxy's"),
        ] {
            report.note(rule, what, Finding::NotSeen(why));
        }
        return Ok(());
    };
    identity(report, head, user);
    let arrived = head.fields.iter().find(|(name, value)| {
        value.contains(FORGED) && !matches!(name.as_str(), "cookie" | "x-forwarded-for")
    });
    let seen = arrived.map_or(Ok(()), |(name, value)| Err(format!("the client's own {name}: {value}")));
    let mend = arrived.map(|(name, _)| mend_of(name)).unwrap_or_default();
    report.judge(
        "forged",
        "nothing arrives by which a client could pretend to be a proxy or another user",
        &mend,
        seen,
    );
    let seen = match head.all("cookie").collect::<Vec<_>>().join("; ") {
        cookies if cookies == OTHER_COOKIE => Ok(()),
        cookies if cookies.contains("cloakroom") => {
            Err("the session's cookie arrives at the application".to_owned())
        }
        cookies => Err(format!("Cookie: {cookies:?}, where {OTHER_COOKIE:?} was sent")),
    };
    report.judge(
        "cookies",
        "the application gets the client's cookies without ours",
        "proxy_set_header Cookie|Cookie",
        seen,
    );
    proxys_fields(patient, report, head);
    Ok(())
}

/// A connection that becomes HTTP/2 behind the proxy would carry requests that nobody is asked about.
fn tunnels(report: &mut Report, h2c: &Sent) {
    const WHAT: &str = "nothing but a WebSocket is upgraded (h2c)";
    let mend = "~*^websocket$|request_header @plain -Upgrade|Upgrade";
    match &h2c.arrived {
        _ if h2c.answer.status == 101 => {
            report.judge("h2c", WHAT, mend, Err("101 Switching Protocols".to_owned()));
        }
        None => report.note("h2c", WHAT, Finding::NotSeen(ALONE)),
        Some(head) => {
            let seen = match head.one("upgrade").filter(|to| to.contains("h2c")) {
                Some(to) => Err(format!("Upgrade: {to} arrives at the application")),
                None => Ok(()),
            };
            report.judge("h2c", WHAT, mend, seen);
        }
    }
}

fn identity(report: &mut Report, head: &Head, user: &str) {
    let names: Vec<&str> = head.all("remote-user").collect();
    let seen = if names == [user.to_lowercase()] {
        head.one("x-cloakroom-session")
            .filter(|id| id.len() == 32)
            .map(|_| ())
            .ok_or_else(|| "no X-Cloakroom-Session arrives".to_owned())
    } else {
        Err(format!("Remote-User: {names:?}"))
    };
    let mend = if seen.as_ref().is_err_and(|seen| seen.contains("Session")) {
        mend_of("x-cloakroom-session")
    } else {
        mend_of("remote-user")
    };
    report.judge("identity", "the application learns who is there", &mend, seen);
}

/// The line that takes a field away, or sets it.
fn mend_of(name: &str) -> String {
    let folded = name.replace('_', "-");
    let beginning =
        ["remote-", "x-cloakroom-", "x-auth-request-", "x-forwarded-", "x-original-", "x-remote-"]
            .into_iter()
            .find(|beginning| folded.starts_with(beginning));
    let beginning = beginning.map(|beginning| format!("request_header -{beginning}|")).unwrap_or_default();
    let underscore = if name.contains('_') { "request_header -*_*|" } else { "" };
    format!("proxy_set_header {folded} |{underscore}{beginning}{folded}")
}

fn proxys_fields(patient: &Patient, report: &mut Report, head: &Head) {
    let origin = &patient.place.origin;
    let wrong = [
        ("host", origin.authority().to_owned()),
        ("x-forwarded-host", origin.authority().to_owned()),
        ("x-forwarded-proto", origin.scheme().as_str().to_owned()),
    ]
    .into_iter()
    .find(|(name, expected)| head.all(name).collect::<Vec<_>>() != [expected.as_str()]);
    let wrong = wrong.map(|(name, expected)| {
        (name, format!("{name}: {:?}, where it should be {expected:?}", head.all(name).collect::<Vec<_>>()))
    });
    let from = head.all("x-forwarded-for").collect::<Vec<_>>().join(", ");
    let made_up = from.is_empty() || from.contains(FORGED);
    let wrong = wrong.or_else(|| {
        made_up.then(|| {
            (
                "x-forwarded-for",
                format!("x-forwarded-for: {from:?}, where {FORGED} was made up by the client"),
            )
        })
    });
    let (mend, seen) = match wrong {
        Some((name, seen)) => {
            // Each host has such a line, with what is right for it.
            let value = if name.ends_with("host") { origin.authority() } else { "" };
            (format!("proxy_set_header {name} {value}|{name}|reverse_proxy"), Err(seen))
        }
        None => (String::new(), Ok(())),
    };
    report.judge("fields", "Host and the X-Forwarded- fields are the proxy's", &mend, seen);
}
