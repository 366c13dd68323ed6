//! The visits that an audit makes, in their order.

use std::net::SocketAddr;

use http::Method;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::agent::{Asking, Jar, same_site};
use crate::checks::FOREIGN_ORIGIN;
use crate::look::{
    Exchange, Family, Form, Look, Protocol, UNTRIED, Visit, Why, printable, url_for_people, without_password,
};

use super::body::is_readable;
use super::client::{Client, How, Request};
use super::dial::addresses;
use super::error::ProbeError;
use super::terms::Terms;

/// Looks at a site. `progress` is told what happens next, in a few words.
///
/// # Errors
/// When neither the named URL nor plain HTTP gives an answer to judge.
pub async fn look_at(
    target: &Url,
    terms: Terms,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Look, ProbeError> {
    if !["http", "https"].contains(&target.scheme()) || target.host_str().is_none() {
        return Err(ProbeError::Url { url: target.to_string() });
    }
    // Browsers send a name and a password only where they are asked for them, which this program never answers.
    let mut target = without_password(target.clone());
    target.set_fragment(None);
    let client = Client::new(terms)?;
    let look = Look {
        target: target.clone(),
        at: client.now(),
        visits: Vec::new(),
        proofs: Vec::new(),
        notes: Vec::new(),
    };
    let mut tour = Tour { client, target, look, progress };
    tour.begin().await?;
    let patience = tour.client.terms().patience;
    if timeout(patience, tour.go_on()).await.is_err() {
        let seconds = patience.as_secs();
        tour.look.notes.push(format!("the site is slow: after {seconds} seconds the rest was not looked at"));
    }
    Ok(tour.look)
}

struct Tour<'p> {
    client: Client,
    target: Url,
    look: Look,
    progress: &'p (dyn Fn(&str) + Sync),
}

impl Tour<'_> {
    /// The visits without which there is nothing to judge.
    async fn begin(&mut self) -> Result<(), ProbeError> {
        if self.target.scheme() == "http" {
            let target = self.target.clone();
            return self.visit(Why::TypedName, &target, How::ANY).await;
        }
        if let Some(plain) = self.plain()
            && let Err(error) = self.visit(Why::TypedName, &plain, How::ANY).await
        {
            self.look.notes.push(format!("plain HTTP was not looked at: {}", error.line()));
        }
        let was_there = self.look.hops().any(|(_, exchange)| exchange.url == self.target);
        if was_there {
            return Ok(());
        }
        let target = self.target.clone();
        self.visit(Why::Named, &target, How::ANY).await
    }

    /// The target as somebody asks for it who types its name.
    fn plain(&self) -> Option<Url> {
        let port = self.client.terms().plain_port?;
        // Another port is another server, unless it was named.
        let is_usual = self.target.port().is_none() || port != 80;
        let mut plain = self.target.clone();
        plain.set_scheme("http").ok()?;
        plain.set_port((port != 80).then_some(port)).ok()?;
        is_usual.then_some(plain)
    }

    /// What else there is to see. Trouble on the way is a note.
    async fn go_on(&mut self) {
        let Some((start, last)) = self.ends() else { return };
        if last.0.scheme() == "https" {
            let other = if last.1 == Protocol::Http2 { Protocol::Http1 } else { Protocol::Http2 };
            self.try_other_protocol(&start, other).await;
        }
        self.try_families(&start).await;
        let origin =
            Request::get(&last.0).with("origin", FOREIGN_ORIGIN).with("sec-fetch-site", "cross-site");
        let origin = origin.with("sec-fetch-mode", "cors").with("sec-fetch-dest", "empty");
        self.pause("asking as another site").await;
        let at = self.client.now();
        match self.client.send(origin, How::ANY).await {
            Ok(exchange) => {
                self.look.visits.push(Visit { why: Why::ForeignOrigin, at, hops: vec![exchange] });
            }
            Err(error) => self.look.notes.push(format!("not asked as another site: {}", error.line())),
        }
        self.foreign_form().await;
        self.samples(&start).await;
    }

    /// Whether a sign-in's form is refused to another site, where the terms allow to try. It is sent as it stands, with no
    /// name and no password, so that nobody can be signed in by it.
    async fn foreign_form(&mut self) {
        let find = |exchange: &Exchange| {
            let forms = exchange.page().forms;
            let form = forms.into_iter().find(Form::is_sign_in)?;
            exchange.url.join(&form.action).ok().filter(|to| same_site(to, &self.target))
        };
        let Some(to) = self.look.hops().find_map(|(_, exchange)| find(exchange)) else { return };
        if !self.client.terms().sends_empty_sign_in {
            self.look.notes.push(UNTRIED.to_owned());
            return;
        }
        self.pause("sending the sign-in's empty form as another site").await;
        let mut request = Request::get(&to)
            .with("origin", FOREIGN_ORIGIN)
            .navigated("cross-site")
            .with("content-type", "application/x-www-form-urlencoded");
        request.method = Method::POST;
        let at = self.client.now();
        match self.client.send(request, How::ANY).await {
            Ok(exchange) => self.look.visits.push(Visit { why: Why::ForeignForm, at, hops: vec![exchange] }),
            Err(error) => self.look.notes.push(format!("no form was sent as another site: {}", error.line())),
        }
    }

    /// Where the first visit began, and where it ended, over which protocol.
    fn ends(&self) -> Option<(Url, (Url, Protocol))> {
        let visit = self.look.visits.last()?;
        let (first, last) = (visit.hops.first()?, visit.hops.last()?);
        Some((first.url.clone(), (last.url.clone(), last.protocol)))
    }

    async fn try_other_protocol(&mut self, start: &Url, protocol: Protocol) {
        // A server need not speak both.
        let tried = self.visit(Why::OtherProtocol, start, How { protocol, family: None }).await;
        let spoke =
            self.look.visit(Why::OtherProtocol).and_then(|visit| visit.hops.last()).map(|hop| hop.protocol);
        if tried.is_err() || spoke != Some(protocol) {
            self.look.visits.retain(|visit| visit.why != Why::OtherProtocol);
        }
    }

    async fn try_families(&mut self, start: &Url) {
        let found = addresses(self.client.terms(), start).await.unwrap_or_default();
        if !found.iter().any(SocketAddr::is_ipv4) || !found.iter().any(SocketAddr::is_ipv6) {
            return;
        }
        for family in [Family::V4, Family::V6] {
            let how = How { protocol: Protocol::Unknown, family: Some(family) };
            if let Err(error) = self.visit(Why::Address(family), start, how).await {
                let name = if family == Family::V4 { "IPv4" } else { "IPv6" };
                self.look.notes.push(format!("{name} was not looked at: {}", error.line()));
            }
        }
    }

    /// More visitors, where there is something to compare.
    async fn samples(&mut self, start: &Url) {
        if !self.look.hops().any(|(_, exchange)| exchange.set_cookies().next().is_some()) {
            return;
        }
        for _ in 0..self.client.terms().samples {
            if let Err(error) = self.visit(Why::Sample, start, How::ANY).await {
                let count = self.look.visits.iter().filter(|visit| visit.why == Why::Sample).count();
                self.look.notes.push(format!("tokens of {count} more visitors only: {}", error.line()));
                return;
            }
        }
    }

    async fn pause(&self, what: &str) {
        (self.progress)(what);
        if !self.look.visits.is_empty() {
            sleep(self.client.terms().pause).await;
        }
    }

    /// One visitor, who follows redirects as far as the site goes.
    async fn visit(&mut self, why: Why, start: &Url, how: How) -> Result<(), ProbeError> {
        let at = self.client.now();
        let mut visit = Visit { why, at, hops: Vec::new() };
        let mut jar = Jar::default();
        let mut next = Some(start.clone());
        while let Some(url) = next.take() {
            if visit.hops.len() > self.client.terms().redirects_max {
                let redirects_max = self.client.terms().redirects_max;
                return Err(ProbeError::Redirects { place: url_for_people(start), redirects_max });
            }
            self.pause(&describe(why, &url)).await;
            let mut request = Request::get(&url).navigated("none");
            if let Some(cookies) = jar.field_for(&url, Asking::SameSite, at) {
                request = request.with("cookie", cookies);
            }
            let exchange = self.client.send(request, how).await?;
            for field in exchange.set_cookies() {
                // Refusals are judged later, from the same answers.
                let _kept = jar.receive(&url, field, at);
            }
            self.note_unread(&exchange);
            next = self.follow(exchange.redirects_to());
            visit.hops.push(exchange);
        }
        self.look.visits.push(visit);
        Ok(())
    }

    /// Whoever reads the report is to know which pages are not in it.
    fn note_unread(&mut self, exchange: &Exchange) {
        let packed = exchange.text("content-encoding").filter(|encoding| !is_readable(encoding));
        let Some(packed) = packed.filter(|_| exchange.is_html()) else { return };
        let place = url_for_people(&exchange.url);
        let packed = printable(&packed);
        let note = format!("{place} is packed as {packed}, which was not asked for, and was not read");
        if !self.look.notes.contains(&note) {
            self.look.notes.push(note);
        }
    }

    /// Only the site's own hosts are asked.
    fn follow(&mut self, to: Option<Url>) -> Option<Url> {
        let to = without_password(to?);
        if ["http", "https"].contains(&to.scheme()) && same_site(&to, &self.target) {
            return Some(to);
        }
        let place = format!("{}://{}", to.scheme(), to.host_str().unwrap_or_default());
        let note = format!("a redirect leads to {place}, another site, which was not looked at");
        if !self.look.notes.contains(&note) {
            self.look.notes.push(note);
        }
        None
    }
}

fn describe(why: Why, url: &Url) -> String {
    let what = match why {
        Why::TypedName | Why::Named => "visiting",
        Why::Sample => "as one more visitor,",
        Why::OtherProtocol => "by the other version of HTTP,",
        Why::Address(Family::V4) => "over IPv4,",
        Why::Address(Family::V6) => "over IPv6,",
        Why::ForeignOrigin | Why::ForeignForm => "as another site,",
        Why::SignedIn | Why::RefusedSignIn => "with an account,",
    };
    format!("{what} {}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
