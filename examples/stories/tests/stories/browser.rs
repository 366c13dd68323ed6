//! A browser: it keeps cookies, sends the origin, and finds the token in forms.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::program::Program;

/// A browser at one example.
pub(crate) struct Browser {
    host: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What it got.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn at(program: &Program) -> Self {
        Self::of(&program.host)
    }

    pub(crate) fn of(host: &str) -> Self {
        Self { host: host.to_owned(), cookies: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Sends the form of a page, with the token that the page has.
    pub(crate) fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).token();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("_csrf", &token).extend_pairs(fields);
        self.post_form(action, &form.finish())
    }

    pub(crate) fn post_form(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], form)
    }

    pub(crate) fn post_json(&mut self, path: &str, token: &str, json: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json"), ("X-CSRF-Token", token)], json)
    }

    /// Signs alice in by the form.
    pub(crate) fn sign_in(&mut self, program: &Program) {
        let fields = [("user", "alice"), ("password", program.password.as_str())];
        assert_eq!(self.submit("/login", "/login", &fields).status, 303);
    }

    pub(crate) fn send(&mut self, verb: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Answer {
        let (host, len) = (&self.host, body.len());
        let mut head = vec![
            format!("{verb} {path} HTTP/1.1"),
            format!("Host: {host}"),
            format!("Content-Length: {len}"),
            "Connection: close".to_owned(),
        ];
        if verb != "GET" {
            head.push(format!("Origin: http://{host}"));
        }
        head.extend(fields.iter().map(|(name, value)| format!("{name}: {value}")));
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head.push(format!("Cookie: {}", pairs.join("; ")));
        }
        let request = format!("{}\r\n\r\n{body}", head.join("\r\n"));
        let answer = exchange(&self.host, &request);
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.fields("set-cookie") {
            let (name, rest) = line.split_once('=').expect("a cookie has a name");
            match rest.split(';').next().unwrap_or_default() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}

fn exchange(host: &str, request: &str) -> Answer {
    const PATIENCE: Duration = Duration::from_secs(30);
    let port = host.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the example listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream.write_all(request.as_bytes()).expect("the example reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the example answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

impl Answer {
    pub(crate) fn fields(&self, name: &str) -> Vec<&str> {
        let pairs = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        pairs.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The token of the page's forms.
    pub(crate) fn token(&self) -> String {
        let after = self.body.split_once("name=\"_csrf\" value=\"").expect("the page has a form").1;
        after.split('"').next().expect("a value ends").to_owned()
    }
}
