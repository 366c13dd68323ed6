//! A browser as far as HTTP goes: a cookie jar and forms.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A visitor with a cookie jar.
pub(crate) struct Browser {
    /// Where its requests go, each to the next; one unless there is something that spreads them.
    addresses: Box<dyn Iterator<Item = SocketAddr>>,
    /// What its address bar says.
    host: String,
    agent: String,
    /// Name to value, as the server set them.
    pub(crate) jar: BTreeMap<String, String>,
}

/// A response, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A request that is about to be sent.
pub(crate) struct Request<'b> {
    browser: &'b mut Browser,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr, agent: &str) -> Self {
        let host = format!("localhost:{}", address.port());
        Self::spread(std::iter::repeat(address), &host, agent)
    }

    /// A browser in front of something that sends each of its requests to the next of these addresses.
    pub(crate) fn spread(
        addresses: impl Iterator<Item = SocketAddr> + 'static,
        host: &str,
        agent: &str,
    ) -> Self {
        let addresses = Box::new(addresses);
        Self { addresses, host: host.to_owned(), agent: agent.to_owned(), jar: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path).navigating().send()
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.request("POST", path).navigating().form(fields).send()
    }

    pub(crate) fn request(&mut self, method: &'static str, path: &str) -> Request<'_> {
        Request { browser: self, method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// Posts the first form of a page whose action contains `action`, hidden fields and all.
    pub(crate) fn submit(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = page.form(action);
        let mut all: Vec<(String, String)> = form.hidden;
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let all: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(&form.action, &all)
    }

    pub(crate) fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        let page = self.get("/_cloakroom/login");
        self.submit(&page, "/_cloakroom/login", &[("username", user), ("password", password)])
    }

    fn connect(&mut self) -> TcpStream {
        let stream = TcpStream::connect(self.addresses.next().unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.all("set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a browser sends when a person follows a link or posts a form of the same site.
    pub(crate) fn navigating(self) -> Self {
        self.header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Accept", "text/html")
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let encode = |text: &str| {
            text.bytes().fold(String::new(), |mut encoded, octet| {
                write!(encoded, "%{octet:02X}").unwrap();
                encoded
            })
        };
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.body = Some(pairs.join("&"));
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// Sends the request and keeps the cookies of the answer.
    pub(crate) fn send(self) -> Answer {
        let head = self.head("close");
        let mut stream = self.browser.connect();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(self.body.unwrap_or_default().as_bytes()).unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        let answer = Answer::parse(&octets);
        self.browser.keep_cookies(&answer);
        answer
    }

    /// Sends the head and hands over the connection, for protocols that go on from there.
    pub(crate) fn open(self, connection: &str) -> TcpStream {
        let mut stream = self.browser.connect();
        stream.write_all(self.head(connection).as_bytes()).unwrap();
        stream
    }

    fn head(&self, connection: &str) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        let sent = |name: &str| self.headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
        if !sent("host") {
            write!(head, "Host: {}\r\n", self.browser.host).unwrap();
        }
        write!(head, "User-Agent: {}\r\nConnection: {connection}\r\n", self.browser.agent).unwrap();
        if !self.browser.jar.is_empty() && !sent("cookie") {
            let cookies: Vec<String> =
                self.browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            write!(head, "Cookie: {}\r\n", cookies.join("; ")).unwrap();
        }
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = &self.body {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        head + "\r\n"
    }
}

/// A form of a page.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Answer {
    /// The one value of a field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The form whose path ends like this.
    pub(crate) fn form(&self, action: &str) -> Form {
        let path = |form: &Form| form.action.split('?').next().is_some_and(|path| path.ends_with(action));
        let form = self.forms().into_iter().find(path);
        form.unwrap_or_else(|| panic!("no form to {action} in {} {}", self.status, self.body))
    }

    pub(crate) fn forms(&self) -> Vec<Form> {
        let mut forms = Vec::new();
        for form in self.body.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let hidden = form
                .split("<input")
                .skip(1)
                .filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
            let hidden = hidden.map(|input| {
                (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default())
            });
            forms.push(Form { action: attribute(form, "action").unwrap(), hidden: hidden.collect() });
        }
        forms
    }

    pub(crate) fn parse(octets: &[u8]) -> Self {
        let text = String::from_utf8_lossy(octets);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { dechunk(body) } else { body.to_owned() };
        Self { status, headers, body }
    }
}

fn dechunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole += &rest[..size];
        body = rest[size..].strip_prefix("\r\n").unwrap_or_default();
    }
    whole
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&").replace("&quot;", "\""))
}
