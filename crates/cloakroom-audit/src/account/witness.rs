//! Tells whether somebody is signed in, by what a page shows them.

use tokio::time::sleep;
use url::Url;

use crate::look::Exchange;
use crate::probe::{Client, How, ProbeError, Request};

/// A page, and what only those see there who are signed in.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    url: Url,
    mark: Mark,
}

#[derive(Debug, Clone)]
enum Mark {
    /// A text in it.
    Text(String),
    /// Its status.
    Status(u16),
}

impl Witness {
    /// Finds a mark that tells the two apart; `None` where there is none.
    pub(super) fn between(
        url: &Url,
        shows: Option<&str>,
        user: &str,
        inside: &Exchange,
        outside: &Exchange,
    ) -> Option<Self> {
        let has = |exchange: &Exchange, text: &str| String::from_utf8_lossy(&exchange.body).contains(text);
        let texts: Vec<&str> = shows.map_or_else(|| vec![user], |shows| vec![shows]);
        let text = texts.into_iter().find(|text| has(inside, text) && !has(outside, text));
        let mark = match text {
            Some(text) => Mark::Text(text.to_owned()),
            None if shows.is_none() && inside.status == 200 && outside.status != 200 => Mark::Status(200),
            None => return None,
        };
        Some(Self { url: url.clone(), mark })
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether these cookies, and nothing else, are signed in.
    pub(super) async fn knows(&self, client: &Client, cookies: Option<Vec<u8>>) -> Result<bool, ProbeError> {
        let exchange = ask(client, &self.url, cookies).await?;
        Ok(match &self.mark {
            Mark::Text(text) => String::from_utf8_lossy(&exchange.body).contains(text.as_str()),
            Mark::Status(status) => exchange.status == *status,
        })
    }
}

/// One request with these cookies, wherever it leads.
pub(super) async fn ask(
    client: &Client,
    url: &Url,
    cookies: Option<Vec<u8>>,
) -> Result<Exchange, ProbeError> {
    sleep(client.terms().pause).await;
    let mut request = Request::get(url).navigated("none");
    if let Some(cookies) = cookies {
        request = request.with("cookie", cookies);
    }
    client.send(request, How::ANY).await
}
