//! Somebody with a browser of their own.

use http::Method;
use tokio::time::sleep;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::agent::{Asking, Cookie, Jar, SameSite, is_secure, same_site};
use crate::checks::FOREIGN_ORIGIN;
use crate::look::{Exchange, url_for_people};
use crate::probe::{Client, How, ProbeError, Request};

/// Fields of a form, in their order.
pub(super) type Fields = Vec<(String, String)>;

/// A browser: a jar, and what it was answered.
pub(super) struct Actor<'c> {
    client: &'c Client,
    pub(super) jar: Jar,
    pub(super) seen: Vec<Exchange>,
}

impl<'c> Actor<'c> {
    pub(super) fn new(client: &'c Client) -> Self {
        Self { client, jar: Jar::default(), seen: Vec::new() }
    }

    /// Goes to a page, as far as redirects of the site lead.
    pub(super) async fn open(&mut self, url: &Url) -> Result<Exchange, ProbeError> {
        self.go(Request::get(url).navigated("none")).await
    }

    /// Sends a form of the site's own.
    ///
    /// # Security
    /// One of a page over TLS is not sent over plain HTTP, wherever the page or a redirect leads: it has the password in it.
    pub(super) async fn submit(
        &mut self,
        from: &Url,
        to: &Url,
        fields: &Fields,
    ) -> Result<Exchange, ProbeError> {
        stay_encrypted(from, to)?;
        let request = post(to, fields)
            .with("origin", from.origin().ascii_serialization())
            .with("referer", from.as_str())
            .navigated("same-origin");
        self.go(request).await
    }

    /// Sends a form that another site's page made, with the cookies that go along then.
    pub(super) async fn submit_forged(&mut self, to: &Url, fields: &Fields) -> Result<Exchange, ProbeError> {
        let request = post(to, fields).with("origin", FOREIGN_ORIGIN).navigated("cross-site");
        let cookies = self.jar.cookies_for(to, Asking::SameSite, self.client.now());
        // Firefox sends those that say nothing, however old they are.
        let goes = |cookie: &&&Cookie| matches!(cookie.same_site, SameSite::None | SameSite::Default);
        let cookies: Vec<Cookie> = cookies.iter().filter(goes).map(|cookie| (*cookie).clone()).collect();
        self.send(request, &cookies).await
    }

    /// Follows a link of another site's.
    pub(super) async fn follow_foreign_link(&mut self, to: &Url) -> Result<Exchange, ProbeError> {
        let request = Request::get(to).navigated("cross-site").with("referer", FOREIGN_ORIGIN);
        let cookies = self.jar.cookies_for(to, Asking::CrossSiteLink, self.client.now());
        let cookies: Vec<Cookie> = cookies.into_iter().cloned().collect();
        self.send(request, &cookies).await
    }

    /// Everything that the jar sends to a URL, by itself: what somebody holds who copied it.
    pub(super) fn copy(&self, url: &Url) -> Option<Vec<u8>> {
        self.jar.field_for(url, Asking::SameSite, self.client.now())
    }

    async fn go(&mut self, mut request: Request) -> Result<Exchange, ProbeError> {
        for _ in 0..=self.client.terms().redirects_max {
            let cookies = self.jar.cookies_for(&request.url, Asking::SameSite, self.client.now());
            let cookies: Vec<Cookie> = cookies.into_iter().cloned().collect();
            let exchange = self.send(request.clone(), &cookies).await?;
            let Some(to) = exchange.redirects_to().filter(|to| same_site(to, &request.url)) else {
                return Ok(exchange);
            };
            let keeps_method = matches!(exchange.status, 307 | 308);
            if keeps_method {
                stay_encrypted(&request.url, &to)?;
                request.url = to;
            } else {
                request = Request::get(&to).navigated("same-origin");
            }
        }
        let redirects_max = self.client.terms().redirects_max;
        Err(ProbeError::Redirects { place: url_for_people(&request.url), redirects_max })
    }

    async fn send(&mut self, mut request: Request, cookies: &[Cookie]) -> Result<Exchange, ProbeError> {
        if !cookies.is_empty() {
            let pairs: Vec<Vec<u8>> =
                cookies.iter().map(|one| [&one.name[..], b"=", &one.value].concat()).collect();
            request = request.with("cookie", pairs.join(&b"; "[..]));
        }
        sleep(self.client.terms().pause).await;
        let url = request.url.clone();
        let exchange = self.client.send(request, How::ANY).await?;
        let now = self.client.now();
        for field in exchange.set_cookies() {
            // Refusals are judged later, from the same answers.
            let _kept = self.jar.receive(&url, field, now);
        }
        self.seen.push(exchange.clone());
        Ok(exchange)
    }
}

fn stay_encrypted(from: &Url, to: &Url) -> Result<(), ProbeError> {
    if from.scheme() == "https" && !is_secure(to) {
        return Err(ProbeError::Unencrypted { place: to.origin().ascii_serialization() });
    }
    Ok(())
}

fn post(to: &Url, fields: &Fields) -> Request {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    Request { method: Method::POST, url: to.clone(), fields: Vec::new(), body: body.into_bytes() }
        .with("content-type", "application/x-www-form-urlencoded")
}
