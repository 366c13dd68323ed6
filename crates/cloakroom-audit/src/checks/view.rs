//! What a browser made of the answers: each `Set-Cookie` with what became of it.

use crate::agent::{Cookie, Jar, ParsedCookie, Refusal, UnixTime};
use crate::look::{Exchange, Look};
use crate::rules::Framework;

use super::finding::Place;
use super::kind::Kind;

/// A `Set-Cookie` of an answer that is judged.
pub(super) struct SetLine<'l> {
    pub(super) hop: usize,
    pub(super) exchange: &'l Exchange,
    pub(super) field: &'l [u8],
    /// As it was read; `None` where not even that could be.
    pub(super) parsed: Option<ParsedCookie>,
    pub(super) outcome: Result<Cookie, Refusal>,
    pub(super) kind: Kind,
    /// Whether the kind is a guess from the value.
    pub(super) is_guess: bool,
}

impl<'l> SetLine<'l> {
    pub(super) const fn place(&self) -> Place<'l> {
        Place { hop: self.hop, exchange: self.exchange }
    }

    /// The cookie's name, also of one that was refused.
    pub(super) fn name(&self) -> String {
        let written = || self.field.split(|octet| [b';', b'='].contains(octet)).next().unwrap_or_default();
        let name = self.parsed.as_ref().map_or_else(written, |parsed| &parsed.name);
        if name.is_empty() { "(no name)".to_owned() } else { String::from_utf8_lossy(name).into_owned() }
    }
}

/// Everything that was seen, as a browser understood it.
pub(super) struct View<'l> {
    pub(super) look: &'l Look,
    pub(super) lines: Vec<SetLine<'l>>,
    /// The jar after each judged visit.
    pub(super) jars: Vec<Jar>,
    pub(super) framework: Option<Framework>,
}

impl<'l> View<'l> {
    pub(super) fn of(look: &'l Look) -> Self {
        let mut view = Self { look, lines: Vec::new(), jars: Vec::new(), framework: None };
        let mut hop = 0;
        for visit in look.visits.iter().filter(|visit| visit.is_judged()) {
            let mut jar = Jar::default();
            for exchange in &visit.hops {
                hop += 1;
                view.read(&mut jar, hop, exchange, visit.at);
            }
            view.jars.push(jar);
        }
        view.guess_session();
        view
    }

    fn read(&mut self, jar: &mut Jar, hop: usize, exchange: &'l Exchange, now: UnixTime) {
        for (name, value) in &exchange.fields {
            let known = Framework::by_field(name, &String::from_utf8_lossy(value));
            self.framework = self.framework.or(known);
        }
        for field in exchange.set_cookies() {
            let outcome = jar.receive(&exchange.url, field, now);
            let parsed = ParsedCookie::parse(field, now).ok();
            let kind = outcome.as_ref().map_or(Kind::Other, Kind::of);
            if let Ok(cookie) = &outcome {
                let by_cookie = Framework::by_cookie(&cookie.name_text(), &cookie.value);
                // A cookie tells more than a field, which a proxy may have written.
                self.framework = by_cookie.or(self.framework);
            }
            self.lines.push(SetLine { hop, exchange, field, parsed, outcome, kind, is_guess: false });
        }
    }

    /// Where no name says that it is a session, values that could well be tokens are taken for one.
    fn guess_session(&mut self) {
        if self.lines.iter().any(|line| line.kind == Kind::Session) {
            return;
        }
        for line in &mut self.lines {
            if line.outcome.as_ref().is_ok_and(Kind::could_be_session) {
                (line.kind, line.is_guess) = (Kind::Session, true);
            }
        }
    }

    /// Cookies that a browser keeps, with the lines that set them. Those that are removed are not among them.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&SetLine<'l>, &Cookie)> {
        let now = self.look.at;
        self.lines.iter().filter_map(move |line| {
            let cookie = line.outcome.as_ref().ok()?;
            (!cookie.is_expired(now)).then_some((line, cookie))
        })
    }

    /// Those of them that say who somebody is.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&SetLine<'l>, &Cookie)> {
        self.kept().filter(|(line, _)| line.kind == Kind::Session)
    }

    /// Answers that are judged.
    pub(super) fn places(&self) -> impl Iterator<Item = Place<'l>> {
        self.look.hops().map(|(hop, exchange)| Place { hop, exchange })
    }
}
