//! A browser as far as a sign-in goes: cookies for each host, redirects, one form.

use std::collections::BTreeMap;
use std::io;

use zeroize::Zeroizing;

use super::http::{Answer, Request};
use super::place::Place;

/// The most redirects in a row: a sign-in takes six.
const REDIRECTS_MAX: usize = 12;

const CIRCLE: &str = "redirects that go round in a circle";

/// A browser with a jar for each of two hosts.
#[derive(Debug)]
pub(super) struct Visitor<'a> {
    places: [&'a Place; 2],
    jars: [BTreeMap<String, String>; 2],
}

impl<'a> Visitor<'a> {
    /// A browser at an application and a sign-in.
    pub(super) fn new(app: &'a Place, sign_in: &'a Place) -> Self {
        Self { places: [app, sign_in], jars: [BTreeMap::new(), BTreeMap::new()] }
    }

    /// The cookies for the application.
    pub(super) fn cookies(&self) -> String {
        let pairs = self.jars[0].iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Sends a request to the sign-in.
    pub(super) fn at_sign_in(&mut self, request: Request) -> io::Result<Answer> {
        self.send(1, request)
    }

    /// Opens a page of the application, signs in on the way with these forged fields in each request, and says what the last answer was.
    pub(super) fn sign_in(
        &mut self,
        target: &str,
        forged: &[(&str, &str)],
        user: &str,
        password: &str,
    ) -> io::Result<Result<Answer, String>> {
        let Some((at, page)) = self.go(0, target, forged)? else { return Ok(Err(CIRCLE.to_owned())) };
        let Some(form) = Form::of(&page.body, "/_cloakroom/login") else {
            return Ok(Err(format!("a page without the form of the sign-in (status {})", page.status)));
        };
        let fields = [("username", user), ("password", password)];
        let mut request = Request::new("POST", &form.action)
            .page()
            .field("Content-Type", "application/x-www-form-urlencoded");
        request.body = form.filled(&fields);
        let answer = self.send(at, with(request, forged))?;
        let Some(next) = answer.location() else {
            let what = format!(
                "no way on after the form was sent (status {}): is it the right password?",
                answer.status
            );
            return Ok(Err(what));
        };
        let next = next.to_owned();
        let Some((at, target)) = self.find(at, &next) else {
            return Ok(Err(format!("a redirect to {next}")));
        };
        let last = self.go(at, &target, forged)?;
        Ok(last.map(|(_, answer)| answer).ok_or_else(|| CIRCLE.to_owned()))
    }

    /// Ends the session.
    pub(super) fn sign_out(&mut self) -> io::Result<()> {
        let page = self.send(1, Request::get("/_cloakroom/logout").page())?;
        if let Some(form) = Form::of(&page.body, "/_cloakroom/logout") {
            let mut request = Request::new("POST", &form.action)
                .page()
                .field("Content-Type", "application/x-www-form-urlencoded");
            request.body = form.filled(&[]);
            self.send(1, request)?;
        }
        Ok(())
    }

    /// Follows redirects until there are none; `None` when there are always more.
    fn go(
        &mut self,
        at: usize,
        target: &str,
        forged: &[(&str, &str)],
    ) -> io::Result<Option<(usize, Answer)>> {
        let (mut at, mut target) = (at, target.to_owned());
        for _ in 0..REDIRECTS_MAX {
            let answer = self.send(at, with(Request::get(&target).page(), forged))?;
            match answer.location().and_then(|next| self.find(at, next)) {
                Some(next) => (at, target) = next,
                None => return Ok(Some((at, answer))),
            }
        }
        Ok(None)
    }

    /// Which of the two hosts a redirect leads to, and where there.
    fn find(&self, at: usize, location: &str) -> Option<(usize, String)> {
        if location.starts_with('/') {
            return Some((at, location.to_owned()));
        }
        self.places.iter().enumerate().find_map(|(at, place)| {
            let rest = location.strip_prefix(&place.origin.to_string())?;
            rest.starts_with('/').then(|| (at, rest.to_owned()))
        })
    }

    fn send(&mut self, at: usize, request: Request) -> io::Result<Answer> {
        let pairs: Vec<String> =
            self.jars[at].iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if pairs.is_empty() { request } else { request.field("Cookie", &pairs.join("; ")) };
        let answer = self.places[at].send(&request)?;
        for line in answer.head.all("set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let attributes = attributes.to_ascii_lowercase();
            for (there, jar) in self.jars.iter_mut().enumerate() {
                if there != at && !is_shared(&attributes, self.places[there]) {
                    continue;
                }
                if attributes.contains("max-age=0") {
                    jar.remove(name);
                } else {
                    jar.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(answer)
    }
}

/// Whether a cookie of these attributes, in lower case, is for this place whichever place has set it.
fn is_shared(attributes: &str, place: &Place) -> bool {
    let domain = attributes.split(';').find_map(|attribute| attribute.trim().strip_prefix("domain="));
    let below = domain.and_then(|domain| place.origin.host().strip_suffix(domain));
    below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

fn with(request: Request, fields: &[(&str, &str)]) -> Request {
    fields.iter().fold(request, |request, (name, value)| request.field(name, value))
}

/// A form of a page of ours.
struct Form {
    action: String,
    hidden: Vec<(String, Zeroizing<String>)>,
}

impl Form {
    /// The first form whose action begins with a path.
    fn of(page: &str, action: &str) -> Option<Self> {
        let forms = page.split("<form").skip(1).filter_map(|form| form.split("</form>").next());
        forms.into_iter().find_map(|form| {
            let to = attribute(form, "action").filter(|to| to.starts_with(action))?;
            let hidden = form
                .split("<input")
                .skip(1)
                .filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
            let hidden = hidden.filter_map(|input| {
                Some((
                    attribute(input, "name")?,
                    Zeroizing::new(attribute(input, "value").unwrap_or_default()),
                ))
            });
            Some(Self { action: to, hidden: hidden.collect() })
        })
    }

    fn filled(&self, fields: &[(&str, &str)]) -> String {
        let hidden = self.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs = hidden
            .chain(fields.iter().copied())
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split('>').next()?.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&").replace("&quot;", "\""))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02X}")).collect::<Vec<_>>().concat()
}
